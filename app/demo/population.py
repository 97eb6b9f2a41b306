"""A whole population, month after month, the same for the same scenario, size and seed.

    population("cao-bang-2026-10", 5000, seed=1).month("2026-10") -> (commune, rows) ...

Each month draws from a generator of its own, seeded by (seed, month), so a month can be
made again without the random numbers of another. Months follow one another; asking for an
earlier one starts over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random

from app.beneficiaries.headings import FIRST_ROW
from app.beneficiaries.rows import RegisterRow
from app.demo import calibration, faults
from app.demo.accounts import faulty_account
from app.demo.facts import with_facts
from app.demo.months import first_day
from app.demo.people import Maker, Person
from app.demo.places import places
from app.demo.plan import BANK_SHARES, plan
from app.months import shift

DEATHS = 0.006
MOVES = 0.003
CLAIMS = 0.01
ACCOUNT_CHANGES = 0.005
CASH_TO_ACCOUNT = 0.005
MAX_PEOPLE = 1_500_000
"""Serials end at two millions, and a ward's list must stay below what a workbook may hold."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`first_period` is the first month made; `main_period` the one the demo is about."""

    name: str
    first_period: str
    main_period: str
    is_calibrated: bool = False

    def periods(self, months: int = 1) -> list[str]:
        """The months to make for `months` months from the main one on."""
        if self.is_calibrated:
            return [self.main_period]
        last = shift(self.main_period, months - 1)
        found = [self.first_period]
        while found[-1] < last:
            found.append(shift(found[-1], 1))
        return found


SCENARIOS = {
    "cao-bang-2026-10": Scenario("cao-bang-2026-10", "2026-09", "2026-10"),
    "cao-bang-2025-05": Scenario("cao-bang-2025-05", "2025-05", "2025-05", is_calibrated=True),
}


def population(scenario: str, people: int, seed: int) -> Population:
    """The population of a scenario. Raises KeyError for an unknown scenario.

    The calibrated scenario has its own number of people; `people` is not used there.
    """
    return Population(SCENARIOS[scenario], people, seed)


