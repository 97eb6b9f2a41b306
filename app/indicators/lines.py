"""The lines of a month's lists with what had become of each by a moment: one query, set-wise.

A line is one obligation on a list. What every indicator counts is a column here: an amount in
VND, or 1 and 0. A repaired payment counts in the month it was owed on, and one carried on to a
later list counts on that list too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, func, literal, select
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import payee
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.tables import obligation
from app.disbursement.tables import batch_event, instruction, outcome
from app.indicators.credited import came_back, found_wrong, is_listed, is_regular, paid, paid_by
from app.months import previous
from app.payroll.tables import payroll, payroll_line
from app.schedule.calendar import calendar_of
from app.schedule.days import due_on
from app.units.tables import contract
from ledger.schema import Day

_LEFT_THE_HOUSE = ("sent", "answered", "done")
COUNTED = (
    *("line", "amount", "arrears", "credited", "cash", "vneid", "usable", "own"),
    *("sent", "sent_amount", "sent_ok", "sent_ok_amount", "first", "first_amount"),
    *("returned", "on_time", "paid_line", "age_one", "age_two", "age_more"),
)
"""The columns that are counted, in their order."""


def due_days(session: Session, period: str) -> dict[int, date]:
    """The day a month is to be paid by, for each due day that a contract names."""
    calendar = calendar_of(session)
    days = session.scalars(select(contract.c.due_day).distinct())
    return {one: due_on(calendar, period, one) for one in days}


def lines(period: str, until: datetime, due: Mapping[int, date], *also: Any) -> Select[Any]:
    """One row a line: id, obligation_id, person_id, the columns of `COUNTED`, and `also`.

    `also` are labelled expressions over payroll, contract, person, enrolment, obligation and
    destination.
    """
    made, line = _paid(period, until), payroll_line.c
    credited, cash = func.coalesce(made.c.credited, 0), func.coalesce(made.c.cash, 0)
    sent = and_(line.method == "account", _left(until))
    is_paid = credited + cash > 0
    usable = and_(destination.c.method == "account", ~found_wrong(until))
    first = and_(sent, _at_first(until))
    late = _age(period, is_paid)
    return (
        select(
            line.id,
            line.obligation_id,
            line.person_id,
            literal(1).label("line"),
            line.amount,
            obligation.c.arrears,
            credited.label("credited"),
            cash.label("cash"),
            func.coalesce(made.c.vneid, 0).label("vneid"),
            _flag("usable", usable),
            _flag("own", usable, ~_taken_by_another(until)),
            _flag("sent", sent),
            case((sent, line.amount), else_=0).label("sent_amount"),
            _flag("sent_ok", sent, credited > 0),
            case((and_(sent, credited > 0), line.amount), else_=0).label("sent_ok_amount"),
            _flag("first", first),
            case((first, line.amount), else_=0).label("first_amount"),
            _flag("returned", sent, _came_back(until)),
            _flag("on_time", is_paid, made.c.paid_on <= _due(due)),
            _flag("paid_line", is_paid),
            *(_flag(name, condition) for name, condition in late.items()),
            *also,
        )
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
        .join(person, person.c.id == line.person_id)
        .join(destination, destination.c.id == line.destination_id)
        .join(contract, contract.c.id == line.contract_id)
        .outerjoin(made, made.c.obligation_id == line.obligation_id)
        .where(is_listed(period, until))
    )


def _flag(name: str, *conditions: ColumnElement[bool]) -> Any:
    return case((and_(*conditions), 1), else_=0).label(name)


def _paid(period: str, until: datetime) -> Subquery:
    """What was paid, with the day it was paid on and what went to accounts linked on VNeID."""
    goes_to = destination.alias("goes_to")
    is_vneid = and_(goes_to.c.kind == "vneid", instruction.c.method == "account")
    return (
        paid(period, until)
        .join(goes_to, goes_to.c.id == instruction.c.destination_id)
        .add_columns(
            func.sum(case((is_vneid, instruction.c.amount), else_=0)).label("vneid"),
            func.min(outcome.c.happened_on).label("paid_on"),
        )
        .subquery("paid")
    )


def _own(*conditions: Any) -> ColumnElement[bool]:
    """Whether an instruction made for the line itself meets the conditions."""
    return exists().where(
        instruction.c.obligation_id == payroll_line.c.obligation_id,
        instruction.c.payroll_line_id == payroll_line.c.id,
        *conditions,
    )


def _left(until: datetime) -> ColumnElement[bool]:
    """Whether the line's instruction had left the house by then."""
    gone = select(batch_event.c.batch_id).where(
        batch_event.c.batch_id == instruction.c.batch_id,
        batch_event.c.state.in_(_LEFT_THE_HOUSE),
        batch_event.c.at <= until,
    )
    return _own(gone.exists())


def _at_first(until: datetime) -> ColumnElement[bool]:
    """Whether the line's own instruction was credited by then and did not come back."""
    credited = select(outcome.c.id).where(
        outcome.c.instruction_id == instruction.c.id, paid_by(until)
    )
    return _own(credited.exists(), ~came_back(instruction.c.id, until))


def _came_back(until: datetime) -> ColumnElement[bool]:
    return _own(came_back(instruction.c.id, until, ("returned",)))


def _taken_by_another(until: datetime) -> ColumnElement[bool]:
    """Whether a guardian or an authorised person took the money by then."""
    newer = payee.alias("newer")
    later = exists().where(
        newer.c.person_id == payee.c.person_id,
        newer.c.version > payee.c.version,
        newer.c.recorded_at <= until,
    )
    return exists().where(
        payee.c.person_id == person.c.id,
        payee.c.kind != "self",
        payee.c.recorded_at <= until,
        ~later,
    )


def _due(due: Mapping[int, date]) -> ColumnElement[date]:
    days = [(contract.c.due_day == one, literal(day, Day)) for one, day in sorted(due.items())]
    return case(*days, else_=literal(None, Day))


def _age(period: str, is_paid: ColumnElement[bool]) -> dict[str, ColumnElement[bool]]:
    """For how many months a line has gone unpaid."""
    owed = obligation.c.period
    return {
        "age_one": and_(~is_paid, owed >= period),
        "age_two": and_(~is_paid, owed == previous(period)),
        "age_more": and_(~is_paid, owed < previous(period)),
    }
