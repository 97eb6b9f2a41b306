"""The cashless rates from payments: credited is what has evidence and has not come back.

Only regular lines of the month's monthly payrolls count, one-off payments do not; a repaired
payment counts in the month it was owed on. Each person's month is summed in the database, the
counting is in `rates`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, person
from app.benefits.tables import obligation
from app.indicators.credited import found_wrong, is_listed, is_regular, paid
from app.indicators.rates import Counts, CutOffs, Figure, cut_offs, figures
from app.payroll.tables import payroll, payroll_line
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
    made, line = paid(period, until).subquery("paid"), payroll_line.c
    rows = session.execute(
        select(made.c.evidence, func.count(), whole_sum(made.c.credited + made.c.cash))
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .join(made, made.c.obligation_id == line.obligation_id)
        .where(is_listed(period, until))
        .group_by(made.c.evidence)
        .order_by(made.c.evidence)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


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


def _people(period: str, until: datetime, unit: str | None) -> Any:
    """One row a person: commune, credited, cash, and whether a usable account was on the list."""
    lists = true() if unit is None else payroll.c.unit_code == unit
    made, line = paid(period, until).subquery("paid"), payroll_line.c
    usable = and_(destination.c.method == "account", ~found_wrong(until))
    covered = func.max(case((usable, 1), else_=0))
    return (
        select(
            person.c.area_code,
            func.coalesce(whole_sum(made.c.credited), 0).label("credited"),
            func.coalesce(whole_sum(made.c.cash), 0).label("cash"),
            covered.label("covered"),
        )
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .join(person, person.c.id == line.person_id)
        .join(destination, destination.c.id == line.destination_id)
        .outerjoin(made, made.c.obligation_id == line.obligation_id)
        .where(is_listed(period, until), lists)
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
