"""The bridge from last month's list to this month's, per payroll, every đồng explained.

previous + joined - left (death, move, decided, missing) +- rate +- arrears +- carried = this total.
Who was paid for this month with the month before left neither now nor came anew a month later:
`ahead` and `after_ahead` say so. One-off payments stand on payrolls of their own and in no bridge.
Set-wise: one INSERT..SELECT per cause, whatever the number of payrolls or people. A list is
the month's own obligations on it, and what was carried on to it from earlier months.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.campaigns import AHEAD, MONTHLY
from app.benefits.tables import IS_AHEAD, obligation
from app.checks.deaths import told_dead
from app.months import previous
from app.payroll.states import VOID
from app.payroll.tables import bridge, payroll, payroll_line
from app.takeover.lookup import taken_over
from ledger.schema import whole_sum

CAUSES = (
    "previous",
    "joined",
    "left_death",
    "left_move",
    "left_decided",
    "left_missing",
    "ahead",
    "after_ahead",
    "rate",
    "arrears",
    "carried",
)
LEAVING = ("left_death", "left_move", "left_decided", "left_missing", "ahead")


def build(session: Session, period: str) -> None:
    """Write the bridge rows of the month's monthly payrolls; a payroll that has them is left."""
    columns = ["payroll_id", "cause", "people", "amount"]
    for cause, rows in _rows(period):
        done = select(bridge.c.payroll_id).where(bridge.c.cause == cause)
        fresh = rows.where(payroll.c.id.not_in(done))
        session.execute(insert(bridge).from_select(columns, fresh, include_defaults=False))


def _rows(period: str) -> list[tuple[str, Select[Any]]]:
    before = previous(period)
    now, then = obligation.alias("now"), obligation.alias("then")
    # What an older system owed for last month stood on no list of ours: it is carried, no more.
    stays = now.outerjoin(then, and_(_same(now, then, before), ~taken_over(then)))
    leaves = then.outerjoin(now, _same(then, now, period))
    # Arrears may still be due to who has left; of who died they wait for an heir, on no list.
    unlisted = or_(now.c.id.is_(None), ~_on_list(now))
    gone = and_(or_(unlisted, now.c.regular == 0), then.c.regular > 0, ~taken_over(then))
    arrears = now.c.arrears - func.coalesce(then.c.arrears, 0)
    changed = and_(now.c.regular != then.c.regular, now.c.regular > 0)
    rows = [
        ("previous", _listed("previous", period, before, None)),
        (
            "joined",
            _own(
                "joined",
                stays,
                now,
                period,
                period,
                now.c.regular,
                then.c.id.is_(None),
                ~paid_ahead(now, before),
            ),
        ),
        (
            "after_ahead",
            _own(
                "after_ahead",
                stays,
                now,
                period,
                period,
                now.c.regular,
                then.c.id.is_(None),
                paid_ahead(now, before),
            ),
        ),
        (
            "rate",
            _own("rate", stays, now, period, period, now.c.regular - then.c.regular, changed),
        ),
        ("arrears", _arrears(period, stays, now, arrears)),
        ("carried", _listed("carried", period, period, before)),
    ]
    for cause in LEAVING:
        # What left with a person is what he had on the list, arrears of last month included.
        lost = -(then.c.regular + case((unlisted, then.c.arrears), else_=0))
        rows.append((cause, _left(cause, leaves, then, period, before, lost, gone)))
    return rows


def paid_ahead(side: Any, period: str) -> ColumnElement[bool]:
    """Whether the same line was paid for `period` with the month before it."""
    paid = obligation.alias("paid")
    component = case(dict(AHEAD), value=side.c.component)
    return exists().where(
        text(IS_AHEAD),  # of `paid`: literal, so that its index serves
        paid.c.period == period,
        paid.c.person_id == side.c.person_id,
        paid.c.programme == side.c.programme,
        paid.c.component == component,
    )


