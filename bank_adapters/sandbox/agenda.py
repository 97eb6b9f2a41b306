"""The institution's agenda: what is due when, and booking one movement."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from .bankdays import DAY_END, VIETNAM, Calendar
from .book import Book

# Of two acts due at the same moment the lower rank goes first.
RANKS = {
    "credit": 0,
    "return": 1,
    "late_return": 1,
    "execute": 2,
    "fee": 3,
    "list_start": 4,
    "list_answer": 5,
    "statement": 6,
}


def plan(book: Book, kind: str, due: datetime, key: str, subject: int = 0, **content: Any) -> bool:
    """Put an act on the agenda once; False when its key is there already."""
    written = book.sql.execute(
        "INSERT OR IGNORE INTO event(due, rank, kind, key, subject, content)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            due.isoformat(),
            RANKS[kind],
            kind,
            f"{kind}:{key}",
            subject,
            json.dumps(content, ensure_ascii=False, sort_keys=True),
        ),
    )
    return written.rowcount == 1


def plan_statement(book: Book, day: date) -> None:
    """A booked movement makes the day's statement due."""
    plan(book, "statement", datetime.combine(day, DAY_END, VIETNAM), day.isoformat())


def book_entry(
    book: Book,
    calendar: Calendar,
    account_id: int,
    at: datetime,
    kind: str,
    amount: int,
    **details: Any,
) -> int:
    """Book one movement (signed đồng) on an account and return the entry's number.

    `details` may hold payment_id, reference, reason, counterparty and remittance.
    """
    day = calendar.booking_date(at)
    names = ["account_id", "at", "booking_date", "kind", "amount", *details]
    marks = ", ".join("?" * len(names))
    written = book.sql.execute(
        f"INSERT INTO entry({', '.join(names)}) VALUES ({marks})",  # noqa: S608 - our own names
        (account_id, at.isoformat(), day.isoformat(), kind, amount, *details.values()),
    )
    move(book, account_id, amount)
    plan_statement(book, day)
    return int(written.lastrowid or 0)


def move(book: Book, account_id: int, amount: int) -> None:
    """Change an account's balance; money coming in wakes the fees that wait for it."""
    book.sql.execute(
        "UPDATE account SET balance = balance + ?, credits = credits + ?, debits = debits + ?"
        " WHERE id = ?",
        (amount, max(amount, 0), max(-amount, 0), account_id),
    )
    if amount > 0:
        book.sql.execute(
            "UPDATE event SET state = 'due'"
            " WHERE kind = 'fee' AND state = 'waiting' AND subject = ?",
            (account_id,),
        )
