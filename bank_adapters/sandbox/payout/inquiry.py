"""What the payout bank's book says when it is asked: statuses for clients, sums for people."""

from __future__ import annotations

import sqlite3
from typing import Any

from .answers import Answer, say
from .book import Book
from .callbacks import bank_reference
from .settings import Settings
from .switches import Switches
from .taking import Taken

SEEN = (
    "SELECT coalesce(sum(executed), 0) AS executed, coalesce(sum(total), 0) AS total,"
    " coalesce(max(executed), 0) AS references_max, coalesce(sum(returned), 0) AS returned,"
    " coalesce(sum(returned_total), 0) AS returned_total,"
    " coalesce(sum(executed > 0), 0) AS references_executed,"
    " coalesce(sum(tries), 0) AS requests, coalesce(sum(enquiries), 0) AS enquiries FROM seen"
)
MOVED = (
    "SELECT coalesce(sum(kind IN ('payment', 'again')), 0) AS executed,"
    " coalesce(sum(CASE WHEN kind IN ('payment', 'again') THEN amount END), 0) AS total,"
    " coalesce(sum(kind = 'return'), 0) AS returned,"
    " coalesce(sum(CASE WHEN kind = 'return' THEN amount END), 0) AS returned_total"
    " FROM transfer"
)
ADRIFT = (
    "SELECT number FROM account LEFT JOIN (SELECT account, sum(d) AS d, sum(c) AS c FROM"
    " (SELECT debit AS account, amount AS d, 0 AS c FROM transfer"
    " UNION ALL SELECT credit, 0, amount FROM transfer) GROUP BY account) AS moved"
    " ON moved.account = account.id"
    " WHERE debits <> coalesce(moved.d, 0) OR credits <> coalesce(moved.c, 0)"
)


def status(row: sqlite3.Row, at: int) -> dict[str, Any]:
    """A payment as an enquiry shows it: ACSP until its last word is told."""
    told = at >= row["told_at"]
    word = row["status"] if told else "ACSP"
    return {
        "reference": row["reference"],
        "status": word,
        "reason": row["reason"] if told else "",
        "amount": row["paid_amount"],
        "account": row["account"],
        "bank_reference": bank_reference(row["id"]),
    }


def answer(taken: Taken, at: int) -> Answer:
    """The answer to a single payment."""
    if taken.other_body:
        return say(409, {"error": "key_reused"})
    status = taken.status_at(at)
    body: dict[str, Any] = {"reference": taken.reference, "status": status}
    if status == "RJCT":
        return say(422, {**body, "reason": taken.reason, "amount": taken.amount})
    body |= {
        "amount": taken.amount,
        "bank_reference": bank_reference(taken.payment_id),
    }
    return say(200, {**body, "repeated": True}) if taken.repeated else say(202, body)


def executions(book: Book, reference: str) -> dict[str, int]:
    """{tries, enquiries, executed, total, returned, returned_total} of one reference."""
    row = book.row("SELECT * FROM seen WHERE reference = ?", reference)
    names = ("tries", "enquiries", "executed", "total", "returned", "returned_total")
    return {name: row[name] if row else 0 for name in names}


def books(book: Book, settings: Settings, switches: Switches) -> dict[str, Any]:
    """The whole book in sums, and whether it proves.

    `executed.references_max` above 1 means that somebody was paid twice. `proof` names what
    does not agree: accounts against their movements, counts against movements; empty is well.
    """
    with book.lock:
        seen = _first(book, SEEN)
        return {
            "synthetic": True,
            "provider": settings.provider,
            "holds_advance": settings.holds_advance,
            "dedupe": settings.dedupe,
            "seed": settings.faults.seed,
            "accounts": _accounts(book),
            "executed": {
                "count": seen["executed"],
                "total": seen["total"],
                "references": seen["references_executed"],
                "references_max": seen["references_max"],
            },
            "returned": {"count": seen["returned"], "total": seen["returned_total"]},
            "requests": seen["requests"],
            "enquiries": seen["enquiries"],
            "statuses": _counts(book, "SELECT status, count(*) FROM payment GROUP BY status"),
            "callbacks": _callbacks(book),
            "faults": _counts(book, "SELECT kind, count(*) FROM fault GROUP BY kind"),
            "behaviours": switches.all_on(),
            "proof": _proof(book, seen),
        }


def _accounts(book: Book) -> list[dict[str, Any]]:
    rows = book.rows(
        "SELECT number, name, kind, debits, credits, credits - debits AS balance FROM account"
        " ORDER BY kind, number"
    )
    return [dict(row) for row in rows]


def _callbacks(book: Book) -> dict[str, int]:
    row = _first(
        book,
        "SELECT count(*) AS made, coalesce(sum(owed > 0), 0) AS open,"
        " coalesce(sum(tries), 0) AS tries FROM callback",
    )
    return dict(row)


def _counts(book: Book, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in sorted(map(tuple, book.rows(query)))}


def _first(book: Book, query: str) -> sqlite3.Row:
    row = book.row(query)
    if row is None:
        raise LookupError("a sum without a row")
    return row


def _proof(book: Book, seen: sqlite3.Row) -> list[str]:
    wrong = [f"account {row['number']}" for row in book.rows(ADRIFT)]
    if book.value("SELECT sum(debits) - sum(credits) FROM account"):
        wrong.append("debits and credits")
    moved = _first(book, MOVED)
    return wrong + [name for name in moved.keys() if moved[name] != seen[name]]  # noqa: SIM118
