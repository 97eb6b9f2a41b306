"""The lines of one payroll against last month's, classed exactly as its bridge classes them.

So the lines behind a row of the bridge are as many, and add up to as much, as the row says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.disbursement.tables import instruction
from app.months import previous
from app.payroll.bridge import LEAVING, why_left
from app.payroll.tables import payroll, payroll_line
from app.web.paging import Order, Paging

_BEFORE = obligation.alias("before")
_LINE = payroll_line.c
_REPEATED = or_(_LINE.cause == "follow_up", obligation.c.period != payroll.c.period)
_ARREARS = obligation.c.arrears - func.coalesce(_BEFORE.c.arrears, 0)
_JOINED = and_(~_REPEATED, _BEFORE.c.id.is_(None))
_RATE = and_(~_REPEATED, _BEFORE.c.regular != obligation.c.regular)
_OTHER_ARREARS = and_(~_REPEATED, _ARREARS != 0)

CHANGE = case(
    (_LINE.cause == "follow_up", "follow_up"),
    (_REPEATED, "carried"),
    (_JOINED, "joined"),
    (_RATE, "rate"),
    (_OTHER_ARREARS, "arrears"),
    else_="same",
)

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "line": _LINE.line,
    "name": person.c.sort_key,
    "amount": _LINE.amount,
    "before": _BEFORE.c.regular,
}
GONE_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "name": person.c.sort_key,
    "amount": obligation.c.amount,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are shown, and what of each the bridge adds up."""

    where: ColumnElement[bool]
    measure: ColumnElement[int]


CHOICES: Mapping[str, Choice] = {
    "all": Choice(true(), _LINE.amount),
    "changes": Choice(or_(_REPEATED, _JOINED, _RATE, _OTHER_ARREARS), _LINE.amount),
    "joined": Choice(_JOINED, obligation.c.regular),
    "after_ahead": Choice(_JOINED, obligation.c.regular),
    "rate": Choice(_RATE, obligation.c.regular - _BEFORE.c.regular),
    "arrears": Choice(_OTHER_ARREARS, _ARREARS),
    "carried": Choice(and_(_REPEATED, _LINE.cause != "follow_up"), _LINE.amount),
    "follow_up": Choice(_LINE.cause == "follow_up", _LINE.amount),
}
GONE = LEAVING


@dataclass(frozen=True, slots=True)
class Summary:
    """How many lines were chosen and what they add up to, VND.

    `less` is what the same row of the bridge takes off again: what was carried last month.
    """

    lines: int
    amount: int
    less: int = 0


def summary(session: Session, found: Row[Any], choice: str) -> Summary:
    """Count and sum of the chosen lines of a payroll."""
    chosen = CHOICES[choice]
    if choice == "all":
        return Summary(found.lines, found.total)
    query = select(func.count(), func.coalesce(func.sum(chosen.measure), 0))
    row = session.execute(_from(query, found).where(chosen.where)).one()
    less = _carried_before(session, found) if choice == "carried" else 0
    return Summary(row[0], int(row[1]), less)


def _carried_before(session: Session, found: Row[Any]) -> int:
    """What stood on last month's list of the same unit and programme as carried over."""
    query = (
        select(func.coalesce(func.sum(_LINE.amount), 0))
        .join(payroll, payroll.c.id == _LINE.payroll_id)
        .join(obligation, obligation.c.id == _LINE.obligation_id)
        .where(payroll.c.unit_code == found.unit_code, payroll.c.programme == found.programme)
        .where(payroll.c.period == previous(found.period), payroll.c.kind == "monthly")
        .where(obligation.c.period != payroll.c.period)
    )
    return int(session.scalar(query) or 0)


def listed(
    session: Session, found: Row[Any], choice: str, order: Order, paging: Paging
) -> list[Row[Any]]:
    """One page of the chosen lines, each with last month's level and what became of it."""
    query = select(
        payroll_line,
        CHANGE.label("change"),
        person.c.name,
        person.c.citizen_tail,
        enrolment.c.group_code,
        obligation.c.regular,
        obligation.c.arrears,
        obligation.c.period,
        obligation.c.reason,
        case((_REPEATED, None), else_=_BEFORE.c.regular).label("before"),
        destination.c.bank_bin,
        destination.c.account_tail,
        instruction.c.state.label("paid_state"),
        instruction.c.batch_id,
    )
    query = (
        _from(query, found)
        .join(person, person.c.id == _LINE.person_id)
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .join(destination, destination.c.id == _LINE.destination_id)
        .outerjoin(
            instruction,
            and_(
                instruction.c.obligation_id == _LINE.obligation_id,
                instruction.c.payroll_line_id == _LINE.id,
            ),
        )
        .where(CHOICES[choice].where)
        .order_by(*order.by(_LINE.line))
    )
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def _from(query: Any, found: Row[Any]) -> Any:
    """The lines of the payroll, their obligations, and the same obligation of last month."""
    return (
        query.select_from(payroll_line)
        .join(payroll, payroll.c.id == _LINE.payroll_id)
        .join(obligation, obligation.c.id == _LINE.obligation_id)
        .outerjoin(_BEFORE, _same(_BEFORE, previous(found.period)))
        .where(_LINE.payroll_id == found.id)
    )


def _same(other: Any, period: str) -> ColumnElement[bool]:
    """Another month's obligation of the same person, paid by the same unit."""
    return and_(
        other.c.programme == obligation.c.programme,
        other.c.person_id == obligation.c.person_id,
        other.c.period == period,
        other.c.component == obligation.c.component,
        other.c.unit_code == obligation.c.unit_code,
    )


def gone_summary(session: Session, found: Row[Any], choice: str) -> Summary:
    """Count and (negative) sum of those who left a payroll for one reason."""
    query = select(func.count(), func.coalesce(func.sum(-obligation.c.amount), 0))
    row = session.execute(_gone(query, found, choice)).one()
    return Summary(row[0], int(row[1]))


def gone(
    session: Session, found: Row[Any], choice: str, order: Order, paging: Paging
) -> list[Row[Any]]:
    """One page of those who stood on last month's list and do not stand on this one."""
    query = select(
        obligation.c.person_id,
        person.c.name,
        person.c.citizen_tail,
        enrolment.c.group_code,
        enrolment.c.stop_period,
        enrolment.c.stop_cause,
        obligation.c.amount.label("before"),
    )
    query = _gone(query, found, choice).order_by(*order.by(obligation.c.id))
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def _gone(query: Any, found: Row[Any], choice: str) -> Any:
    now = obligation.alias("now")
    stays = exists().where(_same(now, found.period)).correlate(obligation)
    listed_then = exists().where(_LINE.obligation_id == obligation.c.id).correlate(obligation)
    reason = why_left(enrolment, obligation, found.period)
    return (
        query.select_from(obligation)
        .join(person, person.c.id == obligation.c.person_id)
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .where(obligation.c.unit_code == found.unit_code)
        .where(obligation.c.programme == found.programme)
        .where(obligation.c.period == previous(found.period))
        .where(obligation.c.component.in_(MONTHLY))
        .where(listed_then, ~stays, reason == choice)
    )
