"""What a caller is asked, and which answers are right: read from the register and the books.

At most one question is of what neighbours know; so two right answers name at least one thing that
stands on the person's own papers or phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.answers.standing import CAME, parts_of, told_of
from app.beneficiaries.tables import destination, enrolment, person
from app.hotline.states import (
    ACCOUNT,
    AMOUNT,
    AROUND,
    BORN,
    COMMUNE,
    DECISION,
    HAMLET,
    OWN,
    PAID_ON,
    PHONE,
)
from app.months import month_of
from app.reference import areas
from app.text import fold

ASKED, ASKED_AROUND = 3, 1
Dice = Callable[[int], bytes]
"""Gives so many bytes of chance that nobody can guess, e.g. `secrets.token_bytes`."""
Known = Mapping[str, frozenset[str]]
"""The right answers to each question that can be asked, as `plain_answer` writes them."""
_CHANCE = 8
_NUMBERS = re.compile(r"[0-9]+")
_OF_PLACE = re.compile(r"^(xa|phuong|thi tran|dac khu|xom|thon|to|to dan pho|ban|lang|khu)\s+")


def known_of(session: Session, person_id: int, today: date) -> Known:
    """What can be asked of a person; a question whose answer is not known is not among them."""
    row = session.execute(
        select(person, destination.c.account_tail)
        .outerjoin(destination, destination.c.id == person.c.destination_id)
        .where(person.c.id == person_id)
    ).one()
    area = areas.commune(row.area_code)
    told = {
        BORN: {row.birth[:4]},
        HAMLET: {row.hamlet},
        COMMUNE: {area.name if area else ""},
        ACCOUNT: {row.account_tail or ""},
        PHONE: {row.phone_tail},
        DECISION: _decisions(session, person_id, month_of(today)),
        **_paid(session, person_id, today),
    }
    plain = {name: {plain_answer(name, one) for one in some} for name, some in told.items()}
    return {name: frozenset(some - {""}) for name, some in plain.items() if some - {""}}


def drawn(known: Known, never: Iterable[str], dice: Dice) -> tuple[str, ...]:
    """Three questions by chance, none of `never`; () where too little is known to ask."""
    own = _shuffled([one for one in OWN if one in known and one not in never], dice)
    around = _shuffled([one for one in AROUND if one in known and one not in never], dice)
    count = ASKED_AROUND if around else 0
    if len(own) < ASKED - count:
        return ()
    return tuple(_shuffled([*own[: ASKED - count], *around[:count]], dice))


def right_answers(known: Known, questions: Sequence[str], typed: Mapping[str, str]) -> int:
    """How many of the questions are answered right."""
    return sum(
        plain_answer(one, typed.get(one, "")) in known.get(one, frozenset()) for one in questions
    )


def plain_answer(question: str, text: str) -> str:
    """An answer as it is compared: digits alone, a day as 'DD/MM', a place without its kind; ''
    for one that says nothing."""
    numbers = _NUMBERS.findall(text)
    if question in (ACCOUNT, PHONE, AMOUNT):
        return "".join(numbers)
    if question == PAID_ON:
        return "/".join(one.lstrip("0").zfill(2) for one in numbers[:2]) if numbers[1:] else ""
    if question in (BORN, DECISION):
        return (numbers[0].lstrip("0") or "0") if numbers else ""
    return _OF_PLACE.sub("", fold(text))


def _decisions(session: Session, person_id: int, period: str) -> set[str]:
    """The numbers of the decisions on which the person is paid in a month."""
    mine = enrolment.c
    runs = or_(mine.stop_period.is_(None), mine.stop_period > period)
    query = select(mine.decision_number).where(mine.person_id == person_id, runs)
    return set(session.scalars(query))


def _paid(session: Session, person_id: int, today: date) -> dict[str, set[str]]:
    """What came on the last day on which anything did; the newest month that came counts too, for
    what is paid late may be for an older one."""
    parts = parts_of(session, told_of(session, person_id, "", today), today)
    came = [(one.day, one) for one in parts if one.form in CAME and one.day]
    if not came:
        return {}
    last = max(day for day, _ in came)
    newest = came[0][1].month
    on_day = [one.amount for day, one in came if day == last]
    of_month = [one.amount for _, one in came if one.month == newest]
    amounts = {*on_day, sum(on_day), *of_month, sum(of_month)}
    days = {day for day, one in came if day == last or one.month == newest}
    return {AMOUNT: {str(one) for one in amounts}, PAID_ON: {f"{one:%d/%m}" for one in days}}


def _shuffled(names: Sequence[str], dice: Dice) -> list[str]:
    drawn_by = {name: dice(_CHANCE) for name in names}
    return sorted(names, key=lambda one: drawn_by[one])