def _same(one: Any, other: Any, period: str) -> ColumnElement[bool]:
    """The other month's obligation of the same person, paid by the same unit."""
    return and_(
        other.c.programme == one.c.programme,
        other.c.person_id == one.c.person_id,
        other.c.period == period,
        other.c.component == one.c.component,
        other.c.unit_code == one.c.unit_code,
    )


def _here(side: Any, period: str) -> ColumnElement[bool]:
    return and_(
        payroll.c.unit_code == side.c.unit_code,
        payroll.c.programme == side.c.programme,
        payroll.c.period == period,
        payroll.c.kind == "monthly",
        payroll.c.state != VOID,
    )


def _on_list(side: Any) -> ColumnElement[bool]:
    """Whether an obligation stands on a list: without a way to be paid it does not."""
    line = payroll_line.c
    return select(line.id).where(line.obligation_id == side.c.id, line.undone == 0).exists()


def _own(
    cause: str,
    source: FromClause,
    side: Any,
    period: str,
    listed: str,
    amount: ColumnElement[Any],
    *where: ColumnElement[bool],
) -> Select[Any]:
    """Sum over obligations of the month `listed`, by this month's payroll of their unit."""
    return (
        select(payroll.c.id, literal(cause), func.count(), func.coalesce(whole_sum(amount), 0))
        .select_from(source)
        .join(payroll, _here(side, period))
        .where(side.c.period == listed, side.c.component.in_(MONTHLY), _on_list(side), *where)
        .group_by(payroll.c.id)
    )


def _arrears(
    period: str, stays: FromClause, now: Any, difference: ColumnElement[Any]
) -> Select[Any]:
    return _own("arrears", stays, now, period, period, difference, difference != 0)


def _left(
    cause: str,
    source: FromClause,
    then: Any,
    period: str,
    before: str,
    amount: ColumnElement[Any],
    gone: ColumnElement[bool],
) -> Select[Any]:
    """Those of last month who are not in this month's list, by the cause the register gives."""
    ended = enrolment.alias("ended")
    joined = source.join(ended, ended.c.id == then.c.enrolment_id)
    why = why_left(ended, then, period)
    return _own(cause, joined, then, period, before, amount, gone, why == cause)


def why_left(ended: FromClause, owed: Any, period: str) -> ColumnElement[str]:
    """The cause under which what was owed last month is not on the list of `period`: how its
    enrolment ended, or that it was paid ahead, or that nobody named it any more."""
    return case(
        (ended.c.stop_cause == "death", "left_death"),
        (ended.c.stop_cause == "move_out", "left_move"),
        # A death that a register told holds the month though the commune's list does not know it.
        (told_dead(owed.c.person_id, period), "left_death"),
        (paid_ahead(owed, period), "ahead"),
        (ended.c.stop_decision != "", "left_decided"),
        else_="left_missing",
    )


def _listed(cause: str, period: str, listed: str, less: str | None) -> Select[Any]:
    """Totals of lists as they stood: last month's whole list, or what was carried on to it.

    With `less` the carried lines of that month are taken off again: they were in its total.
    """
    line, owed, of = payroll_line.c, obligation.alias("owed"), payroll.alias("of")
    amount: ColumnElement[Any] = line.amount
    people: ColumnElement[Any] = literal(1)
    query = (
        select(payroll.c.id, literal(cause), whole_sum(people), whole_sum(amount))
        .join(of, and_(of.c.unit_code == payroll.c.unit_code,
                       of.c.programme == payroll.c.programme, of.c.kind == "monthly"))
        .join(payroll_line, line.payroll_id == of.c.id)
        .join(owed, owed.c.id == line.obligation_id)
        .where(payroll.c.period == period, payroll.c.kind == "monthly", of.c.state != VOID)
        .group_by(payroll.c.id)
    )  # fmt: skip
    if less is None:
        return query.where(of.c.period == listed)
    is_now = of.c.period == listed
    people = whole_sum(case((is_now, 1), else_=0))
    amount = whole_sum(case((is_now, line.amount), else_=-line.amount))
    return query.with_only_columns(payroll.c.id, literal(cause), people, amount).where(
        of.c.period.in_((listed, less)), owed.c.period != of.c.period
    )
