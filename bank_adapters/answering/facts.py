"""What a bank knows and says, before it is in any format.

The kit's nasty bank speaks in these; an adapter that shall be tried brings an `Answerer`, which
turns a `Message` into a file as its bank would send it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from bank_adapters.contract import FileHead, PaymentInstruction, ReportKind


class Word(Enum):
    """What the bank says of one payment, or of money that came."""

    ACCEPTED = "accepted"  # a status: it will be executed
    EXECUTED = "executed"  # a status: it was executed, says the bank
    REJECTED = "rejected"  # a status, or a line of an unpaid list
    PAID = "paid"  # a booked debit, or a line of a paid list
    RETURNED = "returned"  # a booked credit: the money came back
    FUNDED = "funded"  # a booked credit: the Treasury's money came


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the bank says: `amount` is unsigned minor units, `key` the bank's own name of it.

    `payment` is as the bank read it in our file, None for money that came from elsewhere, which
    then has its text in `text`.
    """

    word: Word
    amount: int
    day: date
    key: str
    payment: PaymentInstruction | None = None
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One file of the bank: `kind` of report, its running `number`, when, about which account.

    `head` is that of our file it answers. A statement has its balances in signed minor units, and
    its `sequence` counts statements alone. A settlement has in `opening` the sum of its lines and
    in `closing` what was not paid out; the bank may state them wrong. `group` is (status, reason)
    of our file as a whole.
    """

    kind: ReportKind
    number: int
    at: datetime
    account: str
    head: FileHead | None = None
    facts: tuple[Fact, ...] = field(default=())
    opening: int = 0
    closing: int = 0
    group: tuple[str, str] = ("", "")
    sequence: int = 0


@runtime_checkable
class Answerer(Protocol):
    """One bank's pen: which kinds of report it sends, and each as a file."""

    kinds: frozenset[ReportKind]

    def write(self, message: Message) -> tuple[str, bytes]:
        """The file's name, unique to the message's number, and its bytes."""
