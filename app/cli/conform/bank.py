"""The nasty bank: it reads what arrives, executes it, keeps its own book, and answers as told.

It is no sandbox: it has no life of its own. A play says what it executes, what it says, when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

from app.cli.conform.setting import ACCOUNT
from app.clock import Clock, local_date
from bank_adapters.answering.facts import Answerer, Fact, Message, Word
from bank_adapters.contract import BankAdapter, FileHead, PaymentInstruction, ReportKind
from bank_adapters.transports.names import Folders

_FOLDERS = Folders()


@dataclass(frozen=True, slots=True)
class Taken:
    """One file of ours as the bank read it."""

    head: FileHead
    payments: tuple[PaymentInstruction, ...]


@dataclass
class Bank:
    """The institution behind the folders of `root`; `dedupe` is the scope it refuses repeats in.

    `book` is every movement on our account, oldest first; `executed` counts how often each
    reference was paid, `received` what its payee holds now. `calls` are (id, body) of what it
    called to say and nobody has written down yet; a bank of files calls nobody.
    """

    adapter: BankAdapter
    pen: Answerer
    root: Path
    clock: Clock
    dedupe: str = ""
    book: list[Fact] = field(default_factory=list)
    executed: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    taken: list[Taken] = field(default_factory=list)
    refused: int = 0
    calls: list[tuple[str, bytes]] = field(default_factory=list)
    _said: int = 0
    _stated: int = 0
    _statements: int = 0
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for name in (_FOLDERS.inbox, _FOLDERS.outbox):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def at_a_new_place(self, root: Path, clock: Clock, dedupe: str) -> Self:
        """The same bank before it has executed anything, with the book that it has."""
        fresh = type(self)(self.adapter, self.pen, root, clock, dedupe, list(self.book))
        fresh._said, fresh._stated, fresh._statements = self._said, self._stated, self._statements
        return fresh

    @property
    def lists(self) -> bool:
        """Whether it answers by paid and unpaid lists, not by statements."""
        return ReportKind.SETTLEMENT in self.pen.kinds

    @property
    def balance(self) -> int:
        """What stands on our account by the bank's own book."""
        return sum(signed(fact) for fact in self.book)

    # ------------------------------------------------------------------ what it does
    def take(self) -> list[Taken]:
        """Read every file that has arrived and take it away; a repetition is refused if it says so.

        The files it accepted this time.
        """
        fresh = []
        for one in self._arrived():
            if self._repeats(one):
                self.refused += 1
            else:
                fresh.append(one)
        self.taken += fresh
        return fresh

    def _arrived(self) -> Iterator[Taken]:
        for path in sorted((self.root / _FOLDERS.inbox).iterdir()):
            if path.name.startswith("."):
                continue
            with path.open("rb") as source:
                head, items = self.adapter.strict_reader().read(source)
                yield Taken(head, tuple(items))
            path.unlink()

    def _repeats(self, one: Taken) -> bool:
        """Only what the file itself carries tells a repetition; another scope tells nothing."""
        keys = {"MsgId": {one.head.message_id}, "EndToEndId": {i.reference for i in one.payments}}
        mine = keys.get(self.dedupe, set())
        known = bool(mine & self._known)
        self._known |= mine
        return known

    def execute(self, payments: Iterable[PaymentInstruction], less: int = 0) -> list[Fact]:
        """Pay, each with `less` than was ordered; what was booked."""
        booked = [self._book(Word.PAID, item, item.amount - less) for item in payments]
        for fact in booked:
            assert fact.payment is not None
            self.executed[fact.payment.reference] += 1
            self.received[fact.payment.reference] += fact.amount
        return booked

    def send_back(self, payments: Iterable[PaymentInstruction], reason: str) -> list[Fact]:
        """The money of these comes back to our account; what was booked."""
        booked = []
        for item in payments:
            self.received[item.reference] -= item.amount
            booked.append(self._book(Word.RETURNED, item, item.amount, reason))
        return booked

    def fund(self, amount: int, reference: str) -> list[Fact]:
        """The Treasury's money comes onto our account."""
        text = f"{reference} CAP KINH PHI"
        return [self._keep(Fact(Word.FUNDED, amount, self._today(), self._key(), text=text))]

    def _book(self, word: Word, item: PaymentInstruction, amount: int, reason: str = "") -> Fact:
        return self._keep(Fact(word, amount, self._today(), self._key(), item, reason))

    def _keep(self, fact: Fact) -> Fact:
        self.book.append(fact)
        return fact

    def _key(self) -> str:
        return f"NASTY{len(self.book):011d}"

    def _today(self) -> date:
        return local_date(self.clock.now())

    # ------------------------------------------------------------------ what it says
    def status(self, facts: Iterable[Fact], group: tuple[str, str] = ("", "")) -> Message:
        """A status of the last file that was taken."""
        return self._message(ReportKind.STATUS, tuple(facts), group=group)

    def advice(self, facts: Iterable[Fact]) -> Message:
        """Movements, one by one."""
        return self._message(ReportKind.ADVICE, tuple(facts))

    def statement(self) -> Message:
        """Everything booked since the last statement, with the balances around it."""
        first, self._stated = self._stated, len(self.book)
        self._statements += 1
        told = self._message(ReportKind.STATEMENT, tuple(self.book[first:]))
        opening = sum(signed(fact) for fact in self.book[:first])
        return replace(told, sequence=self._statements, opening=opening, closing=self.balance)

    def anew(self, message: Message) -> Message:
        """The same said once more under another number."""
        return replace(self._message(message.kind, message.facts), **{
            name: getattr(message, name)
            for name in ("sequence", "opening", "closing", "group", "head")
        })  # fmt: skip

    def excerpt(self, message: Message, first: int, end: int) -> Message:
        """A part of a statement's entries as a statement that adds up by itself."""
        before = sum(signed(fact) for fact in message.facts[:first])
        inside = sum(signed(fact) for fact in message.facts[first:end])
        told = replace(self.anew(message), facts=message.facts[first:end])
        opening = message.opening + before
        return replace(told, opening=opening, closing=opening + inside)

    def settlement(self, facts: Iterable[Fact]) -> Message:
        """Paid and unpaid lines, with their sums."""
        told = self._message(ReportKind.SETTLEMENT, tuple(facts))
        unpaid = sum(fact.amount for fact in told.facts if fact.word is Word.REJECTED)
        return replace(told, opening=sum(fact.amount for fact in told.facts), closing=unpaid)

    def word(self, word: Word, item: PaymentInstruction, reason: str = "") -> Fact:
        """A word on one payment that is no movement."""
        return Fact(word, item.amount, self._today(), "", item, reason)

    def _message(
        self, kind: ReportKind, facts: tuple[Fact, ...], group: tuple[str, str] = ("", "")
    ) -> Message:
        self._said += 1
        head = self.taken[-1].head if self.taken else None
        return Message(kind, self._said, self.clock.now(), ACCOUNT, head, facts, group=group)

    def hand_out(self, message: Message, *, cut: bool = False, name: str = "") -> bytes:
        """Lay a message out for the house, half of it when `cut`; gives its bytes."""
        own, data = self.pen.write(message)
        data = data[: len(data) // 2] if cut else data
        self.lay_out(name or own, data)
        return data

    def lay_out(self, name: str, data: bytes) -> None:
        """Any bytes under a name."""
        (self.root / _FOLDERS.outbox / name).write_bytes(data)


def signed(fact: Fact) -> int:
    """What a movement adds to our account."""
    return -fact.amount if fact.word is Word.PAID else fact.amount
