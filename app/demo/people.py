"""Making one synthetic person: an ID no province gives out, a phone that cannot ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from app.demo.accounts import account_number
from app.demo.kinds import MERIT, SECOND, SECOND_SHARE, Kind, draw_kind
from app.demo.names import draw_name, draw_peoples
from app.demo.places import Place
from app.reference.citizen_id import SYNTHETIC_PREFIXES, century_sex_digit
from app.text import fold

_DAYS_A_YEAR = 365.25
_ADULT_YEARS = 16
_YEAR_ONLY_SHARE = 0.12
_YEAR_ONLY_FROM = 77
_PENSION_BEGAN = date(2025, 7, 1)
_OLDEST_DECISION = date(2012, 1, 1)
_SERIALS = 1_000_000
_STRIDE = 618_033  # coprime with the number of serials: neighbours get far-apart numbers


@dataclass(frozen=True, slots=True)
class Allowance:
    """A decision in a person's favour."""

    programme: str
    group: str
    table_key: str
    decision_number: str
    decision_date: date
    start_period: str


@dataclass(slots=True)
class Person:
    """A person of the demo as this month's list knows him; `bank_bin` is '' for cash."""

    serial: int
    name: str
    sex: str
    birth_date: date | None
    birth_year: int
    ethnicity: str
    citizen_id: str
    phone: str
    place: Place
    hamlet: str
    allowances: tuple[Allowance, ...]
    bank_bin: str = ""
    account: str = ""
    version: int = 0
    holder_name: str = ""
    note: str = ""
    event: str = ""
    event_date: date | None = None
    event_note: str = ""

    @property
    def programme(self) -> str:
        """The programme of the person's first allowance."""
        return self.allowances[0].programme

    def open_account(self, bank_bin: str) -> None:
        """Move to an account at this bank, with a new number."""
        if self.account:
            self.version += 1
        self.bank_bin = bank_bin
        self.account = account_number(self.serial, bank_bin, self.version)
        self.holder_name = self.holder_name or account_holder(self.name)


@lru_cache(maxsize=8192)
def _plain_word(word: str) -> str:
    return fold(word).upper()


def account_holder(name: str) -> str:
    """A name as banks write it: capitals without marks."""
    return " ".join(_plain_word(word) for word in name.split())


class Maker:
    """Makes people with serials of their own; `today` is the first day of the first month."""

    def __init__(self, rng: Random, today: date, *, with_second: bool = True) -> None:
        self._rng = rng
        self._today = today
        self._with_second = with_second
        self._made = 0

    def draw_from(self, rng: Random) -> None:
        """Go on with another generator; serials stay unique."""
        self._rng = rng

    def make(self, place: Place, programme: str, bank_bin: str, kind: Kind | None = None) -> Person:
        """A person of that commune and programme, in a drawn group unless `kind` is given."""
        rng = self._rng
        kind = kind or draw_kind(rng, programme)
        sex = "M" if rng.random() < kind.male else "F"
        low, high = kind.ages
        born = self._today - timedelta(days=int((low + rng.random() * (high - low)) * _DAYS_A_YEAR))
        peoples = draw_peoples(rng, is_west=place.is_west)
        serial = self._next_serial()
        person = Person(
            serial=serial,
            name=draw_name(rng, peoples, sex),
            sex=sex,
            birth_date=None if self._only_year(kind, born) else born,
            birth_year=born.year,
            ethnicity=peoples.ethnicity,
            citizen_id=_citizen_id(serial, born.year, sex),
            phone=f"010{serial:07}" if rng.random() < 0.7 else "",
            place=place,
            hamlet=place.hamlets[int(rng.random() * len(place.hamlets))],
            allowances=self._allowances(kind, born),
        )
        if born.year > self._today.year - _ADULT_YEARS:
            self._give_guardian(person)
        if bank_bin:
            person.open_account(bank_bin)
        return person

    def _next_serial(self) -> int:
        self._made += 1
        million = self._made // _SERIALS
        return million * _SERIALS + self._made * _STRIDE % _SERIALS

    def _only_year(self, kind: Kind, born: date) -> bool:
        """Some old people have only a birth year; never where the day decides the group."""
        old_enough = self._today.year - born.year >= max(_YEAR_ONLY_FROM, kind.from_age + 2)
        return old_enough and self._rng.random() < _YEAR_ONLY_SHARE

    def _give_guardian(self, person: Person) -> None:
        family = person.name.split()[0]
        sex = "F" if self._rng.random() < 0.6 else "M"
        peoples = draw_peoples(self._rng, is_west=person.place.is_west)
        guardian = draw_name(self._rng, peoples, sex, family)
        person.note = f"Người giám hộ nhận: {guardian}"
        person.holder_name = account_holder(guardian)

    def _allowances(self, kind: Kind, born: date) -> tuple[Allowance, ...]:
        first = self._decide(kind, born)
        second = SECOND.get(kind.group) if self._with_second else None
        if second is None or self._rng.random() >= SECOND_SHARE:
            return (first,)
        return (first, self._decide(second, born))

    def _decide(self, kind: Kind, born: date) -> Allowance:
        oldest = _PENSION_BEGAN if kind.programme == "pension" else _OLDEST_DECISION
        earliest = max(oldest, born + timedelta(days=int(kind.from_age * _DAYS_A_YEAR) + 40))
        latest = self._today - timedelta(days=20)
        span = max(0, (latest - earliest).days)
        # Most decisions are old: the square draws them towards the beginning.
        return decision(
            self._rng, kind, earliest + timedelta(days=int(span * self._rng.random() ** 2))
        )

    def claim(self, place: Place, programme: str, bank_bin: str, decided: date) -> Person:
        """A person decided on `decided`, on the list for the first time."""
        drawn = draw_kind(self._rng, programme)
        person = self.make(place, programme, bank_bin, drawn)
        person.allowances = (decision(self._rng, drawn, decided),)
        person.event, person.event_date = "new", decided
        return person


def _citizen_id(serial: int, year: int, sex: str) -> str:
    million, number = divmod(serial, _SERIALS)
    prefix = SYNTHETIC_PREFIXES[million]
    return f"{prefix}{century_sex_digit(year, sex)}{year % 100:02}{number:06}"


def decision(rng: Random, kind: Kind, day: date) -> Allowance:
    """A decision signed on `day`; the allowance counts from that month (Decree 147/2025)."""
    office = "SNV" if kind.programme == MERIT else "UBND"
    return Allowance(
        programme=kind.programme,
        group=kind.group,
        table_key=kind.keys[int(rng.random() * len(kind.keys))],
        decision_number=f"{1 + int(rng.random() * 2999)}/QĐ-{office}",
        decision_date=day,
        start_period=f"{day.year:04}-{day.month:02}",
    )
