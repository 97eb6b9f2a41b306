"""The bank of the scripted days: its own book, which shares nothing with the house.

It reads our payment orders, books every movement with a number of its own, and knows which of
them it has told in a file that reached us. What it tells, and how, is in `days_pen.py`; what goes
wrong, in `days_faults.py`. Amounts are đồng, below 0 when money leaves the account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from bank_adapters.contract import FileHead, PaymentInstruction
from bank_adapters.iso20022.adapter import ADAPTER

RETURNED_PER_CENT = 2
REJECTED_PER_MILLE = 5
LATE = 19
"""Banking days after which a late return comes: its month is closed by then."""
SELDOM = 0.1
"""The share of payments that the bank does not advise: they first show in the statement."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One booked movement; `kind` is payment, return, credit, fee or refund."""

    number: int
    account: str
    day: date
    amount: int
    kind: str
    reference: str = ""
    reason: str = ""
    text: str = ""
    is_advised: bool = False

    @property
    def key(self) -> str:
        """The bank's own name of it, the same in every file."""
        return f"FT{self.number:08}"


@dataclass(frozen=True, slots=True)
class Order:
    """A payment file of ours as the bank read it, and which of its payments it refuses."""

    head: FileHead
    payments: tuple[PaymentInstruction, ...]
    refused: frozenset[str]


@dataclass
class DayBank:
    """Accounts, movements, and what is still to come; every choice is the seed's."""

    days: Sequence[date]
    rng: Random
    movements: dict[str, list[Movement]] = field(default_factory=lambda: defaultdict(list))
    told: set[int] = field(default_factory=set)
    returned: list[Movement] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    _to_come: dict[date, list[Callable[[date], object]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _taken: set[str] = field(default_factory=set)
    _booked: int = 0

    # ------------------------------------------------------------------ the book
    def book(self, account: str, day: date, amount: int, kind: str, **more: object) -> Movement:
        """Book one movement."""
        self._booked += 1
        made = Movement(self._booked, account, day, amount, kind, **more)  # type: ignore[arg-type]
        self.movements[account].append(made)
        if kind == "return":
            self.returned.append(made)
        return made

    def balance(self, account: str, until: date = date.max) -> int:
        """The balance at the end of a day."""
        return sum(one.amount for one in self.movements[account] if one.day <= until)

    def of(self, account: str, day: date) -> list[Movement]:
        """The movements of a day."""
        return [one for one in self.movements[account] if one.day == day]

    def untold(self, account: str) -> int:
        """What no file that reached the house has told yet."""
        return sum(one.amount for one in self.movements[account] if one.number not in self.told)

    def tell(self, movements: Iterable[Movement]) -> None:
        """A good file with these movements is on its way."""
        self.told |= {one.number for one in movements}

    # ------------------------------------------------------------------ what is to come
    def after(self, day: date, days: int) -> date:
        """The banking day so many days later; the last one where the days end before."""
        return self.days[min(self.days.index(day) + days, len(self.days) - 1)]

    def plan(self, day: date, act: Callable[[date], object]) -> None:
        """Do it when that day comes."""
        self._to_come[day].append(act)

    def begin(self, day: date) -> None:
        """What was planned for the day happens."""
        for act in self._to_come.pop(day, []):
            act(day)

    # ------------------------------------------------------------------ our orders
    def take(self, folder: Path, day: date) -> list[Order]:
        """Read what is new in the folder, carry it out, and plan what will come back."""
        orders = [self._read(path) for path in self._new(folder)]
        for order in orders:
            self._execute(order, day)
        return orders

    def _new(self, folder: Path) -> list[Path]:
        found = sorted(path for path in folder.glob("*.xml") if path.name not in self._taken)
        self._taken |= {path.name for path in found}
        return found

    def _read(self, path: Path) -> Order:
        with path.open("rb") as source:
            head, lines = ADAPTER.strict_reader().read(source)
            payments = tuple(lines)
        refused = [one for one in payments if self.rng.random() * 1000 < REJECTED_PER_MILLE]
        return Order(head, payments, frozenset(one.reference for one in refused))

    def _execute(self, order: Order, day: date) -> None:
        account = order.head.debtor_account
        paid = [one for one in order.payments if one.reference not in order.refused]
        for one in paid:
            advised = self.rng.random() >= SELDOM
            self.book(account, day, -one.amount, "payment", reference=one.reference,
                      is_advised=advised)  # fmt: skip
        wanted = max(1, round(len(paid) * RETURNED_PER_CENT / 100))
        back = self.rng.sample(paid, min(len(paid), wanted))
        for place, one in enumerate(back):
            is_late = place == 0 and len(paid) > wanted
            self._comes_back(account, one, self.after(day, LATE if is_late else self._soon()))
            self.late += [one.reference] * is_late

    def _soon(self) -> int:
        return self.rng.randint(1, 4)

    def _comes_back(self, account: str, one: PaymentInstruction, day: date) -> None:
        advised = self.rng.random() < 0.5
        self.plan(
            day,
            lambda on: self.book(account, on, one.amount, "return", reference=one.reference,
                                 reason="AC04", is_advised=advised),
        )  # fmt: skip
