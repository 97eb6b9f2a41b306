"""Why each line of a list differs from last month's list: one place for figures and for people.

A line is held against the line of the same person, programme and component on last month's
list of the same unit and kind. It has one `cause` (None where nothing changed) with its `amount`,
and beside it `arrears`, what the arrears in it changed. A line of last month's list that did not
come back has a cause of its own. So the causes of one list add up to its total, to the đồng,
whatever became of the people: what they do not explain was not listed by these rules.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    text,
)

from app.beneficiaries.tables import enrolment
from app.benefits.campaigns import AHEAD
from app.benefits.tables import IS_AHEAD, obligation
from app.checks.deaths import told_dead
from app.months import previous
from app.payroll.states import VOID
from app.payroll.tables import MONTH_LISTS, bridge_left, payroll, payroll_line
from ledger.schema import Whole

LEAVING = (
    "left_death",
    "left_move",
    "left_decided",
    "left_missing",
    "left_waiting",
    "left_arrears",
    "switched_out",
    "ahead",
    "carried_before",
)
"""Causes of lines that stood on last month's list and stand on this one no more."""

_NO_LEVEL: ColumnElement[int | None] = cast(null(), Whole)


class Lines(NamedTuple):
    """The lines of lists with what they are held against; `rows` is what a SELECT is made from.

    `owed` is the obligation in the line; the levels are monthly ones, NULL where there is none.
    """

    rows: FromClause
    owed: FromClause
    level_before: ColumnElement[int | None]
    level_now: ColumnElement[int | None]
    cause: ColumnElement[str | None]
    amount: ColumnElement[int]
    arrears: ColumnElement[int]


def staying(period: str) -> Lines:
    """Every line of a month's monthly lists against last month's."""
    line, owed = payroll_line.alias("line"), obligation.alias("owed")
    last, before, was = _last_list(), obligation.alias("before"), payroll_line.alias("was")
    rows = (
        payroll.join(line, line.c.payroll_id == payroll.c.id)
        .join(owed, owed.c.id == line.c.obligation_id)
        .outerjoin(last, _continues(last, period))
        .outerjoin(before, _same(before, owed, previous(period)))
        .outerjoin(was, and_(was.c.payroll_id == last.c.id, was.c.obligation_id == before.c.id))
    )
    carried, new = owed.c.period != payroll.c.period, was.c.id.is_(None)
    cause = case(
        (carried, "carried"),
        (and_(new, _on_other(before, previous(period))), "switched_in"),
        (and_(new, paid_ahead(owed, previous(period))), "after_ahead"),
        (new, "joined"),
        (and_(owed.c.regular == 0, before.c.regular > 0), "ended"),
        (owed.c.regular != before.c.regular, "rate"),
        else_=null(),
    )
    own = owed.c.regular - case((new, 0), else_=before.c.regular)
    amount = case((carried, owed.c.amount), else_=own)
    arrears = owed.c.arrears - case((new, 0), else_=before.c.arrears)
    then = case((or_(carried, new), null()), else_=before.c.regular)
    left_out = case((carried, 0), else_=arrears)
    return Lines(rows, owed, then, owed.c.regular, cause, amount, left_out)


def between() -> Lines:
    """Every line of lists of differences: they continue no list, all of it is new."""
    line, owed = payroll_line.alias("line"), obligation.alias("owed")
    rows = payroll.join(line, line.c.payroll_id == payroll.c.id).join(
        owed, owed.c.id == line.c.obligation_id
    )
    late = owed.c.regular == 0
    cause = case((late, "difference"), else_="joined")
    amount = case((late, owed.c.arrears), else_=owed.c.regular)
    arrears = case((late, 0), else_=owed.c.arrears)
    return Lines(rows, owed, _NO_LEVEL, owed.c.regular, cause, amount, arrears)


