"""The cashless rates from payments: credited is what has evidence and has not come back.

Only regular lines of the month's monthly payrolls count, one-off payments do not; a repaired
payment counts in the month it was owed on. Each person's month is summed in the database, the
counting is in `rates`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.tables import destination, person
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.disbursement.line_tables import line_unplacing
from app.disbursement.tables import instruction, outcome
from app.indicators.rates import Counts, CutOffs, Figure, cut_offs, figures
from app.payroll.tables import MONTH_LISTS, payroll, payroll_line
from ledger.schema import whole_sum


def count(
    session: Session,
    period: str,
    until: datetime,
    area: str | None = None,
    unit: str | None = None,
) -> Counts:
    """The month's counts from what was recorded up to `until`, of a commune or of all; with
    `unit`, of the lists of that paying unit only."""
    total = Counts(0, 0, 0, 0, 0, 0, 0)
    for code, counts in by_commune(session, period, until, unit).items():
        if area in (None, code):
            total = total + counts
    return total


def by_commune(
    session: Session, period: str, until: datetime, unit: str | None = None
) -> dict[str, Counts]:
    """The same by commune, one query; add counts, never percentages."""
    rows: Iterable[Row[Any]] = session.execute(_counted(period, until, unit))
    return {row[0]: _counts(row) for row in rows}


def evidence(session: Session, period: str, until: datetime) -> dict[str, tuple[int, int]]:
    """On what the paid lines rest: kind of evidence to (lines, đồng), published beside a rate.

    Kinds: "booked" (a line booked by the bank), "paid" (a provider's list of accounts paid),
    "paid_cash" (a provider's list of cash signed for).
    """
    paid, line = _paid(until), payroll_line.c
    rows = session.execute(
        select(paid.c.evidence, func.count(), whole_sum(paid.c.credited + paid.c.cash))
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .join(paid, paid.c.obligation_id == line.obligation_id)
        .where(payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS))
        .where(payroll.c.state.in_(("approved", "closed")))
        .group_by(paid.c.evidence)
        .order_by(paid.c.evidence)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def is_regular() -> ColumnElement[bool]:
    """Only regular lines count: a one-off payment carried on to a later list is reported apart."""
    return obligation.c.component.in_(MONTHLY)


def _counts(row: Row[Any]) -> Counts:
    numbers = list(row)[1:]
    return Counts(*(int(one) for one in numbers))


def compute(
    session: Session,
    period: str,
    as_of: datetime,
    area: str | None = None,
    unit: str | None = None,
) -> list[Figure]:
    """R1, R1b, R2, R3 of a month as of a moment, at the cut-off that has been reached."""
    moments = cut_offs(period)
    final = as_of > moments.final
    counts = count(session, period, evidence_until(moments, as_of), area, unit)
    return figures(counts, as_of, moments, final=final)


def evidence_until(moments: CutOffs, as_of: datetime) -> datetime:
    """Up to when evidence counts: the provisional cut-off, after its day the final one."""
    return min(as_of, moments.final if as_of > moments.final else moments.provisional)


def _paid(until: datetime) -> Any:
    """Per obligation what was credited and handed out in cash, up to a moment."""
    back = outcome.alias("back")
    came_back = (
        select(back.c.id)
        .where(
            back.c.instruction_id == outcome.c.instruction_id,
            back.c.state.in_(("returned", "recalled")),
            back.c.recorded_at <= until,
            _stands(back.c, until),
        )
        .exists()
    )
    is_cash = instruction.c.method == "cash"
    return (
        select(
            instruction.c.obligation_id,
            func.min(outcome.c.evidence).label("evidence"),
            whole_sum(case((is_cash, 0), else_=instruction.c.amount)).label("credited"),
            whole_sum(case((is_cash, instruction.c.amount), else_=0)).label("cash"),
        )
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(_paid_by(until), ~came_back)
        .group_by(instruction.c.obligation_id)
        .subquery("paid")
    )


def _paid_by(until: datetime) -> ColumnElement[bool]:
    """The first evidence that a payment was made: a booked line or list, or the bank's word."""
    word = outcome.alias("word")
    on_its_word = (
        select(word.c.id)
        .where(word.c.instruction_id == outcome.c.instruction_id, word.c.state == "credited")
        .where(word.c.recorded_at <= until)
        .exists()
    )
    first = or_(outcome.c.state == "credited", and_(outcome.c.state == "settled", ~on_its_word))
    return and_(first, outcome.c.recorded_at <= until, _stands(outcome.c, until))


def _stands(what: Any, until: datetime) -> ColumnElement[bool]:
    """That an outcome had not been taken back by hand by then."""
    gone = select(line_unplacing.c.proposal_id).where(
        line_unplacing.c.proposal_id == what.undone_by, line_unplacing.c.recorded_at <= until
    )
    return or_(what.undone_by == 0, ~gone.exists())


def _found_wrong(until: datetime) -> ColumnElement[bool]:
    """Whether the last check of a destination up to a moment found another's account, or none.

    One that nobody checked yet counts: what came back says more than what was not asked.
    """
    check, newer = destination_check.c, destination_check.alias("newer")
    later = exists().where(
        newer.c.destination_id == check.destination_id,
        newer.c.id > check.id,
        newer.c.checked_at <= until,
    )
    return exists().where(
        check.destination_id == destination.c.id,
        check.result.in_(("different", "not_found")),
        check.checked_at <= until,
        ~later,
    )


def _people(period: str, until: datetime, unit: str | None) -> Any:
    """One row a person: commune, credited, cash, and whether a usable account was on the list."""
    lists = true() if unit is None else payroll.c.unit_code == unit
    paid, line = _paid(until), payroll_line.c
    usable = and_(destination.c.method == "account", ~_found_wrong(until))
    covered = func.max(case((usable, 1), else_=0))
    return (
        select(
            person.c.area_code,
            func.coalesce(whole_sum(paid.c.credited), 0).label("credited"),
            func.coalesce(whole_sum(paid.c.cash), 0).label("cash"),
            covered.label("covered"),
        )
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .join(person, person.c.id == line.person_id)
        .join(destination, destination.c.id == line.destination_id)
        .outerjoin(paid, paid.c.obligation_id == line.obligation_id)
        .where(payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS), lists)
        .where(payroll.c.state.in_(("approved", "closed")))
        .group_by(person.c.id, person.c.area_code)
        .subquery("people")
    )


def _counted(period: str, until: datetime, unit: str | None) -> Select[Any]:
    people = _people(period, until, unit)
    credited, cash = people.c.credited, people.c.cash

    def number(*conditions: Any) -> Any:
        both = conditions[0]
        for one in conditions[1:]:
            both = both & one
        return whole_sum(case((both, 1), else_=0))

    return (
        select(
            people.c.area_code,
            func.count(),
            number(credited + cash > 0),
            number(credited > 0, cash == 0),
            number(credited > 0, cash > 0),
            whole_sum(people.c.covered),
            whole_sum(credited),
            whole_sum(cash),
        )
        .group_by(people.c.area_code)
        .order_by(people.c.area_code)
    )