class Population:
    """People of a scenario; `month` gives their register rows."""

    def __init__(self, scenario: Scenario, people: int, seed: int) -> None:
        if people < 1:
            raise ValueError("a population needs at least one person")
        if people > MAX_PEOPLE:
            raise ValueError(f"a population has at most {MAX_PEOPLE} people")
        self.scenario = scenario
        self.seed = seed
        self._size = people
        self._start()

    def month(self, period: str) -> Iterator[tuple[str, list[RegisterRow]]]:
        """(commune code, rows) by commune code; communes without people are left out.

        Raises ValueError for a month before the first one, or another month of a
        calibrated scenario.
        """
        if period < self.scenario.first_period:
            raise ValueError(f"{period} is before {self.scenario.first_period}")
        if self.scenario.is_calibrated and period != self.scenario.main_period:
            raise ValueError(f"{self.scenario.name} has the month {self.scenario.main_period} only")
        if period < self._period:
            self._start()
        while self._period < period:
            self._advance()
        return self._rows()

    @property
    def size(self) -> int:
        """Persons alive on the current month's lists."""
        return sum(len(group) for group in self._homes.values())

    def _rng(self, purpose: str) -> Random:
        return Random(f"{self.seed}/{self.scenario.name}/{purpose}")

    def _start(self) -> None:
        self._period = self.scenario.first_period
        rng = self._rng("people")
        today = first_day(self._period)
        self._homes: dict[str, list[Person]] = {place.code: [] for place in places()}
        self._leavers: dict[str, list[Person]] = {}
        self._ever_faulty: set[int] = set()
        self._maker = Maker(rng, today, with_second=not self.scenario.is_calibrated)
        if self.scenario.is_calibrated:
            made = calibration.people(rng, self._maker, self._period)
        else:
            made = (self._maker.make(s.place, s.programme, s.bank_bin) for s in plan(self._size))
        for person in made:
            self._homes[person.place.code].append(person)
        self._plant(frozenset())

    def _plant(self, avoid: frozenset[int]) -> None:
        rng = self._rng(f"faults/{self._period}")
        if self.scenario.is_calibrated:
            self._faults = faults.plant_calibrated(rng, self._everyone())
        else:
            is_first = self._period == self.scenario.first_period
            self._faults = faults.plant(rng, self._everyone(), is_first=is_first, avoid=avoid)

    def _everyone(self) -> Iterator[Person]:
        for group in self._homes.values():
            yield from group

    def _advance(self) -> None:
        """The next month: last month's events are over, new ones happen."""
        self._period = shift(self._period, 1)
        self._bury_and_settle()
        rng = self._rng(f"month/{self._period}")
        self._maker.draw_from(rng)
        faulty = frozenset(self._faults)
        living = [person for person in self._everyone() if person.serial not in faulty]
        self._happen(rng, living)
        self._claim(rng, max(1, round(len(living) * CLAIMS)))
        # A bad account is banned for good, so nobody has the same one a second time.
        self._ever_faulty |= faulty
        self._plant(avoid=frozenset(self._ever_faulty))

    def _bury_and_settle(self) -> None:
        self._leavers = {}
        for code, group in self._homes.items():
            self._homes[code] = [person for person in group if person.event != "death"]
        for person in self._everyone():
            person.event, person.event_date, person.event_note = "", None, ""

    def _happen(self, rng: Random, living: list[Person]) -> None:
        """Deaths, moves and changes of account, to different people."""
        deaths, moves, changes, openings = (
            max(1, round(len(living) * share))
            for share in (DEATHS, MOVES, ACCOUNT_CHANGES, CASH_TO_ACCOUNT)
        )
        # More than needed, because a change of account passes over those without one.
        enough = 100 + 6 * (deaths + moves + changes + openings)
        chosen = rng.sample(living, min(len(living), enough))
        for person in _take(chosen, deaths):
            person.event, person.event_date = "death", self._day_before(rng)
        for person in _take(chosen, moves):
            self._move(rng, person)
        for person in _take(chosen, changes, has_account=True):
            person.open_account(_draw_bank(rng))
        for person in _take(chosen, openings, has_account=False):
            person.open_account(_draw_bank(rng))

    def _day_before(self, rng: Random) -> date:
        """A day of the month before, early enough for the list of this month."""
        return first_day(shift(self._period, -1)) + timedelta(days=int(rng.random() * 23))

    def _move(self, rng: Random, person: Person) -> None:
        old = person.place
        new = rng.choice([place for place in places() if place.code != old.code])
        day = self._day_before(rng)
        leaver = replace(person, event="move_out", event_date=day)
        leaver.event_note = f"Chuyển đến {new.name}"
        self._leavers.setdefault(old.code, []).append(leaver)
        self._homes[old.code].remove(person)
        person.place, person.hamlet = new, rng.choice(new.hamlets)
        person.event, person.event_date = "move_in", day
        person.event_note = f"Chuyển từ {old.name}"
        self._homes[new.code].append(person)

    def _claim(self, rng: Random, count: int) -> None:
        weights = [place.weight for place in places()]
        for place in rng.choices(places(), weights, k=count):
            programme = rng.choices(("pension", "assistance", "merit"), (50, 40, 10))[0]
            bank_bin = _draw_bank(rng) if rng.random() < place.account_share else ""
            person = self._maker.claim(place, programme, bank_bin, self._day_before(rng))
            self._homes[place.code].append(person)

    def _rows(self) -> Iterator[tuple[str, list[RegisterRow]]]:
        for code in sorted(self._homes):
            people = self._homes[code] + self._leavers.get(code, [])
            if people:
                yield code, self._commune_rows(people)

    def _commune_rows(self, people: list[Person]) -> list[RegisterRow]:
        lines = [(person, at) for person in people for at in range(len(person.allowances))]
        order = {"pension": 0, "assistance": 1, "merit": 2}
        lines.sort(key=lambda line: order[line[0].allowances[line[1]].programme])
        today = first_day(self._period)
        return [
            with_facts(
                register_row(number, person, at, self._faults.get(person.serial, "")),
                person,
                today,
            )
            for number, (person, at) in enumerate(lines, start=FIRST_ROW)
        ]


def _take(chosen: list[Person], count: int, has_account: bool | None = None) -> list[Person]:
    """Take up to `count` people out of `chosen`, with or without an account when it matters."""
    fitting = (p for p in chosen if has_account is None or bool(p.account) == has_account)
    taken = list(islice(fitting, count))
    serials = {person.serial for person in taken}
    chosen[:] = [person for person in chosen if person.serial not in serials]
    return taken


def _draw_bank(rng: Random) -> str:
    return rng.choices(tuple(BANK_SHARES), tuple(BANK_SHARES.values()))[0]


def register_row(number: int, person: Person, at: int, fault: str = "") -> RegisterRow:
    """A person's line `at` of the month's workbook; `fault` is the ending of a bad account."""
    allowance = person.allowances[at]
    account = person.account
    return RegisterRow(
        row=number,
        name=person.name,
        birth_date=person.birth_date,
        birth_year=person.birth_year,
        sex=person.sex,
        ethnicity=person.ethnicity,
        citizen_id=person.citizen_id,
        hamlet=person.hamlet,
        phone=person.phone,
        programme=allowance.programme,
        group=allowance.group,
        table_key=allowance.table_key,
        decision_number=allowance.decision_number,
        decision_date=allowance.decision_date,
        start_period=allowance.start_period,
        method="account" if account else "cash",
        account=faulty_account(account, fault) if fault else account,
        bank_bin=person.bank_bin,
        holder_name=person.holder_name if account else "",
        event=person.event,
        event_date=person.event_date,
        note=person.event_note or person.note,
    )
