"""What tests of the hotline share: who may call, who answers, a call up to its check."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert

from app.access.officers import add_officer
from app.access.scope import Scope
from app.clock import local_date
from app.hotline.asking import Caller, caller_of, desk_scope, lookup_of
from app.hotline.checking import answer, begin
from app.hotline.finding import Found, Keys, find, read_birth, read_digits, read_name
from app.hotline.questions import known_of
from app.hotline.states import QUESTIONS
from app.hotline.tables import hotline_lookup
from app.jobs.queueing import queue_messages
from tests.factories import OTHER_COMMUNE, SEPTEMBER, House, row
from tests.support.messages import answered, sent, with_plan
from tests.support.own_page import Chance
from tests.support.province import COMMUNE, SECRET

ELSEWHERE = 20
"""A person of the other commune."""
HERE, THERE = "desk.here", "desk.there"
"""Who answers for one commune alone."""


def on_the_line(house: House) -> None:
    """September came to most of eight people, one notice each; one more person and one officer of
    the hotline in each commune, beside the one of the province."""
    sent(house)
    house.register(SEPTEMBER, row(ELSEWHERE), commune=OTHER_COMMUNE)
    answered(house)
    queue_messages(with_plan(house))
    for number, (name, unit) in enumerate(((HERE, COMMUNE), (THERE, OTHER_COMMUNE))):
        with house.work() as session:
            add_officer(session, house.keyring, name, name, f"00114500099{number}", SECRET)
        house.grant(name, "desk", unit)
    house.on("2026-09-15", "09:00")


def scope(house: House, username: str = "desk") -> Scope:
    """Whose people an officer may look up."""
    with house.database.view() as session:
        return desk_scope(session, username, house.clock.now())


def id_tail(number: int) -> str:
    """The last digits of a person's ID."""
    return row(number).citizen_id[-6:]


def found(
    house: House, digits: str, by: str = "desk", name: str = "nong thi", born: str = ""
) -> Found:
    """A look-up of an officer."""
    whose = scope(house, by)
    birth = read_birth(born)
    keys = Keys(read_digits(digits), read_name(name, birth), birth, "has_come")
    with house.work() as session:
        return find(session, house.keyring, whose, keys, house.clock.now())


def looked_up(house: House, times: int, by: str = "desk") -> None:
    """An officer has looked nobody up so often just now."""
    told = {"officer_id": house.officer(by), "reason": "why", "keys": "name"}
    with house.work() as session:
        session.execute(insert(hotline_lookup), [{**told, "asked_at": house.clock.now()}] * times)


def asked(house: House, number: int, by: str = "desk") -> int:
    """A look-up whose questions are drawn; gives its number."""
    lookup = found(house, id_tail(number), by).lookup_id
    whose = scope(house, by)
    with house.work() as session:
        begin(session, whose, lookup, 1, Chance(lookup), house.clock.now())
    return lookup


def right(house: House, lookup: int, by: str = "desk", but: Iterable[str] = ()) -> dict[str, str]:
    """The right answers to a look-up's questions, but for these."""
    with house.database.view() as session:
        row_ = lookup_of(session, scope(house, by), lookup)
        known = known_of(session, row_.person_id, local_date(house.clock.now()))
    return {one: min(known[one]) for one in row_.questions.split() if one not in but}


def said(house: House, lookup: int, answers: dict[str, str], by: str = "desk") -> bool:
    """Whether these answers are enough."""
    whose = scope(house, by)
    with house.work() as session:
        return answer(session, whose, lookup, answers, house.clock.now())


def wrong() -> dict[str, str]:
    """Answers that are none of anybody's."""
    return dict.fromkeys(QUESTIONS, "99")


def known_caller(house: House, number: int, by: str = "desk") -> Caller:
    """A person who was asked and answered right."""
    lookup = asked(house, number, by)
    assert said(house, lookup, right(house, lookup, by), by)
    with house.database.view() as session:
        return caller_of(session, scope(house, by), lookup, house.clock.now())
