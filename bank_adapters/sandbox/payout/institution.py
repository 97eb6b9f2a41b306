"""The payout bank without sockets: what it takes, does, says, and owes.

Every public call is one act: under the book's lock, in one transaction, committed before
it returns or raises. Faults are drawn from the plan and noted in the book.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ..bankdays import VIETNAM
from . import callbacks, inquiry, moving, orders
from .answers import Answer, Timeout, say
from .book import ADVANCE, OURS, Book
from .bulk import BulkDesk
from .hours import Clock, Hours, own_clock
from .mishaps import Mishaps
from .moving import Money, When
from .plan import ENQUIRY
from .reports import Reports
from .settings import Settings
from .switches import Switches
from .taking import Teller, taken_of

TRIED = (
    "INSERT INTO seen(reference, tries) VALUES (?, 1) ON CONFLICT(reference)"
    " DO UPDATE SET tries = tries + 1 RETURNING tries"
)
ASKED = (
    "INSERT INTO seen(reference, enquiries) VALUES (?, 1) ON CONFLICT(reference)"
    " DO UPDATE SET enquiries = enquiries + 1 RETURNING enquiries"
)
NEWEST = "SELECT * FROM payment WHERE reference = ? ORDER BY id DESC LIMIT 1"
DUE = "SELECT * FROM agenda WHERE done = 0 AND due <= ? ORDER BY due, id LIMIT 1"


class Institution:
    """A bank that pays by API. `path` is its book; `clock` its time, with a time zone."""

    def __init__(
        self, path: Path | str, settings: Settings | None = None, clock: Clock = own_clock
    ) -> None:
        self.settings = settings or Settings()
        self.clock = clock
        self.book = Book(path)
        self.switches = Switches(self.book, self.settings)
        self._plan = self.settings.faults
        self._hours = Hours(self.settings, clock)
        self._mishaps = Mishaps(self.settings, self.switches)
        self._teller = Teller(self.book, self.settings, self.switches)
        self._reports = Reports(self.book, self.settings, self.switches)
        self._bulk = BulkDesk(self.book, self._teller, self._reports, self.switches, self._tried)

    # ------------------------------------------------------------------ payments
    def submit(self, key: str, payment: Mapping[str, Any]) -> Answer:
        """Ask for one payment; `key` is its reference.

        Answers as the wire says. Raises Timeout, Reset or ServerError, each of which may
        come after the payment was executed; the caller cannot know.
        """
        try:
            order = orders.order(payment)
        except orders.Malformed as error:
            return say(400, {"error": str(error)})
        if key != order.reference:
            return say(400, {"error": "Idempotency-Key is not the reference"})
        return self._meet(key, key, lambda attempt, when: self._single(order, attempt, when))

    def _single(self, order: orders.Order, attempt: int, when: When) -> Answer:
        at = self._hours.execution(when)
        taken = self._teller.take(order, attempt, when, execute_at=at)
        return inquiry.answer(taken, when.at)

    def submit_batch(self, key: str, raw: bytes) -> Answer:
        """Hand over a bulk file of JSON lines; `key` is its message id. Raises as `submit`."""
        try:
            bulk = orders.bulk(raw)
        except orders.Malformed as error:
            return say(400, {"error": str(error)})
        except orders.Refused as error:
            return say(422, {"message_id": key, "status": "RJCT", "reason": error.code})
        if key != bulk.message_id:
            return say(400, {"error": "Idempotency-Key is not the message id"})
        take = self._bulk.take
        return self._meet(
            key,
            f"batch {key}",
            lambda _, when: take(bulk, raw, when, self._hours.execution(when), self.settings),
        )

    def _meet(self, name: str, counted: str, act: Callable[[int, When], Answer]) -> Answer:
        """Do what a request asks for, with the fault that meets it."""
        with self.book.transaction():
            when = self.now()
            self._live(when.at)
            attempt = self._tried(counted)
            fault = self._plan.answer(name, attempt)
            if fault:
                self.book.note(fault, name, attempt)
            arrives = self._mishaps.arrives(fault, name, attempt) and not self._closed(when)
            answer = act(attempt, when) if arrives else self._mishaps.busy(name, attempt)
        return self._mishaps.happen(answer, fault, name, attempt)

    def _tried(self, reference: str) -> int:
        return int(self.book.sql.execute(TRIED, (reference,)).fetchone()[0])

    # ------------------------------------------------------------------ time
    def now(self) -> When:
        """The bank's moment, and the day under which it books."""
        return self._hours.now()

    def _closed(self, when: When) -> bool:
        """Whether the bank takes nothing any more today."""
        return self._hours.is_late(when) and self.switches.on("closes_at_cut_off")

    def live(self) -> None:
        """Do everything that has become due: queued payments, returns."""
        with self.book.transaction():
            self._live(self.now().at)

    def _live(self, at: int) -> None:
        while event := self.book.sql.execute(DUE, (at,)).fetchone():
            when = self._hours.when(event["due"])
            self._happen(event, when)
            self.book.sql.execute("UPDATE agenda SET done = 1 WHERE id = ?", (event["id"],))

    def _happen(self, event: sqlite3.Row, when: When) -> None:
        row = self.book.row("SELECT * FROM payment WHERE id = ?", event["payment_id"])
        if row is None:
            raise LookupError(f"payment {event['payment_id']} is not in the book")
        money = Money(row["id"], row["reference"], row["account_id"], row["paid_amount"])
        if event["kind"] == "return":
            moving.give_back(self.book, when, money, event["reason"])
            return
        self._teller.execute(
            taken_of(row), money, row["fate"], row["attempt"], when, row["account"]
        )

    # ------------------------------------------------------------------ questions
    def enquire(self, reference: str) -> Answer:
        """What the bank says of a payment; 404 NOTF is no evidence. Raises Timeout."""
        with self.book.transaction():
            when = self.now()
            self._live(when.at)
            asked = int(self.book.sql.execute(ASKED, (reference,)).fetchone()[0])
            fault = self._enquiry_fault(reference, asked)
            row = self.book.row(NEWEST, reference)
        if fault == "enquiry_timeout":
            raise Timeout(reference)
        if row is None or fault:
            return say(404, {"reference": reference, "status": "NOTF"})
        return say(200, inquiry.status(row, when.at))

    def _enquiry_fault(self, reference: str, asked: int) -> str:
        if self.switches.on("silence"):
            return "enquiry_timeout"
        for fault in ENQUIRY:
            if self._plan.plays(fault, reference, asked):
                self.book.note(fault, reference, asked)
                return fault
        contradictory = asked == 1 and self.switches.on("contradictory_enquiries")
        return "contradiction" if contradictory else ""

    def enquire_batch(self, message_id: str) -> Answer:
        """What the bank says of a bulk file and its payments. Raises Timeout."""
        if self.switches.on("silence"):
            raise Timeout(message_id)
        with self.book.transaction():
            when = self.now()
            self._live(when.at)
            return self._bulk.status(message_id, when.at)

    def holder(self, bank_bin: str, account: str) -> Answer:
        """Whose account it is: 200 {"holder"} or 404."""
        query = "SELECT name FROM holder WHERE bank_bin = ? AND account = ?"
        found = self.book.value(query, bank_bin, account)
        return say(404, {"error": "unknown"}) if found is None else say(200, {"holder": found})

    # ------------------------------------------------------------------ what it tells
    def callbacks(self, limit: int = 1_000) -> list[callbacks.Callback]:
        """[(headers, raw body)] due now, oldest first; unconfirmed ones come again later."""
        self.live()
        if self.switches.on("silence"):
            return []
        return callbacks.due(self.book, self.settings, self.now().at, limit)

    def confirmed(self, ids: Iterable[str]) -> None:
        """The callbacks with these values of `webhook-id` were answered 2xx."""
        callbacks.confirm(self.book, self.now().at, ids)

    def statement(self, day: date) -> tuple[str, bytes]:
        """(name, camt.053) of one day, complete when the day is over."""
        self.live()
        return self._reports.statements.statement(day)

    def reports(self) -> list[dict[str, Any]]:
        """[{name, size, sha256}] of what waits for the client, oldest first."""
        self.live()
        return self._reports.waiting(self.clock().astimezone(VIETNAM))

    def report(self, name: str) -> bytes | None:
        """A report's bytes; None when there is none of this name."""
        return self._reports.content(name)

    def report_done(self, name: str) -> bool:
        """The client has it safe; False when there is none of this name."""
        return self._reports.done(name)

    def books(self) -> dict[str, Any]:
        """The whole book in sums; see inquiry.books."""
        return inquiry.books(self.book, self.settings, self.switches)

    def executions(self, reference: str) -> dict[str, int]:
        """How often one reference was asked for, executed and returned, with sums."""
        return inquiry.executions(self.book, reference)

    # ------------------------------------------------------------------ set-up
    def open_account(self, number: str, name: str) -> None:
        """Open an account of the client's: its own, or its advance with the provider."""
        with self.book.transaction():
            kind = ADVANCE if self.settings.holds_advance else OURS
            self.book.open_account(number, name, kind)

    def fund(self, number: str, amount: int, reference: str, text: str = "") -> bool:
        """Put money on an account, once per reference; False when that was done before."""
        with self.book.transaction():
            account = self.book.account(number)
            if account is None:
                raise LookupError(f"account {number} is not open; open it first")
            known = "SELECT 1 FROM transfer WHERE kind = 'credit' AND reference = ?"
            if self.book.row(known, reference):
                return False
            moving.receive(self.book, self.now(), account["id"], amount, reference, text)
            return True

    def open_holders(self, items: Iterable[tuple[str, str, str]]) -> None:
        """Make (bank_bin, account, name) known to the name enquiry."""
        with self.book.transaction() as sql:
            sql.executemany("INSERT OR REPLACE INTO holder VALUES (?, ?, ?)", items)

    def close(self) -> None:
        """Let go of the book."""
        self.book.close()
