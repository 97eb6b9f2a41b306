"""Where the money of each obligation of a person is, as parts of an answer; four or five queries.

What counts as arrived is what a notice tells: booked, or on the provider's word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answers.answer import Part
from app.beneficiaries.tables import destination
from app.benefits.tables import obligation
from app.disbursement.evidence import CREDITED
from app.disbursement.states import BUILT, CANCELLED, REJECTED, RELEASED, RETURNED, SETTLED
from app.disbursement.tables import FAILED_STATES
from app.messaging.words import templates
from app.months import month_of, previous, shift
from app.payroll.states import VOID
from app.payroll.ways import route_of
from app.reference.money_providers import keeper_name
from app.schedule.calendar import calendar_of
from app.schedule.days import due_on
from app.statements.reading import Attempt, Story, of_person, stories
from app.statements.words import is_carried, reason_told
from app.units.lookup import in_force
from app.units.tables import contract, contract_route

MONTHS_BACK = 12
CAME = ("came", "came_cash")
OPEN = ("returned", "carried", "not_listed", "unpaid")
"""Forms of money that somebody still waits for though nothing is on its way."""


def told_of(session: Session, person_id: int, month: str, today: date) -> list[Story]:
    """A person's obligations of the last year, or since the month before an older one that is
    named; the newest first, those that stand on no list too."""
    year = shift(month_of(today), -MONTHS_BACK)
    since = min(year, previous(month)) if month else year
    return stories(session, *of_person(person_id), obligation.c.period >= since)


def parts_of(session: Session, told: Iterable[Story], today: date) -> list[Part]:
    """A part for each way the money went; obligations of one month that went the same way are one
    amount. The newest month first, what has come before what has not, then the larger amount."""
    found: dict[Part, int] = {}
    for one in told:
        way = _way(session, one, today)
        found[way] = found.get(way, 0) + one.owed.amount
    parts = [replace(way, amount=amount) for way, amount in found.items()]
    by_amount = sorted(parts, key=lambda one: (one.form not in CAME, -one.amount))
    return sorted(by_amount, key=lambda one: one.month, reverse=True)


def _way(session: Session, story: Story, today: date) -> Part:
    month = str(story.owed.period)
    if not story.attempts:
        return _listed(session, story, month, today)
    last = story.attempts[-1]
    if (day := arrived(last)) is not None:
        is_cash = last.row.method == "cash"
        return Part(CAME[is_cash], month, day=day, tail=last.row.account_tail, place=_place(last))
    if last.row.state in FAILED_STATES:
        return _failed(story, last, month)
    return _leaving(last, month)


def arrived(one: Attempt) -> date | None:
    """The day on which an attempt arrived, None when it did not or came back."""
    days = [row.happened_on for row in one.outcomes if row.state in (SETTLED, CREDITED)]
    return days[0] if days and one.row.state not in FAILED_STATES else None


def _place(one: Attempt) -> str:
    return one.row.provider_name if one.row.method == "cash" else keeper_name(one.row.bank_bin)


def _leaving(one: Attempt, month: str) -> Part:
    row = one.row
    if row.batch_state in (BUILT, RELEASED):
        return Part("planned", month, day=row.requested_on)
    if row.method == "cash":
        return Part("cash_ready", month, day=row.requested_on, place=_place(one))
    return Part("sent", month, tail=row.account_tail, place=_place(one))


def _failed(story: Story, one: Attempt, month: str) -> Part:
    later = [line for line in story.lines if line.id > one.row.payroll_line_id]
    if is_carried(one):
        return Part("carried", month)
    if later and later[-1].state != VOID:
        return Part("again", month)
    if one.row.state in (RETURNED, REJECTED):
        found = reason_told(one)
        known = templates()["todo"]
        todo = found.reason_class.value if found else ""
        tail, place = one.row.account_tail, _place(one)
        return Part(
            "returned", month, tail=tail, place=place, todo=todo if todo in known else "other"
        )
    return Part("again" if one.row.state == CANCELLED else "unpaid", month)


def _listed(session: Session, story: Story, month: str, today: date) -> Part:
    """On a list and not under way yet: with its contract's day, where that is still to come."""
    lines = [line for line in story.lines if line.state != VOID]
    if not lines:
        return Part("not_listed", month)
    day = _due(session, story, lines[-1].period, lines[-1].destination_id, today)
    return Part("listed", month) if day is None else Part("listed_for", month, day=day)


def _due(
    session: Session, story: Story, period: str, destination_id: int, today: date
) -> date | None:
    query = (
        select(contract.c.due_day)
        .select_from(obligation)
        .join(destination, destination.c.id == destination_id)
        .join(contract_route, route_of(obligation))
        .join(contract, contract.c.id == contract_route.c.contract_id)
        .where(obligation.c.id == story.owed.id, in_force(today))
        .order_by(contract.c.due_day.desc())
        .limit(1)
    )
    due_day = session.scalar(query)
    if due_day is None:
        return None
    day = due_on(calendar_of(session), period, due_day)
    return day if day >= today else None


def amounts_of(told: Sequence[Story]) -> tuple[int, int]:
    """(what is due every month, what is paid later for earlier months) of one month, in VND."""
    return sum(one.owed.regular for one in told), sum(one.owed.arrears for one in told)
