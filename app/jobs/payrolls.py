"""Jobs of the list: import of registers, entitlements and payrolls of a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.across import Repeated, check_across
from app.beneficiaries.mapping import remembered
from app.beneficiaries.register import apply_workbook, is_applied
from app.beneficiaries.rows import CellError, WorkbookResult
from app.beneficiaries.tables import destination, enrolment, person
from app.beneficiaries.workbook import read_packed
from app.benefits.ages import YEAR_ONLY_MONTH
from app.benefits.campaigns import MONTHLY
from app.benefits.entitlements import Chunk, compute, listed_before, next_people
from app.benefits.late import Late, grant_late_chunk, refuse_listed_on, signed_by
from app.benefits.rates import standing_book
from app.benefits.rules import History
from app.benefits.tables import obligation
from app.checks import deaths
from app.clock import local_date
from app.disbursement.selects import never_collected, open_again, repaired, uncollected
from app.doubles import finding as doubles
from app.errors import Refused
from app.events import finding as events
from app.events.upholding import uphold
from app.jobs.ahead import abreast, ahead, side_by_side
from app.jobs.runtime import Runtime
from app.months import shift
from app.payroll.bridge import build as build_bridge
from app.payroll.flags import raise_flags
from app.payroll.runs import (
    next_number,
    open_difference,
    open_follow_up,
    open_monthly,
    require_fixed,
)
from app.payroll.tables import payroll, payroll_line
from app.schedule.locking import refuse_locked
from app.takeover.lookup import last_taken_over
from app.units.areas import understood
from app.units.lookup import payers, province_of
from ledger.bulk import refresh_statistics

MANY_BYTES = 4_000_000
"""Of workbooks, from which on further processes read them beside this one: some 15,000 people."""


def import_registers(
    runtime: Runtime, paths: Sequence[Path], period: str, actor: str
) -> list[CellError]:
    """Read and check every workbook, then apply each by itself.

    Nothing is applied while one row of one file is wrong; the errors are given back. Files
    that were applied before are left alone, so a broken-off import goes on.
    """
    errors, results = _read(runtime, paths, period)
    if errors:
        return errors
    apply = partial(_apply, runtime, actor)
    for number, _ in enumerate(abreast(apply, results, runtime.at_once), start=1):
        runtime.progress("import", number, len(results))
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, person, destination, enrolment)
    return []


def _apply(runtime: Runtime, actor: str, result: WorkbookResult) -> None:
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        if not is_applied(session, result.sha256):
            apply_workbook(session, runtime.keyring, result, actor, now)
            _say_old_code(session, result, actor, now)


def _say_old_code(session: Session, result: WorkbookResult, actor: str, now: datetime) -> None:
    """A list under the code of a merged commune is taken as it is, and that is written down."""
    if said := understood(session, result.commune_code, result.period):
        record(session, now, actor, "import:area:old_code", f"area:{result.commune_code}", said)


def _read(
    runtime: Runtime, paths: Sequence[Path], period: str
) -> tuple[list[CellError], list[WorkbookResult]]:
    """Every error in the files, or else between them; and what was read, packed."""
    errors: list[CellError] = []
    results: list[WorkbookResult] = []
    with runtime.database.view() as session:
        known = remembered(session)
    read = partial(read_packed, period=period, remembered=known)
    size = sum(path.stat().st_size for path in paths)
    repeated = Repeated()
    for number, result in enumerate(side_by_side(read, paths, size >= MANY_BYTES), start=1):
        results.append(result)
        errors.extend(result.errors)
        repeated.add(result)
        runtime.progress("read", number, len(paths))
    return errors or check_across(results, repeated), results


def open_payrolls(runtime: Runtime, period: str) -> str:
    """Entitlements by chunks, then the month's payrolls with bridge and flags.

    Raises Refused for a month of which an older system's unpaid obligations were taken over: it
    listed that month, and who it paid is not ours to owe; and for one whose list is locked.
    """
    with runtime.database.view() as session:
        _refuse_listed_elsewhere(period, last_taken_over(session))
        refuse_locked(session, period)
    find_doubles(runtime, period)
    find_events(runtime, period)
    with runtime.database.unit_of_work() as session:
        uphold(session, period, runtime.clock.now())
        deaths.uphold(session, period, runtime.clock.now())
    people = _entitlements(runtime, period)
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, obligation)
        opened = open_monthly(session, period, open_again(), now)
        refresh_statistics(session, payroll, payroll_line)
        build_bridge(session, period)
        raise_flags(session, period, now)
    return f"{people} obligations, {opened} payrolls"


def find_doubles(runtime: Runtime, period: str, actor: str = "jobs") -> doubles.Found:
    """Look for one person twice, shared accounts and ghosts on the month's register.

    Runs before the list is made, so that people held by a blocking case are left off it.
    """
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        return doubles.find(session, runtime.keyring, period, actor, now, never_collected())


def find_events(
    runtime: Runtime, period: str, year_only_month: int = YEAR_ONLY_MONTH
) -> dict[str, int]:
    """What has happened to people that concerns the list of a month: proposals, nothing more."""
    with runtime.database.unit_of_work() as session:
        now = runtime.clock.now()
        return events.find(session, period, uncollected(), year_only_month, now)


def _refuse_listed_elsewhere(period: str, last: str | None) -> None:
    if last is not None and period <= last:
        raise Refused(
            f"Kỳ {period[5:]}/{period[:4]} do hệ thống cũ lập danh sách; khoản chưa trả đã chuyển"
            " sang.",
            f"Lập danh sách từ kỳ sau {last[5:]}/{last[:4]}.",
        )


def _entitlements(runtime: Runtime, period: str) -> int:
    with runtime.database.view() as session:
        listed = listed_before(session, period, last_taken_over(session))
        after = session.scalar(
            select(func.max(obligation.c.person_id)).where(
                obligation.c.period == period, obligation.c.component.in_(MONTHLY)
            )
        )
        places = payers(session, period)
        area = province_of(session)
    history = History(standing_book().of_area(area), *listed, area)
    return _chunks(runtime, period, history, places, after or 0)


def _chunks(
    runtime: Runtime,
    period: str,
    history: History,
    places: Mapping[tuple[str, str], str],
    after: int,
) -> int:
    """What people are due, chunk by chunk: one is written while the next one is computed."""
    written, work = 0, partial(_computed, runtime, period, history, places)
    with ahead(work, _people(runtime, period, after)) as chunks:
        for _, made in chunks:
            chunk = made()
            with runtime.database.unit_of_work() as session:
                chunk.write(session)
            written += len(chunk.obligations)
            runtime.progress("entitlements", written, written)
    return written


def _people(runtime: Runtime, period: str, after: int) -> Iterator[list[int]]:
    with runtime.database.view() as session:
        people = next_people(session, period, after)
    while people:
        yield people
        with runtime.database.view() as session:
            people = next_people(session, period, people[-1])


def _computed(
    runtime: Runtime,
    period: str,
    history: History,
    places: Mapping[tuple[str, str], str],
    people: Sequence[int],
) -> Chunk:
    with runtime.database.view() as session:
        return compute(session, period, history, places, people)


def open_differences(
    runtime: Runtime, period: str, unit: str, programme: str, *, for_rates: bool = False
) -> str:
    """What a unit's fixed list of a month lacks by now, on a list of its own with bridge and flags.

    `for_rates` pays everybody's arrears of rates signed since, too. Raises Refused while the list
    of that month is not fixed, or that of the next month is made.
    """
    now = runtime.clock.now()
    with runtime.database.view() as session:
        refuse_listed_on(session, period)
        require_fixed(session, period, unit, programme)
        late = Late(period, shift(period, 1), next_number(session, "difference", period), unit,
                    programme, for_rates)  # fmt: skip
    owed = _late(runtime, late)
    with runtime.database.unit_of_work() as session:
        refresh_statistics(session, obligation)
        opened = open_difference(session, period, unit, programme, late.number, now)
        refresh_statistics(session, payroll, payroll_line)
        build_bridge(session, period)
        raise_flags(session, period, now)
    return f"{owed} obligations, payroll {opened if opened is not None else 'none'}"


def _late(runtime: Runtime, late: Late) -> int:
    with runtime.database.view() as session:
        listed = listed_before(session, late.following, last_taken_over(session))
        places, area = payers(session, late.period), province_of(session)
    book = signed_by(standing_book().of_area(area), local_date(runtime.clock.now()))
    history = History(book, *listed, area)
    written, after, more = 0, 0, True
    while more:
        with runtime.database.unit_of_work() as session:
            last, count = grant_late_chunk(session, late, history, places, after)
        more, after = last != after, last
        written += count
        runtime.progress("difference", written, written)
    return written


def open_follow_ups(runtime: Runtime, period: str) -> str:
    """Payrolls for obligations that failed and can be tried anew: see `repaired`."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        opened = open_follow_up(session, period, repaired(), now)
        raise_flags(session, period, now)
    return f"{opened} payrolls"
