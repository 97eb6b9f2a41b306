"""The lines of one payroll against last month's; who stands behind a row of its bridge is told by
`app.payroll.bridge_people`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.tables import obligation
from app.disbursement.tables import instruction
from app.months import previous
from app.payroll.tables import payroll, payroll_line
from app.text import fold
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


@dataclass(frozen=True, slots=True)
class Choice:
    """Which lines are shown, and what of each the bridge adds up."""

    where: ColumnElement[bool]
    measure: ColumnElement[int]


CHOICES: Mapping[str, Choice] = {
    "all": Choice(true(), _LINE.amount),
    "changes": Choice(or_(_REPEATED, _JOINED, _RATE, _OTHER_ARREARS), _LINE.amount),
    "follow_up": Choice(_LINE.cause == "follow_up", _LINE.amount),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """How many lines were chosen and what they add up to, VND."""

    lines: int
    amount: int


def summary(session: Session, found: Row[Any], choice: str, named: str = "") -> Summary:
    """Count and sum of the chosen lines of a payroll, of people `named` so."""
    chosen = CHOICES[choice]
    if choice == "all" and not named:
        return Summary(found.lines, found.total)
    query = select(func.count(), func.coalesce(func.sum(chosen.measure), 0))
    row = session.execute(_from(query, found, named).where(chosen.where)).one()
    return Summary(row[0], int(row[1]))


def listed(
    session: Session, found: Row[Any], choice: str, order: Order, paging: Paging, named: str = ""
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
        _from(query, found, named)
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


def _from(query: Any, found: Row[Any], named: str) -> Any:
    """The lines of the payroll, their people and obligations, and the same obligation of last
    month; of people in whose names every word stands, with or without accents."""
    words = [person.c.search_key.contains(one, autoescape=True) for one in fold(named).split()]
    return (
        query.select_from(payroll_line)
        .join(payroll, payroll.c.id == _LINE.payroll_id)
        .join(obligation, obligation.c.id == _LINE.obligation_id)
        .join(person, person.c.id == _LINE.person_id)
        .outerjoin(_BEFORE, _same(_BEFORE, previous(found.period)))
        .where(_LINE.payroll_id == found.id, *words)
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


def numbered(session: Session, found: Row[Any], numbers: Sequence[int]) -> list[Row[Any]]:
    """The lines of a payroll with these numbers, in order, with their people."""
    query = (
        select(payroll_line, person.c.name, person.c.citizen_tail, destination.c.bank_bin,
               destination.c.account_tail)
        .join(person, person.c.id == _LINE.person_id)
        .join(destination, destination.c.id == _LINE.destination_id)
        .where(_LINE.payroll_id == found.id, _LINE.line.in_(numbers))
        .order_by(_LINE.line)
    )  # fmt: skip
    return list(session.execute(query))
