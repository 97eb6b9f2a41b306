"""Facts about the tiny province's people that no workbook brings, and what a run finds of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from app.access.officers import add_officer
from app.beneficiaries.about_tables import household, payee
from app.beneficiaries.history_tables import citizen_change
from app.beneficiaries.tables import person
from app.doubles.finding import Found, find
from app.doubles.queue import CaseLine, open_cases
from app.reference.citizen_id import SYNTHETIC_PREFIX
from tests.factories import SEPTEMBER, House
from tests.support.province import SECRET


def id_of(number: int) -> str:
    """The citizen ID of `row(number)`."""
    return f"{SYNTHETIC_PREFIX}145{number:06}"


def key_of(house: House, citizen_id: str) -> str:
    """Its blind index."""
    return house.keyring.index("person.citizen_id", citizen_id)


def person_of(house: House, citizen_id: str) -> int:
    """The person's id."""
    return int(
        house.ask(select(person.c.id).where(person.c.citizen_key == key_of(house, citizen_id)))
    )


def give_payee(house: House, ward: int, citizen_id: str, **changes: Any) -> None:
    """A guardian with that ID for person `ward`."""
    told = {"person_id": ward, "version": 1, "kind": "guardian", "name": "Nông Thị Giám Hộ",
            "citizen_key": key_of(house, citizen_id), "citizen_tail": citizen_id[-3:],
            "relation": "bà", "document": "QĐ 1", "source": "officer",
            "recorded_at": house.clock.now()}  # fmt: skip
    with house.work() as session:
        session.execute(insert(payee).values({**told, **changes}))


def reissue(house: House, number: int, old: str, new: str) -> None:
    """Person `number` (an id) had the ID `old` before."""
    old_key, new_key = key_of(house, old), key_of(house, new)
    told = {"person_id": number, "old_key": old_key, "old_cipher": b"x", "old_tail": old[-3:],
            "new_key": new_key, "new_tail": new[-3:], "reason": "reissued", "document": "CC",
            "changed_on": house.clock.now().date(), "recorded_at": house.clock.now(),
            "recorded_by": "r"}  # fmt: skip
    with house.work() as session:
        session.execute(insert(citizen_change).values(told))


def set_person(house: House, number: int, **values: Any) -> None:
    """Change what the register says of a person."""
    with house.work() as session:
        session.execute(update(person).where(person.c.id == number).values(values))


def live_together(house: House, *people: int) -> None:
    """One household."""
    with house.work() as session:
        session.execute(insert(household).values(id=1, area_code="01273", number="1"))
        session.execute(update(person).where(person.c.id.in_(people)).values(household_id=1))


def make_officer(house: House, citizen_id: str) -> int:
    """A new checker of the province, who has this ID."""
    with house.work() as session:
        number = add_officer(session, house.keyring, "new.checker", "Cán bộ", citizen_id, SECRET)
    house.grant("new.checker", "checker", "")
    return number


def look(house: House, period: str = SEPTEMBER) -> Found:
    """One run over the register."""
    now = house.later()
    with house.work() as session:
        return find(session, house.keyring, period, "test", now)


def cases(house: House, rule: str = "") -> list[CaseLine]:
    """Cases that wait."""
    with house.database.view() as session:
        return open_cases(session, rule)


def found(house: House) -> dict[str, tuple[set[int], set[int]]]:
    """Of every rule with one case: its people, and those who are held."""
    rows = house.rows(
        "select d.rule, p.person_id, p.is_held from doubt d join doubt_person p"
        " on p.doubt_id = d.id where d.gone_at is null"
        " and not exists (select 1 from doubt_decision e where e.doubt_id = d.id)"
    )
    told: dict[str, tuple[set[int], set[int]]] = {}
    for rule, number, held in rows:
        people, left_off = told.setdefault(rule, (set(), set()))
        people.add(number)
        left_off.update({number} if held else ())
    return told
