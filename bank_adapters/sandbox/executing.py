"""The host-to-host bank executes the payments of a file, and books what comes back of them."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from . import agenda, behaviours
from .bankdays import Calendar
from .book import Book
from .payout.plan import FaultPlan

SEEDED_RETURN = "AC06"


def execute(book: Book, calendar: Calendar, plan: FaultPlan, inbound_id: int, at: datetime) -> None:
    """Book one debit per accepted payment of a file and plan what will come back."""
    day = calendar.booking_date(at)
    values = (inbound_id,)
    totals = book.rows(
        "SELECT account_id, sum(amount) AS total FROM payment"
        " WHERE inbound_id = ? AND status = 'accepted' GROUP BY account_id",
        *values,
    )
    twice = book.row("SELECT twice FROM inbound WHERE id = ?", *values)
    book.sql.execute(
        "INSERT INTO entry(account_id, at, booking_date, kind, amount, payment_id)"
        " SELECT account_id, ?, ?, 'payment', -amount, id FROM payment"
        " WHERE inbound_id = ? AND status = 'accepted' ORDER BY id",
        (at.isoformat(), day.isoformat(), inbound_id),
    )
    book.sql.execute(
        "UPDATE payment SET status = 'executed', executed_at = ?, paid_on = ?"
        " WHERE inbound_id = ? AND status = 'accepted'",
        (at.isoformat(), day.isoformat(), inbound_id),
    )
    for row in totals:
        agenda.move(book, row["account_id"], -row["total"])
        book.sql.execute(
            "UPDATE account SET reserved = reserved - ?, advise_twice = max(advise_twice, ?)"
            " WHERE id = ?",
            (row["total"], twice["twice"] if twice else 0, row["account_id"]),
        )
    agenda.plan_statement(book, day)
    _plan_returns(book, calendar, plan, inbound_id, at)


def _plan_returns(
    book: Book, calendar: Calendar, plan: FaultPlan, inbound_id: int, at: datetime
) -> None:
    moments = {"return": calendar.return_at(at), "late_return": calendar.late_return_at(at)}
    for kind, due in moments.items():
        if _coming_back(book, plan, inbound_id, kind):
            agenda.plan(book, kind, due, str(inbound_id), inbound_id)


def _coming_back(
    book: Book, plan: FaultPlan, inbound_id: int, kind: str
) -> list[tuple[sqlite3.Row, str]]:
    """The executed payments of a file that come back like this, each with its reason."""
    endings = behaviours.RETURNS if kind == "return" else behaviours.LATE_RETURNS
    seeded = kind == "return" and "return" in plan.per_mille
    rows = book.rows(
        "SELECT * FROM payment WHERE inbound_id = ? AND status = 'executed'"
        " AND (? OR substr(payee_account, ?) IN (SELECT value FROM json_each(?))) ORDER BY id",
        inbound_id,
        seeded,
        -behaviours.ENDING_LENGTH,
        json.dumps(sorted(endings)),
    )
    reasons = [(row, endings.get(behaviours.ending(row["payee_account"]), "")) for row in rows]
    return [
        (row, reason or SEEDED_RETURN)
        for row, reason in reasons
        if reason or plan.fate(row["reference"], 1) == "return"
    ]


def give_back(
    book: Book, calendar: Calendar, plan: FaultPlan, inbound_id: int, kind: str, at: datetime
) -> None:
    """Book the returns of one file: one credit each, with the reason of the payee's bank."""
    for row, reason in _coming_back(book, plan, inbound_id, kind):
        agenda.book_entry(
            book,
            calendar,
            row["account_id"],
            at,
            "return",
            row["amount"],
            payment_id=row["id"],
            reason=reason,
        )
        book.sql.execute("UPDATE payment SET status = 'returned' WHERE id = ?", (row["id"],))
