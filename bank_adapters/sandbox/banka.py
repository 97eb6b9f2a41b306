"""The host-to-host bank: takes payment files and answers them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from . import agenda, behaviours, faults, pain
from .bankdays import Calendar
from .book import Book
from .outbox import announce
from .payout.plan import FaultPlan

PROVIDER = "banka"
DEDUPLICATION = timedelta(days=7)
CHUNK = 2000
SEEDED_REJECT = "AC04"

INSERT_PAYMENT = (
    "INSERT INTO payment(inbound_id, account_id, reference, instruction_id,"
    " payment_information_id, amount, payee_name, payee_account, payee_bank, remittance,"
    " cash, status, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)"
)


def take(
    book: Book, calendar: Calendar, plan: FaultPlan, path: Path, name: str, now: datetime
) -> None:
    """Process one arrived file in one transaction; call inside `book.transaction()`."""
    header = pain.Header()
    inbound_id = _open_inbound(book, path.name, name, now)
    book.sql.execute("SAVEPOINT content")
    status, reason = "", ""
    try:
        reserved = _record(book, plan, path, header, inbound_id, now)
    except pain.Unacceptable as error:
        book.sql.execute("ROLLBACK TO content")
        status, reason = "RJCT", error.code
    else:
        status = _accept(book, calendar, inbound_id, header, reserved, now)
    book.sql.execute("RELEASE content")
    _close_inbound(book, inbound_id, header, status, reason)
    _answer(book, plan, inbound_id, header, name, now)


def _open_inbound(book: Book, taken: str, name: str, now: datetime) -> int:
    written = book.sql.execute(
        "INSERT INTO inbound(provider, name, taken, received_at, message_id, debtor, unit,"
        " pay_date, stated_count, stated_total, group_status, group_reason)"
        " VALUES (?, ?, ?, ?, '', '', '', '', 0, 0, '', '')",
        (PROVIDER, name, taken, now.isoformat()),
    )
    return int(written.lastrowid or 0)


def _close_inbound(
    book: Book, inbound_id: int, header: pain.Header, status: str, reason: str
) -> None:
    book.sql.execute(
        "UPDATE inbound SET message_id = ?, debtor = ?, unit = ?, stated_count = ?,"
        " stated_total = ?, group_status = ?, group_reason = ? WHERE id = ?",
        (
            header.message_id,
            header.debtor,
            header.unit,
            header.stated_count,
            header.stated_total,
            status,
            reason,
            inbound_id,
        ),
    )


def _record(
    book: Book,
    plan: FaultPlan,
    path: Path,
    header: pain.Header,
    inbound_id: int,
    now: datetime,
) -> dict[int, int]:
    """Write the file's payments; returns what is to be reserved, by account id."""
    tellers = _Tellers(book, plan)
    count = total = 0
    with path.open("rb") as source:
        payments = pain.read(source, header)
        while chunk := list(islice(payments, CHUNK)):
            if count == 0:
                _refuse_repetition(book, header, now)
            count += len(chunk)
            total += sum(payment.amount for payment in chunk)
            book.sql.executemany(INSERT_PAYMENT, tellers.decide(inbound_id, chunk, header))
    if count == 0 or count != header.stated_count:
        raise pain.Unacceptable("AM18", header.message_id)
    if total != header.stated_total:
        raise pain.Unacceptable("AM10", header.message_id)
    return tellers.reserved


def _refuse_repetition(book: Book, header: pain.Header, now: datetime) -> None:
    """The same MsgId within seven days of this clock is refused whole.

    A file that was unreadable or miscounted did not use up its MsgId.
    """
    earlier = book.row(
        "SELECT 1 FROM inbound WHERE provider = ? AND message_id = ? AND received_at > ?"
        " AND group_reason = ''",
        PROVIDER,
        header.message_id,
        (now - DEDUPLICATION).isoformat(),
    )
    if earlier:
        raise pain.Unacceptable("DUPL", header.message_id)


class _Tellers:
    """Decides payment by payment, in the file's order, against the money on the account."""

    def __init__(self, book: Book, plan: FaultPlan) -> None:
        self._book, self._plan = book, plan
        self._accounts: dict[str, sqlite3.Row] = {}
        self._available: dict[int, int] = {}
        self.reserved: dict[int, int] = {}

    def decide(
        self, inbound_id: int, chunk: list[pain.Payment], header: pain.Header
    ) -> Iterator[tuple[object, ...]]:
        """The rows to insert for one chunk."""
        for payment in chunk:
            account_id = self._account(payment.debtor, header)
            reason = self._reason(account_id, payment)
            yield (
                inbound_id,
                account_id,
                payment.reference,
                payment.instruction_id,
                payment.payment_information_id,
                payment.amount,
                payment.payee_name,
                payment.payee_account,
                payment.bank,
                payment.remittance,
                "rejected" if reason else "accepted",
                reason,
            )

    def _account(self, number: str, header: pain.Header) -> int:
        account = self._accounts.get(number) or self._book.account(PROVIDER, number)
        if account is None:
            raise pain.Unacceptable("AC02", header.message_id)
        if number not in self._accounts:
            self._accounts[number] = account
            self._available[account["id"]] = account["balance"] - account["reserved"]
        return int(account["id"])

    def _reason(self, account_id: int, payment: pain.Payment) -> str:
        if payment.amount == 0:
            return "AM12"
        reason = behaviours.reject_reason(payment.payee_account)
        if not reason and self._plan.fate(payment.reference, 1) == "reject":
            reason = SEEDED_REJECT
        if reason:
            return reason
        if payment.amount > self._available[account_id]:
            return behaviours.NO_MONEY
        self._available[account_id] -= payment.amount
        self.reserved[account_id] = self.reserved.get(account_id, 0) + payment.amount
        return ""


def _accept(
    book: Book,
    calendar: Calendar,
    inbound_id: int,
    header: pain.Header,
    reserved: dict[int, int],
    now: datetime,
) -> str:
    """Reserve the money, put the execution on the agenda, return the group status."""
    for account_id, amount in reserved.items():
        book.sql.execute(
            "UPDATE account SET reserved = reserved + ? WHERE id = ?", (amount, account_id)
        )
    if not reserved:
        return "RJCT"
    due = calendar.execution(now, header.requested)
    agenda.plan(book, "execute", due, str(inbound_id), inbound_id)
    rejected = book.row(
        "SELECT 1 FROM payment WHERE inbound_id = ? AND status = 'rejected' LIMIT 1", inbound_id
    )
    return "PART" if rejected else "ACTC"


def _answer(
    book: Book,
    plan: FaultPlan,
    inbound_id: int,
    header: pain.Header,
    name: str,
    now: datetime,
) -> None:
    """Announce the pain.002, unless a fault swallows or repeats it."""
    lost = faults.seeded(book, plan, "answer_lost", header.message_id, name)
    if faults.use_cut(book, name) or lost:
        book.sql.execute("UPDATE inbound SET muted = 1 WHERE id = ?", (inbound_id,))
        return
    announce(book, PROVIDER, "status", inbound_id, now.isoformat())
    accepted = book.row(
        "SELECT 1 FROM inbound WHERE id = ? AND group_status IN ('ACTC', 'PART')", inbound_id
    )
    twice = faults.use(book, "answer_twice", header.debtor) or faults.seeded(
        book, plan, "answer_twice", header.message_id, name
    )
    if accepted and twice:
        book.sql.execute("UPDATE inbound SET twice = 1 WHERE id = ?", (inbound_id,))
        announce(book, PROVIDER, "status", inbound_id, now.isoformat())
