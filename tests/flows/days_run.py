"""A hundred banking days between a house and one bank, checked to the đồng every evening.

The house does what it does every day by its own jobs: lists, sends, collects, reads, applies,
closes its months. The bank writes real files. In the evening the books must hold what the bank
holds, but for what it has not told; and what was found that day must be what was planted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from random import Random

from app.clock import TIME_ZONE
from app.jobs.collecting import collect_and_apply
from app.jobs.runtime import Runtime
from app.reference.calendar import next_banking_day
from tests.factories import PENSION, House
from tests.flows import days_faults as faults
from tests.flows.days_bank import DayBank, Movement
from tests.flows.days_check import DayCheck
from tests.flows.days_office import UNITS, Office
from tests.flows.days_pen import CAMT, MT940, Sheet, advice, status
from tests.support.providers import Providers
from tests.support.province import BANK, account_of

FIRST_DAY, DAYS = date(2026, 8, 20), 100
FORMS = (CAMT, MT940)
FAULTY = 0.75
"""The share of days on which something goes wrong."""


def banking_days(count: int) -> list[date]:
    """So many banking days from the first one on."""
    found = [FIRST_DAY]
    while len(found) < count:
        found.append(next_banking_day(found[-1]))
    return found


@dataclass
class DayRun:
    """One seed: the house, its bank, and what was planted and found."""

    house: House
    seed: int
    people: int
    count: int = DAYS
    expected: Counter[str] = field(default_factory=Counter)
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[str, str, int]] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    forged: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.bank = DayBank(banking_days(self.count), Random(self.seed + 1_000_003))
        self.root = self.house.home / "providers"
        providers = Providers(self.root)
        runtime = providers.connected(self.house.runtime)
        self.runtime: Runtime = replace(runtime, couriers={BANK: runtime.couriers[BANK]})
        self.accounts = {account_of(unit, PENSION, BANK): unit for unit in UNITS}
        self.forms = dict(zip(self.accounts, FORMS, strict=True))
        self._finds: dict[int, tuple[str, ...]] = {}
        self._numbers: Counter[tuple[str, int]] = Counter()
        self._come: dict[tuple[str, int], set[int]] = {}
        self._waiting: list[tuple[date, Sheet]] = []
        self._files = 0
        self.since: datetime = self.house.clock.now()
        self.office = Office(self.house, self.runtime, self.bank, self.people)
        self._queue: list[str] = []

    # ------------------------------------------------------------------ all days
    def run(self) -> None:
        """Every day, and on the last one a statement that is wrong and adds up."""
        self.office.begin()
        for account in self.accounts:
            self.bank.plan(self.bank.days[-1], partial(self._advised, account))
        for day in self.bank.days:
            self.day(day)

    def told(self) -> dict[str, int]:
        """How much the bank had to do with."""
        every = [one for of in self.bank.movements.values() for one in of]
        return {
            "movements": len(every),
            "paid": sum(1 for one in every if one.kind == "payment"),
            "returned": sum(1 for one in every if one.kind == "return"),
            "late": len(self.bank.late),
            "refused": len(self.refused),
            "files": self._files,
            "closes refused": self.office.refusals,
        }

    def _advised(self, account: str, day: date) -> None:
        self.strange(account, day, 900_000, "credit", faults.CREDIT, text="CHUYEN NHAM",
                     is_advised=True)  # fmt: skip

    def day(self, day: date) -> None:
        """Morning, noon, evening, and the check."""
        self._at(day, "08:00")
        self.since = self.house.clock.now()
        self.expected, kind = Counter(), self._kind_of(day)
        refusals = self.office.refusals
        self.office.morning(day)
        # Only a month of which a statement is missing may be refused its close.
        assert self.office.refusals == refusals or self._waiting
        self._at(day, "10:00")
        self._noon(day, kind)
        self._at(day, "18:00")
        self._evening(day, kind)
        self._at(day, "19:00")
        DayCheck(self).check(day)

    def _at(self, day: date, at: str) -> None:
        moment = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=TIME_ZONE)
        self.house.clock.move_to(max(moment, self.house.clock.now()))

    def _kind_of(self, day: date) -> str:
        """The fault that is next in line today, "" for none."""
        if day == self.bank.days[-1] or self.dice.random() > FAULTY:
            return ""
        if not self._queue:
            self._queue = list(faults.KINDS)
            self.dice.shuffle(self._queue)
        return self._queue.pop(0)

    def _not_today(self, kind: str) -> None:
        """There was nothing to plant it on: it is the next one's turn, then this one's."""
        self._queue.insert(min(2, len(self._queue)), kind)

    # ------------------------------------------------------------------ the bank
    def strange(
        self, account: str, day: date, amount: int, kind: str, *finds: str, **more: object
    ) -> Movement:
        """A movement that the house must find strange, by these names, when it is told."""
        made = self.bank.book(account, day, amount, kind, **more)
        self._finds[made.number] = finds
        if made.reference:
            self.spoilt.add(made.reference)
        return made

    def _noon(self, day: date, kind: str) -> None:
        self.bank.begin(day)
        for due, sheet in [one for one in self._waiting if one[0] <= day]:
            self._waiting.remove((due, sheet))
            self.sends(sheet)
        for order in self.bank.take(self.root / BANK / "in", day):
            self.send(status(self._files, order, day))
            account = order.head.debtor_account
            self.refused += [(account, one.reference, one.amount) for one in order.payments
                             if one.reference in order.refused]  # fmt: skip
        for account in self.accounts:
            advised = [one for one in self.bank.of(account, day) if one.is_advised]
            if advised:
                self.send(advice(self._files, account, day, advised))
                self.tell(advised)
        if kind in faults.OF_MONEY:
            self._plant(kind, [faults.OF_MONEY[kind](self, self._any(), day)])
        self.collect()

    def _any(self) -> str:
        return self.dice.choice(list(self.accounts))

    def _plant(self, kind: str, done: list[bool]) -> None:
        if any(done):
            self.planted[kind] += 1
        else:
            self._not_today(kind)

    def _evening(self, day: date, kind: str) -> None:
        chosen, done = self._any(), []
        for account in self.accounts:
            sheet = self._sheet(account, day)
            act = faults.OF_STATEMENTS.get(kind) if account == chosen else None
            if day == self.bank.days[-1] and account == chosen:
                act = faults.doctored
            if act is not None and act(self, sheet):
                done.append(True)
                self.planted["doctored"] += act is faults.doctored
            else:
                self.sends(sheet)
        if kind in faults.OF_STATEMENTS:
            self._plant(kind, done)
        self.collect()

    def _sheet(self, account: str, day: date) -> Sheet:
        self._numbers[account, day.year] += 1
        number, movements = self._numbers[account, day.year], tuple(self.bank.of(account, day))
        closing = self.bank.balance(account, day)
        opening = closing - sum(one.amount for one in movements)
        return Sheet(account, number, day, day, opening, movements, self.forms[account], closing)

    def sends(self, sheet: Sheet) -> None:
        """A good statement is delivered; what it makes known must be found."""
        come = self._come.setdefault((sheet.account, sheet.year), set())
        lower = [number for number in come if number < sheet.number]
        if lower and max(lower) < sheet.number - 1:
            self.expected[faults.GAP] += 1
        come.add(sheet.number)
        self.tell(sheet.movements)
        self.send(sheet.render())

    def send(self, content: bytes) -> None:
        """One file into the folder from which the house collects."""
        self._files += 1
        (self.root / BANK / "out" / f"{self._files:06}.txt").write_bytes(content)

    def collect(self) -> None:
        """The house collects, reads and applies."""
        self.house.later()
        collect_and_apply(self.runtime)

    def withhold(self, sheet: Sheet, days: int) -> None:
        """It comes so many banking days later, at noon."""
        due = self.bank.after(sheet.to_day, days)
        self._waiting.append((due, sheet))

    def is_waiting(self, account: str) -> bool:
        """Whether a statement of the account has not come."""
        return any(sheet.account == account for _, sheet in self._waiting)

    def not_come(self) -> list[Sheet]:
        """Statements that are still to come."""
        return [sheet for _, sheet in self._waiting]

    def has_come(self, account: str, year: int, number: int) -> bool:
        """Whether the house has the account's statement of this number."""
        return number in self._come.get((account, year), set())

    def tell(self, movements: Iterable[Movement]) -> None:
        """A file with these is on its way; what they make known must be found."""
        for one in movements:
            if one.number in self.bank.told:
                continue
            self.bank.tell([one])
            self.expected.update(self._finds.get(one.number, self._too_early(one)))

    def _too_early(self, one: Movement) -> tuple[str, ...]:
        """A return whose payment no file has told yet waits in suspense."""
        if one.kind != "return":
            return ()
        paid = (of.number in self.bank.told for of in self.bank.movements[one.account]
                if (of.kind, of.reference) == ("payment", one.reference))  # fmt: skip
        return () if any(paid) else (faults.CREDIT,)
