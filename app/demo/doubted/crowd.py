"""Honest people of a province who give a careless rule reason to doubt them, and the frauds' home.

Twins with nearly the same name, spouses with one phone, guardians who collect for three
children, IDs issued anew, old people of whom only the year or "01/01" is known, decisions over
thirty people: all of them honest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from app.demo.months import first_day
from app.demo.names import draw_name, draw_peoples
from app.demo.people import Maker, Person
from app.demo.plan import BANK_SHARES, plan
from app.reference.citizen_id import SYNTHETIC_PREFIX, century_sex_digit

PERIOD = "2026-10"
_OLD = 1956


@dataclass
class Crowd:
    """People and what the register knows of them besides; IDs name them.

    `frauds` tells the pattern of each person who should be found, `touched` the honest ones whom
    a fraud drew into it: the person copied, the owner of the account.
    """

    people: list[Person] = field(default_factory=list)
    frauds: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    reissued: dict[str, str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    payees: list[tuple[str, str, str]] = field(default_factory=list)
    households: list[tuple[str, ...]] = field(default_factory=list)
    officers: list[str] = field(default_factory=list)


class Inventor:
    """Draws honest people, and gives those who invent others what they need for it."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(f"{seed}/doubted")
        self.crowd = Crowd()
        self._maker = Maker(self.rng, first_day(PERIOD), with_second=False)
        self._settled: tuple[Person, ...] = ()
        self._taken: set[str] = set()
        self.used: set[str] = set()

    def settle(self, people: int) -> None:
        """A province of that many honest people, some of them with a story."""
        self.crowd.people = [
            self._maker.make(slot.place, slot.programme, slot.bank_bin) for slot in plan(people)
        ]
        self._settled = tuple(self.crowd.people)
        self._taken = {one.citizen_id for one in self._settled}
        for tell in (_first_of_january, _spouses, _anew, _decisions):
            tell(self.rng, self.crowd)
        self._guardians()
        self._twins(people // 250)

    def pick(
        self, count: int, which: Callable[[Person], bool] = lambda one: True, *, touch: bool = True
    ) -> list[Person]:
        """Honest people in no story yet; `touch` says that a fraud draws them into it."""
        found: list[Person] = []
        while len(found) < count:
            one = self._settled[int(self.rng.random() * len(self._settled))]
            if which(one) and one.citizen_id not in self.used:
                self.used.add(one.citizen_id)
                found.append(one)
        if touch:
            self.crowd.touched.update(one.citizen_id for one in found)
        return found

    def invent(self, near: Person, *, bank: bool = False) -> Person:
        """Somebody else of that commune and programme, whom nobody has on a list."""
        chosen = self.rng.choice(tuple(BANK_SHARES)) if bank else ""
        made = self._maker.make(near.place, near.programme, chosen)
        self._taken.add(made.citizen_id)
        return made

    def claim(self, citizen_id: str) -> str:
        """That ID, or the next one that nobody has."""
        while citizen_id in self._taken:
            citizen_id = f"{citizen_id[:6]}{(int(citizen_id[6:]) + 1) % 1_000_000:06}"
        self._taken.add(citizen_id)
        return citizen_id

    def add(self, one: Person, pattern: str = "") -> None:
        """Put a person on the list; a fraud's says which."""
        self.crowd.people.append(one)
        if pattern:
            self.crowd.frauds[one.citizen_id] = pattern

    def _twins(self, count: int) -> None:
        """The same day, family and middle name; IDs from one morning; names that go together."""
        for one in self.pick(count, lambda one: bool(one.birth_date), touch=False):
            words = one.name.split()
            peoples = draw_peoples(self.rng, is_west=one.place.is_west)
            given = draw_name(self.rng, peoples, one.sex).split()[-1]
            if given == words[-1]:
                continue
            twin = self.invent(one, bank=bool(one.bank_bin))
            twin.name = " ".join([*words[:-1], given])
            twin.sex, twin.birth_date, twin.birth_year = one.sex, one.birth_date, one.birth_year
            twin.hamlet = one.hamlet
            twin.citizen_id = self.claim(one.citizen_id)
            self.add(twin)

    def _guardians(self) -> None:
        """A grandmother collects for three children on her own account; she may be on the list."""
        children = [one for one in self._settled if one.birth_year > 2012]
        for at in range(0, len(children) - 3, 30):
            group = [one for one in children[at : at + 3] if one.place is children[at].place]
            (keeper,) = self.pick(1, lambda one: one.birth_year < 1985, touch=False)
            keeper.open_account(keeper.bank_bin or next(iter(BANK_SHARES)))
            for one in group:
                self.used.add(one.citizen_id)
                one.bank_bin, one.account = keeper.bank_bin, keeper.account
                one.holder_name = keeper.holder_name
                self.crowd.payees.append((one.citizen_id, keeper.name, keeper.citizen_id))


def new_id(one: Person, serial: int | None = None) -> str:
    """An ID that fits the person, with that serial or his own."""
    century = century_sex_digit(one.birth_year, one.sex)
    number = one.serial if serial is None else serial
    return f"{SYNTHETIC_PREFIX}{century}{one.birth_year % 100:02}{number:06}"


def _first_of_january(rng: Random, crowd: Crowd) -> None:
    """Of one in twelve old people the day was not known and "01/01" was written."""
    for one in crowd.people:
        if one.birth_date and one.birth_year < _OLD and rng.random() < 0.08:
            one.birth_date = date(one.birth_year, 1, 1)


def _spouses(rng: Random, crowd: Crowd) -> None:
    """Neighbours on the list with one phone between two, sometimes three with a grown child."""
    for at in range(0, len(crowd.people) - 3, 40):
        family = crowd.people[at : at + (3 if rng.random() < 0.2 else 2)]
        for one in family:
            one.phone = f"0100{family[0].serial:06}"


def _anew(rng: Random, crowd: Crowd) -> None:
    """One in a hundred has an ID issued anew after a correction."""
    for one in crowd.people[7::100]:
        old = f"{one.citizen_id[:4]}{(int(one.citizen_id[4:6]) + 1) % 100:02}"
        crowd.reissued[one.citizen_id] = f"{old}{one.citizen_id[6:]}"


def _decisions(rng: Random, crowd: Crowd) -> None:
    """Some communes decide on thirty pensions in one paper."""
    for at in range(0, len(crowd.people) - 30, 3_000):
        together = [
            one for one in crowd.people[at : at + 30] if one.place is crowd.people[at].place
        ]
        paper = together[0].allowances[0]
        for one in together:
            first = one.allowances[0]
            one.allowances = (
                replace(first, decision_number=paper.decision_number,
                        decision_date=paper.decision_date),
            )  # fmt: skip
