"""What the house and a provider say to each other: values only, no I/O, no database.

An adapter turns an `OutboundBatch` into the bytes of one file and the bytes of a
provider's answer into `BankReport`s. A courier carries whole files. Amounts are
integers in minor units (VND has none, so one unit is one đồng); moments carry a time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable


class Method(StrEnum):
    """How the payee receives the money."""

    ACCOUNT = "account"
    CASH = "cash"


class LineKind(StrEnum):
    """What one line of a provider's report tells us."""

    BOOKED = "booked"  # a movement on our account, booked by the bank (sign in the amount)
    STATUS = "status"  # a status of one instruction: no money has moved by this line
    PAID = "paid"  # a provider's paid list: credited to the payee's account
    PAID_CASH = "paid_cash"  # a provider's paid list: handed over and signed for
    UNPAID = "unpaid"  # a provider's unpaid list: to be carried over


class ReportKind(StrEnum):
    """Which kind of report a line came in."""

    STATUS = "status"  # pain.002
    ADVICE = "advice"  # camt.052, camt.054: single movements
    STATEMENT = "statement"  # camt.053, MT940: with opening and closing balance
    SETTLEMENT = "settlement"  # a list provider's paid and unpaid lists with the unspent money


@dataclass(frozen=True, slots=True)
class Debtor:
    """The paying unit's side of a batch: its name and its account at the provider."""

    name: str
    account: str
    customer_number: str = ""
    bic: str = ""


@dataclass(frozen=True, slots=True)
class PaymentInstruction:
    """One attempt to pay one obligation.

    `reference` is the end-to-end id: 16 characters A-Z and 0-9, the last one a check character.
    `amount` is in minor units, above 0. `place` says where cash is paid out (commune, hamlet).
    """

    reference: str
    amount: int
    payee_name: str
    method: Method
    account: str = ""
    bank_bin: str = ""
    bank_bic: str = ""
    place: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class OutboundBatch:
    """Instructions for one provider, one paying unit and one programme, in one file.

    `instructions` may be a stream: it is walked once by `write`. `count` and `total`
    are stated beforehand, and an adapter refuses a stream that disagrees with them.
    """

    message_id: str
    created_at: datetime
    requested_on: date
    debtor: Debtor
    purpose: str
    count: int
    total: int
    instructions: Iterable[PaymentInstruction]
    currency: str = "VND"


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a payment file of ours says above its lines: whose money goes, when, how much."""

    message_id: str
    debtor_account: str
    requested_on: date
    currency: str
    count: int
    total: int


class Level(StrEnum):
    """What a status speaks of: one payment, a block of a file (PmtInf), or the whole file."""

    PAYMENT = "payment"
    BLOCK = "block"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of a provider's report, flattened for the matcher.

    `amount` is signed minor units: above 0 when money came to our account, below 0 when it
    left, and unsigned (the instruction's amount) on status and list lines, 0 when not stated.
    `reference` is our end-to-end id after trim and upper case, "" when the line has none.
    `charge` is what the bank kept of a return, in minor units, 0 or above. `batch_count` is
    how many payments one movement holds, None where it does not say.
    """

    kind: LineKind
    amount: int
    reference: str = ""
    booking_date: date | None = None
    value_date: date | None = None
    bank_reference: str = ""
    message_id: str = ""
    status: str = ""
    reason: str = ""
    is_return: bool = False
    voucher: str = ""
    counterparty: str = ""
    remittance: str = ""
    level: Level = Level.PAYMENT
    instruction_id: str = ""
    payment_information_id: str = ""
    uetr: str = ""
    charge: int = 0
    batch_count: int | None = None


@dataclass(frozen=True, slots=True)
class BankReport:
    """One report about one account: header first, then its lines as a stream (walk it once).

    Balances are signed minor units, None where the report states none. For a settlement,
    `opening` is the money handed over and `closing` the unspent money by the provider's count.
    `from_day` to `to_day` is the time the report covers, `page` its page number (0: not paged).
    `notes` is what a person should know; each of `faults` is a reason to keep the file apart.
    Both are complete when the lines have been walked.
    """

    kind: ReportKind
    report_id: str
    account: str
    currency: str
    lines: Iterator[BankLine]
    created_at: datetime | None = None
    sequence: str = ""
    opening: int | None = None
    closing: int | None = None
    message_id: str = ""
    group_status: str = ""
    group_reason: str = ""
    from_day: date | None = None
    to_day: date | None = None
    page: int = 0
    is_last_page: bool = True
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an adapter declares; nothing is assumed that is not declared.

    `settles` names what proves a payment: "booked" (a booked line) or "list" (a paid list).
    `dedupe` is the scope in which the provider refuses a repetition ("" = it does not),
    `dedupe_days` how long. `holds_advance` is true when money is handed to the provider
    beforehand (the statutory normal case), false when it debits the paying unit's own account.
    `by` is how payments travel: "file", "bulk" (the file as one request) or "single" (a request
    each, so that each has a fate of its own). `max_lines` is what one file may hold, 0: no limit.
    """

    methods: frozenset[Method]
    settles: str
    holds_advance: bool
    dedupe: str = ""
    dedupe_days: int = 0
    enquiry: bool = False
    by: str = "file"
    max_lines: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's side has the whole file (not: the money has moved)."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file waiting for us at the provider."""

    name: str
    size_bytes: int


class BankAdapter(Protocol):
    """Pure: instructions to bytes and bytes to reports."""

    name: str
    capabilities: Capabilities

    def file_name(self, batch: OutboundBatch) -> str:
        """The name under which the batch's file is delivered; unique per message id."""

    def write(self, batch: OutboundBatch, out: BinaryIO) -> None:
        """Write the batch's file; raises Refused when count or total disagree."""

    def read_back(self, source: BinaryIO) -> Iterator[PaymentInstruction]:
        """Read our own outbound file again, by other code than `write`."""

    def strict_reader(self) -> StrictReader:
        """The reader that every file of ours must pass before it is sealed; it shares no code
        with `write`."""

    def read(self, name: str, source: BinaryIO) -> Iterator[BankReport]:
        """Read a provider's answer; raises Unreadable with the reason."""


class StrictReader(Protocol):
    """Reads a payment file of ours by the letter, by code and constants of its own.

    What it does not know to the last byte it refuses: nothing leaves that it did not read.
    """

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head and the payments in file order; raises Unreadable at the first odd byte."""


class Courier(Protocol):
    """Carries whole files to and from one provider."""

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver once under a name that must not exist yet.

        The clock is asked right before the act that delivers: past `not_after` it is not done.
        Raises Unavailable when nothing was handed over, Refused when the name is taken by
        other bytes, InDoubt when it cannot be known.
        """

    def waiting(self) -> list[RemoteFile]:
        """Files the provider has ready for us, oldest name first; never one still growing.

        One whose name nobody takes is among them, so that it is not passed over silently: `fetch`
        refuses it.
        """

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy one waiting file here; it stays there until `done`. Raises Refused for its name."""

    def done(self, name: str) -> None:
        """Tell the provider's side that the file is safely stored here (archive it there)."""

    def close(self) -> None:
        """Let go of the connection."""


@runtime_checkable
class Enquirer(Protocol):
    """A courier that can ask a provider what became of a message."""

    def ask(self, message_id: str, references: Sequence[str] = ()) -> tuple[str, bytes]:
        """The answer as a file's name and bytes, for the adapter to read like any other.

        `references` are the payments still open, for a provider who is asked about each alone.
        Raises Unavailable when the provider does not answer; asking again is always safe.
        """


OpenCourier = Callable[[], Courier]
