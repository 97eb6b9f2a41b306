"""The bridge from last month's list to this month's, per payroll, every đồng explained.

previous + joined - left (death, move, missing) +- rate +- arrears +- carried = this total.
Set-wise: one INSERT..SELECT per cause, whatever the number of payrolls or people.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, insert, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.tables import obligation
from app.payroll.runs import previous_period
from app.payroll.tables import bridge, payroll, payroll_line

CAUSES = (
    "previous",
    "joined",
    "left_death",
    "left_move",
    "left_missing",
    "rate",
    "arrears",
    "carried",
)


def build(session: Session, period: str) -> None:
    """Write the bridge rows of the month's monthly payrolls; a payroll that has them is left."""
    for cause, rows in _rows(period):
        done = select(bridge.c.payroll_id).where(bridge.c.cause == cause)
        fresh = rows.where(payroll.c.id.not_in(done))
        columns = ["payroll_id", "cause", "people", "amount"]
        session.execute(insert(bridge).from_select(columns, fresh, include_defaults=False))


def _rows(period: str) -> list[tuple[str, Select[Any]]]:
    then, now = _list(previous_period(period), "then"), _list(period, "now")
    both = and_(then.c.programme == now.c.programme, then.c.obligee == now.c.obligee)
    joined, left = now.outerjoin(then, both), then.outerjoin(now, both)
    changed = now.c.regular != then.c.regular
    arrears = now.c.arrears - func.coalesce(then.c.arrears, 0)
    return [
        ("previous", _sum("previous", then, then, then.c.amount, period)),
        ("joined", _sum("joined", joined, now, now.c.regular, period, then.c.obligee.is_(None))),
        *(
            (f"left_{why}", _left(f"left_{why}", left, then, now, period, why))
            for why in ("death", "move", "missing")
        ),
        (
            "rate",
            _sum("rate", now.join(then, both), now, now.c.regular - then.c.regular, period, changed),
        ),
        ("arrears", _sum("arrears", joined, now, arrears, period, arrears != 0)),
        ("carried", _carried(period)),
    ]


def _list(period: str, name: str) -> Any:
    """What a month newly owed, by person: the lines of its monthly payrolls that are not repeats.

    A person who left between two communes counts as left in one and joined in the other, so
    the paying unit is part of what tells two apart.
    """
    owed = obligation.c
    key = owed.person_id.concat("|").concat(owed.component).concat("|").concat(owed.unit_code)
    return (
        select(
            owed.programme,
            owed.unit_code,
            key.label("obligee"),
            owed.enrolment_id,
            owed.regular,
            owed.arrears,
            owed.amount,
        )
        .join(payroll_line, payroll_line.c.obligation_id == owed.id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(payroll.c.period == period, payroll.c.kind == "monthly")
        .where(payroll_line.c.cause != "carried")
        .subquery(name)
    )


def _sum(
    cause: str,
    source: FromClause,
    side: Any,
    amount: ColumnElement[Any],
    period: str,
    *where: ColumnElement[bool],
) -> Select[Any]:
    here = and_(
        payroll.c.unit_code == side.c.unit_code,
        payroll.c.programme == side.c.programme,
        payroll.c.period == period,
        payroll.c.kind == "monthly",
    )
    people = func.count()
    return (
        select(payroll.c.id, literal(cause), people, func.coalesce(func.sum(amount), 0))
        .select_from(source)
        .join(payroll, here)
        .where(*where)
        .group_by(payroll.c.id)
    )


def _left(
    cause: str, source: FromClause, then: Any, now: Any, period: str, why: str
) -> Select[Any]:
    """Those of last month who are not in this month's list, by the cause that the register gives."""
    ended = enrolment.alias("ended")
    reason = case(
        (ended.c.stop_cause == "death", "death"),
        (ended.c.stop_cause == "move_out", "move"),
        else_="missing",
    )
    joined = source.join(ended, ended.c.id == then.c.enrolment_id)
    gone = now.c.obligee.is_(None)
    return _sum(cause, joined, then, -then.c.regular, period, gone, reason == why)


def _carried(period: str) -> Select[Any]:
    """Carried lines of this month less those of last month, and what left with its arrears."""
    line = payroll_line.c
    mine = func.sum(case((line.cause == "carried", line.amount), else_=0))
    people = func.sum(case((line.cause == "carried", 1), else_=0))
    return (
        select(payroll.c.id, literal("carried"), people, mine)
        .join(payroll_line, line.payroll_id == payroll.c.id)
        .where(payroll.c.period == period, payroll.c.kind == "monthly")
        .group_by(payroll.c.id)
    )
