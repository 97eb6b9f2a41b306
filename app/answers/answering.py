"""One question of one person, one answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answers.answer import (
    ACCOUNT,
    CONTACT,
    HAS_COME,
    OF_PERSON,
    RETURNED,
    UNKNOWN,
    WHEN,
    WHY,
    Answer,
    Asked,
    Part,
)
from app.answers.standing import OPEN, amounts_of, parts_of, told_of
from app.answers.understanding import kinds, understood
from app.beneficiaries.tables import destination, person
from app.months import month_of, previous
from app.reference.money_providers import keeper_name
from app.statements.letterheads import commune_body
from app.statements.reading import Story, person_of

HANDED_ON = ("complaint", CONTACT, UNKNOWN)


def answer_for(session: Session, person_id: int, asked: str | Asked, today: date) -> Answer:
    """The answer to a question in words, to a kind of question by its name, or to an `Asked`.

    Raises NotFound for an unknown person.
    """
    if isinstance(asked, str):
        known = asked in kinds() or asked == UNKNOWN
        asked = Asked(asked) if known else understood(asked, today)
    who = person_of(session, person_id)
    body = commune_body(who.area_code)
    if asked.kind not in OF_PERSON:
        return general(asked.kind, body)
    told = told_of(session, person_id, asked.month, today)
    parts = _ASKS[asked.kind](session, person_id, told, asked.month, today)
    worried = any(one.form in (*OPEN, "why_changed") for one in parts)
    return Answer(asked.kind, tuple(parts), who.name, body, hands_over=worried)


def general(kind: str, body: str = "") -> Answer:
    """What is the same for everybody: from the handbook, or who can be called."""
    return Answer(kind, (Part(kind),), body=body, hands_over=kind in HANDED_ON)


def _has_come(
    session: Session, _: int, told: Sequence[Story], month: str, today: date
) -> list[Part]:
    """A month that is named, or this one with what earlier ones still owe."""
    wanted = month or month_of(today)
    mine = [one for one in told if one.owed.period == wanted]
    found = parts_of(session, mine, today) or [Part("no_month", wanted)]
    if month:
        return found
    earlier = [one for one in told if one.owed.period < wanted]
    before = parts_of(session, earlier, today)
    if not mine and before:
        found += [one for one in before if one.month == before[0].month]
    return found + [one for one in before if one.form in OPEN and one not in found]


def _why(session: Session, _: int, told: Sequence[Story], month: str, today: date) -> list[Part]:
    """How a month's amount comes about: monthly and arrears, and whether it was so before."""
    begun = [one.owed.period for one in told if one.owed.period <= month_of(today)]
    wanted = month or (max(begun) if begun else month_of(today))
    mine = [one for one in told if one.owed.period == wanted]
    if not mine:
        return [Part("no_month", wanted)]
    regular, arrears = amounts_of(mine)
    form = "why_arrears" if arrears else "why_regular"
    found = [Part(form, wanted, regular + arrears, regular, arrears)]
    before = [one for one in told if one.owed.period == previous(wanted)]
    if before:
        then, _arrears = amounts_of(before)
        form = "why_same" if then == regular else "why_changed"
        found.append(Part(form, previous(wanted), then))
    return found


def _returned(
    session: Session, _: int, told: Sequence[Story], month: str, today: date
) -> list[Part]:
    wanted = [one for one in told if month in ("", one.owed.period)]
    found = parts_of(session, wanted, today)
    back = [one for one in found if one.form in ("returned", "carried", "again", "unpaid")]
    return back or [Part("no_return", month)]


def _account(session: Session, person_id: int, *_: object) -> list[Part]:
    query = (
        select(destination.c.method, destination.c.bank_bin, destination.c.account_tail)
        .join(person, person.c.destination_id == destination.c.id)
        .where(person.c.id == person_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return [Part("account_none")]
    if row.method == "cash":
        return [Part("account_cash")]
    return [Part("account", tail=row.account_tail, place=keeper_name(row.bank_bin))]


_Ask = Callable[[Session, int, Sequence[Story], str, date], list[Part]]
_ASKS: Mapping[str, _Ask] = {
    HAS_COME: _has_come,
    WHEN: _has_come,
    WHY: _why,
    RETURNED: _returned,
    ACCOUNT: _account,
}
