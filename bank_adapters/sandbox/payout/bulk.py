"""Bulk files: taken whole in one act, or in part when the bank misbehaves."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from typing import Any

from . import inquiry
from .answers import Answer, say
from .book import Book
from .callbacks import bank_reference, iso
from .moving import When
from .orders import Bulk, Order
from .reports import Reports
from .settings import Settings
from .switches import Switches
from .taking import Taken, Teller

INSERT = (
    "INSERT INTO batch(message_id, digest, count, total, taken_at, status, reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
NEWEST = "SELECT * FROM batch WHERE message_id = ? ORDER BY id DESC LIMIT 1"


class BulkDesk:
    """Takes bulk files inside the caller's transaction."""

    def __init__(
        self,
        book: Book,
        teller: Teller,
        reports: Reports,
        switches: Switches,
        tried: Callable[[str], int],
    ) -> None:
        self._book, self._teller, self._reports = book, teller, reports
        self._switches, self._tried = switches, tried

    def take(
        self, bulk: Bulk, raw: bytes, when: When, execute_at: int, settings: Settings
    ) -> Answer:
        """Take one file; a file of the same message id is a duplicate where they are noticed."""
        digest = hashlib.sha256(raw).digest()
        known = self._book.row(NEWEST, bulk.message_id)
        if settings.dedupe and known and known["taken_at"] > when.at - settings.dedupe_seconds:
            return _repeated(known, digest)
        word = self._word()
        head = (bulk.message_id, digest, bulk.count, bulk.total, when.at)
        inserted = self._book.sql.execute(INSERT, (*head, *word))
        batch_id = int(inserted.lastrowid or 0)
        orders = bulk.orders
        if self._switches.on("partial_file"):
            orders = orders[: len(orders) // 2]
        taken = [
            self._teller.take(order, self._tried(order.reference), when, batch_id, execute_at)
            for order in orders
        ]
        # Of a reference that came before with another body the bank says nothing here.
        pairs = [pair for pair in zip(orders, taken, strict=True) if not pair[1].other_body]
        events = [_event(order, one, when.at) for order, one in pairs]
        self._reports.acknowledge(bulk.message_id, events, when.at)
        return _said(bulk.message_id, *word)

    def _word(self) -> tuple[str, str]:
        return ("RJCT", "NARR") if self._switches.on("rejected_file_executed") else ("ACTC", "")

    def status(self, message_id: str, at: int) -> Answer:
        """What the bank says of a file and of every payment it took with it."""
        batch = self._book.row(NEWEST, message_id)
        if batch is None:
            return say(404, {"message_id": message_id, "status": "NOTF"})
        rows = self._book.rows("SELECT * FROM payment WHERE batch_id = ? ORDER BY id", batch["id"])
        payments = [inquiry.status(row, at) for row in rows]
        head = {key: batch[key] for key in ("message_id", "status", "reason")}
        return say(200, {**head, "payments": payments})


def _said(message_id: str, status: str, reason: str) -> Answer:
    if status == "RJCT":
        return say(422, {"message_id": message_id, "status": status, "reason": reason})
    return say(202, {"message_id": message_id, "status": status})


def _repeated(known: sqlite3.Row, digest: bytes) -> Answer:
    if known["digest"] != digest:
        return say(409, {"error": "key_reused"})
    return say(422, {"message_id": known["message_id"], "status": "RJCT", "reason": "DUPL"})


def _event(order: Order, taken: Taken, at: int) -> dict[str, Any]:
    status = taken.status_at(at)
    reference = bank_reference(taken.payment_id)
    return {
        "reference": taken.reference,
        "status": status,
        "reason": taken.reason if status == "RJCT" else "",
        "amount": taken.amount,
        "account": order.account,
        "bank_reference": reference,
        "at": iso(at),
        "event_id": f"{reference}-{status}",
    }
