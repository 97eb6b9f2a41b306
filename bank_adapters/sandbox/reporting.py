"""Which entries go into which camt message: every entry once, in order, without a gap."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

from .banka import PROVIDER
from .book import Book
from .outbox import announce

INSERT_REPORT = (
    "INSERT INTO report(outgoing_id, account_id, number, first_entry, last_entry, opening,"
    " closing, booking_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def advise(book: Book, at: datetime) -> bool:
    """One camt.054 with everything booked since the last one, a notification per account.

    Call inside `book.transaction()`. False when there is nothing to tell.
    """
    moved = book.rows(
        "SELECT * FROM (SELECT account.*, (SELECT max(id) FROM entry"
        " WHERE account_id = account.id) AS newest FROM account WHERE provider = ?)"
        " WHERE newest > advised_through ORDER BY number",
        PROVIDER,
    )
    if not moved:
        return False
    _advice(book, moved, at, 1)
    repeated = [row for row in moved if row["advise_twice"]]
    if repeated:
        _advice(book, repeated, at, 2)
    for row in moved:
        book.sql.execute(
            "UPDATE account SET advised_through = ?, advise_twice = 0,"
            " advice_number = advice_number + 1 + advise_twice WHERE id = ?",
            (row["newest"], row["id"]),
        )
    return True


def _advice(book: Book, accounts: list[sqlite3.Row], at: datetime, step: int) -> None:
    outgoing = announce(book, PROVIDER, "advice", 0, at.isoformat())
    for row in accounts:
        first = row["advised_through"] + 1
        day = at.date().isoformat()
        number = row["advice_number"] + step
        values = (outgoing, row["id"], number, first, row["newest"], 0, 0, day)
        book.sql.execute(INSERT_REPORT, values)


def state(book: Book, day: date, at: datetime) -> bool:
    """The day's camt.053: one file, one statement per account that moved.

    Call inside `book.transaction()`. False when nothing moved.
    """
    moved = book.rows(
        "SELECT * FROM (SELECT account.*, (SELECT max(id) FROM entry"
        " WHERE account_id = account.id AND booking_date <= ?) AS newest FROM account"
        " WHERE provider = ?) WHERE newest > stated_through ORDER BY number",
        day.isoformat(),
        PROVIDER,
    )
    if not moved:
        return False
    outgoing = announce(book, PROVIDER, "statement", 0, at.isoformat())
    for row in moved:
        _statement(book, outgoing, row, day)
    return True


def _statement(book: Book, outgoing: int, account: sqlite3.Row, day: date) -> None:
    first, last = account["stated_through"] + 1, account["newest"]
    total = book.sql.execute(
        "SELECT sum(amount) FROM entry WHERE account_id = ? AND id BETWEEN ? AND ?",
        (account["id"], first, last),
    ).fetchone()[0]
    opening, number = account["stated_balance"], account["statement_number"] + 1
    book.sql.execute(
        INSERT_REPORT,
        (outgoing, account["id"], number, first, last, opening, opening + total, day.isoformat()),
    )
    book.sql.execute(
        "UPDATE account SET stated_through = ?, stated_balance = ?, statement_number = ?"
        " WHERE id = ?",
        (last, opening + total, number, account["id"]),
    )
