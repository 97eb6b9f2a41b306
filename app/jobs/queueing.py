"""The job that queues messages: posted outcomes, ready cash and approved lists become notices.

Each chunk is one unit of work: its messages and how far it came are written together, so that a
process may die between any two and every event is still told once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from app.clock import local_date
from app.complaints.telling import answers
from app.jobs.runtime import Runtime
from app.messaging import outbox
from app.messaging.states import CASE, PAID
from app.messaging.tables import message
from app.messaging.terms import Plan, read_plan
from app.statements.notices import SOURCES
from app.statements.notices.source import Source, notices_of
from app.statements.notices.taken_back import taken_back
from ledger.bulk import CHUNK_ROWS, refresh_statistics

OFF = "off: ANSINH_MESSAGES names no plan"


def queue_messages(runtime: Runtime, chunk: int = CHUNK_ROWS) -> str:
    """Queue one message for every event since the last time; on the first day nothing is told of
    what was before. Gives how many of each kind."""
    plan = read_plan(runtime.settings.messages)
    if plan is None:
        return OFF
    counts: Counter[str] = Counter()
    for source in SOURCES:
        if not _began(runtime, source):
            continue
        with runtime.database.view() as session:
            subjects = source.subjects(session, local_date(runtime.clock.now()))
        for subject in subjects:
            _read_subject(runtime, plan, source, subject, chunk, counts)
    _tell_answers(runtime, plan, chunk, counts)
    _tell_taken_back(runtime, plan, chunk, counts)
    if counts:
        with runtime.database.unit_of_work() as session:
            refresh_statistics(session, message)
    return ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items())) or "nothing new"


def _began(runtime: Runtime, source: Source) -> bool:
    """Whether events of a source count already; if not they do from now on."""
    with runtime.database.unit_of_work() as session:
        if outbox.mark_of(session, source.kind) is not None:
            return True
        newest = source.newest(session)
        if newest is not None:
            outbox.begin(session, source.kind, 0, newest, runtime.clock.now())
        return False


def _read_subject(
    runtime: Runtime, plan: Plan, source: Source, subject: int, chunk: int, counts: Counter[str]
) -> None:
    """Every chunk of one batch or list, or of all outcomes."""
    total, more = 0, True
    while more:
        kinds, more = _step(runtime, plan, source, subject, chunk)
        counts.update(kinds)
        total += sum(kinds.values())
        runtime.progress(f"queue {source.kind}", total, total)


def _step(
    runtime: Runtime, plan: Plan, source: Source, subject: int, chunk: int
) -> tuple[Counter[str], bool]:
    """One chunk; how many messages of each kind, and whether to go on."""
    now, kinds = runtime.clock.now(), Counter[str]()
    with runtime.database.unit_of_work() as session:
        after = outbox.mark_of(session, source.kind, subject)
        if after is None and subject:
            outbox.begin(session, source.kind, subject, 0, now)
        found = source.read(session, subject, after or 0, chunk)
        if found is None:
            return kinds, False
        outbox.queue(session, runtime.keyring, plan, _counted(runtime, found.rows, kinds), now)
        outbox.move(session, source.kind, subject, found.last_id, now, done=found.done)
    return kinds, not found.done


def _tell_answers(runtime: Runtime, plan: Plan, chunk: int, counts: Counter[str]) -> None:
    """One message for each complaint that was answered; the rest at the next time."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        told = list(answers(session, runtime.keyring, plan.help_number, now, chunk))
        if told:
            counts[CASE] += outbox.queue(session, runtime.keyring, plan, told, now)


def _tell_taken_back(runtime: Runtime, plan: Plan, chunk: int, counts: Counter[str]) -> None:
    """One message for each payment that was told of and taken back; the rest at the next time."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        outbox.mark_of(session, PAID)  # nobody else tells of payments meanwhile
        rows = taken_back(session, now, chunk)
        if rows:
            outbox.queue(session, runtime.keyring, plan, _counted(runtime, rows, counts), now)


def _counted(
    runtime: Runtime, rows: Sequence[Row[Any]], kinds: Counter[str]
) -> Iterator[outbox.Notice]:
    for one in notices_of(runtime.keyring, rows):
        kinds[one.kind] += 1
        yield one
