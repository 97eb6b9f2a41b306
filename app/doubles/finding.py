"""One run over the register: every rule's cases, written down once, and those gone marked so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.clock import local_date
from app.doubles.cases import Case, standing
from app.doubles.lists import dead, never_collected, old_id, too_old, two_areas, two_programmes
from app.doubles.opened import opened
from app.doubles.rules import RULES
from app.doubles.same_person import same_person
from app.doubles.shared import one_account, one_decision, one_phone, payee_of_many
from app.doubles.tables import doubt, doubt_person
from app.privacy import Keyring
from ledger.bulk import chunks, insert_rows, refresh_statistics

_DOUBT = ("rule", "subject", "facts", "area_code", "period", "people", "is_exact", "is_blocking",
          "found_at")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """How many cases a run came upon, how many of them are new, and how many open ones are gone."""

    cases: int
    new: int
    gone: int


class _Known(NamedTuple):
    """Cases so far by (subject, facts), and the month until which a subject was allowed."""

    cases: dict[tuple[str, str], Any]
    allowed: dict[str, str]


def find(
    session: Session,
    keyring: Keyring,
    period: str,
    actor: str,
    now: datetime,
    uncollected: Select[Any] | None = None,
) -> Found:
    """Look at everybody on the month's list, by every rule; a second run adds nothing.

    An open case whose facts are no longer found is gone, and open again when they come back.
    What was decided stays decided while its facts are the same; what was allowed until a month
    is asked again after it. `uncollected` selects the ids of people who never took what was sent
    (the disbursement room knows). The walk opens numbers, so it is written to the audit trail.
    """
    known = _known(session, period)
    found: dict[tuple[str, str], Case] = {}
    for case in (
        *_cases(session, keyring, period, now),
        *(never_collected(session, period, uncollected) if uncollected is not None else ()),
    ):
        digest = case.judged_by(known.allowed.get(case.subject, ""))
        found.setdefault((case.subject, digest), case)
    fresh = {key: case for key, case in found.items() if key not in known.cases}
    _write(session, period, fresh, now)
    gone = _settle(session, known, found, now)
    told = f"{len(found)} cases, {len(fresh)} new, {gone} gone"
    record(session, now, actor, "doubles:register:find", f"period:{period}", told)
    return Found(len(found), len(fresh), gone)


def _cases(session: Session, keyring: Keyring, period: str, now: datetime) -> Iterator[Case]:
    today = local_date(now)
    for rule in (old_id, dead, too_old, two_areas, two_programmes, one_phone, one_decision):
        yield from rule(session, period)
    yield from one_account(session, period, today)
    yield from payee_of_many(session, period, today)
    yield from opened(session, keyring, period, today)
    yield from same_person(session, keyring, period)


def _known(session: Session, period: str) -> _Known:
    decided = standing()
    rows = session.execute(
        select(doubt.c.id, doubt.c.subject, doubt.c.facts, doubt.c.gone_at,
               decided.c.verdict, decided.c.until_period)
        .outerjoin(decided, decided.c.doubt_id == doubt.c.id)
        .order_by(doubt.c.id)
    ).all()  # fmt: skip
    over = {row.subject: row.until_period for row in rows
            if row.until_period is not None and row.until_period < period}  # fmt: skip
    return _Known({(row.subject, row.facts): row for row in rows}, over)


def _write(
    session: Session, period: str, fresh: dict[tuple[str, str], Case], now: datetime
) -> None:
    rows = [_row(case, facts, period, now) for (_, facts), case in fresh.items()]
    insert_rows(session, doubt, _DOUBT, rows)
    refresh_statistics(session, doubt)
    people = _people(_numbers(session, fresh), fresh)
    insert_rows(session, doubt_person, ("doubt_id", "person_id", "is_held"), people)


def _row(case: Case, facts: str, period: str, now: datetime) -> tuple[Any, ...]:
    rule = RULES[case.rule]
    return (case.rule, case.subject, facts, case.area, period, len(case.people),
            int(rule.is_exact), int(rule.blocks), now)  # fmt: skip


def _numbers(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Ids of the cases just written."""
    found = {}
    for some in chunks(keys, 500):
        query = select(doubt.c.id, doubt.c.subject, doubt.c.facts)
        for row in session.execute(query.where(doubt.c.subject.in_([one for one, _ in some]))):
            found[row.subject, row.facts] = row.id
    return found


def _people(
    numbers: dict[tuple[str, str], int], fresh: dict[tuple[str, str], Case]
) -> Iterator[tuple[int, int, int]]:
    for key, case in fresh.items():
        for one in case.people:
            yield numbers[key], one, int(one in case.held)


def _settle(
    session: Session, known: _Known, found: dict[tuple[str, str], Case], now: datetime
) -> int:
    """Mark open cases that were not found again, and take the mark off those that were."""
    undecided = {key: row for key, row in known.cases.items() if row.verdict is None}
    gone = [row.id for key, row in undecided.items() if row.gone_at is None and key not in found]
    back = [row.id for key, row in undecided.items() if row.gone_at and key in found]
    for numbers, moment in ((gone, now), (back, None)):
        for some in chunks(numbers, 500):
            session.execute(update(doubt).where(doubt.c.id.in_(some)).values(gone_at=moment))
    return len(gone)