def leaving(period: str, *where: ColumnElement[bool]) -> Select[Any]:
    """(payroll, line of last month, cause) of what did not come back, by what is known now."""
    line, owed = payroll_line.alias("line"), obligation.alias("owed")
    last, now, still = _last_list(), obligation.alias("now"), payroll_line.alias("still")
    ended = enrolment.alias("ended")
    rows = (
        payroll.join(last, _continues(last, period))
        .join(line, line.c.payroll_id == last.c.id)
        .join(owed, owed.c.id == line.c.obligation_id)
        .join(ended, ended.c.id == owed.c.enrolment_id)
        .outerjoin(now, and_(owed.c.period == last.c.period, _same(now, owed, period)))
        .outerjoin(
            still, and_(still.c.payroll_id == payroll.c.id, still.c.obligation_id == now.c.id)
        )
    )
    carried, why = owed.c.period != last.c.period, why_left(ended, owed, period)
    cause = case(
        (carried, "carried_before"),
        (_on_other(now, period), "switched_out"),
        (owed.c.regular == 0, "left_arrears"),
        (and_(now.c.id.is_not(None), why == "left_missing"), "left_waiting"),
        else_=why,
    )
    gone = or_(carried, still.c.id.is_(None))
    return select(payroll.c.id, line.c.id, cause).select_from(rows).where(gone, *where)


def left() -> Lines:
    """What did not come back, as it was written down when the list was opened."""
    line, owed = payroll_line.alias("line"), obligation.alias("owed")
    rows = (
        payroll.join(bridge_left, bridge_left.c.payroll_id == payroll.c.id)
        .join(line, line.c.id == bridge_left.c.line_id)
        .join(owed, owed.c.id == line.c.obligation_id)
    )
    cause, no_arrears = bridge_left.c.cause, literal(0, Whole)
    return Lines(rows, owed, owed.c.regular, _NO_LEVEL, cause, -owed.c.amount, no_arrears)


def lists_of(period: str, kind: str) -> ColumnElement[bool]:
    """A month's lists of a kind, those taken back left out."""
    return and_(payroll.c.period == period, payroll.c.kind == kind, payroll.c.state != VOID)


def grouped(of: Lines, *where: ColumnElement[bool]) -> Select[Any]:
    """(payroll, cause, people, amount, people with arrears, arrears) of the chosen lists."""
    inner = (
        select(
            payroll.c.id.label("payroll_id"),
            of.cause.label("cause"),
            of.amount.label("amount"),
            of.arrears.label("arrears"),
        )
        .select_from(of.rows)
        .where(*where)
        .subquery("each")
    )
    each = inner.c
    other = each.arrears != 0
    return (
        select(
            each.payroll_id,
            each.cause,
            func.count().label("people"),
            func.sum(each.amount).label("amount"),
            func.sum(case((other, 1), else_=0)).label("others"),
            func.sum(each.arrears).label("arrears"),
        )
        .where(or_(each.cause.is_not(None), other))
        .group_by(each.payroll_id, each.cause)
    )


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


def _last_list() -> Any:
    return payroll.alias("last")


def _continues(last: Any, period: str) -> ColumnElement[bool]:
    """The month's list of the month before, of the same kind, unit and programme."""
    return and_(
        last.c.period == previous(period),
        last.c.unit_code == payroll.c.unit_code,
        last.c.programme == payroll.c.programme,
        last.c.kind == payroll.c.kind,
        last.c.state != VOID,
    )


def _on_other(owed: Any, period: str) -> ColumnElement[bool]:
    """Whether a month's obligation, which is not on the list at hand, stands on the unit's other
    list of that month: officers' families move from one to the other as roles are given."""
    there, of = payroll_line.alias("there"), payroll.alias("other")
    return exists().where(
        there.c.obligation_id == owed.c.id,
        of.c.id == there.c.payroll_id,
        of.c.period == period,
        of.c.kind.in_(MONTH_LISTS),
        of.c.state != VOID,
    )


def _same(other: Any, one: Any, period: str) -> ColumnElement[bool]:
    """Another month's obligation of the same person, paid by the same unit."""
    return and_(
        other.c.programme == one.c.programme,
        other.c.person_id == one.c.person_id,
        other.c.period == period,
        other.c.component == one.c.component,
        other.c.unit_code == one.c.unit_code,
    )
