"""Files on their way out: announced in the book with the act itself, written afterwards.

A kill between the two leaves an announced file that is not delivered; the next start
writes it, with the same bytes, unless the client has it already (waiting or archived).
"""

from __future__ import annotations

import sqlite3
from typing import BinaryIO

from . import account_report, answer_sheet, status_report
from .book import Book
from .places import Places


def announce(book: Book, provider: str, kind: str, subject: int, at: str, name: str = "") -> int:
    """Put a file on the list of things to deliver and return its number.

    Without a name it gets one that sorts by time: `20261005T090000-000012-pain.002.xml`.
    """
    number = int(book.sql.execute("SELECT coalesce(max(id), 0) + 1 FROM outgoing").fetchone()[0])
    stamp = at[:19].replace("-", "").replace(":", "")
    name = name or f"{stamp}-{number:06d}-{MESSAGE_NAMES[kind]}.xml"
    book.sql.execute(
        "INSERT INTO outgoing(id, provider, name, kind, subject, at) VALUES (?, ?, ?, ?, ?, ?)",
        (number, provider, name, kind, subject, at),
    )
    return number


MESSAGE_NAMES = {"status": "pain.002", "advice": "camt.054", "statement": "camt.053"}


def deliver(book: Book, places: Places) -> list[str]:
    """Write every announced file to where its client fetches it; their names."""
    done = []
    with book.lock:
        for outgoing in book.rows("SELECT * FROM outgoing WHERE delivered = 0 ORDER BY id"):
            _deliver(book, places, outgoing)
            done.append(f"{outgoing['provider']}/{outgoing['name']}")
    return done


def _deliver(book: Book, places: Places, outgoing: sqlite3.Row) -> None:
    box = places.outbox(outgoing["provider"])
    target = box / outgoing["name"]
    if not target.exists() and not (box / "archive" / outgoing["name"]).exists():
        draft = places.drafts / f"{outgoing['id']}.draft"
        with draft.open("wb") as out:
            _render(book, outgoing, out)
        draft.rename(target)
    with book.transaction() as sql:
        sql.execute("UPDATE outgoing SET delivered = 1 WHERE id = ?", (outgoing["id"],))


def _render(book: Book, outgoing: sqlite3.Row, out: BinaryIO) -> None:
    if outgoing["kind"] == "status":
        status_report.render(book, outgoing, out)
    elif outgoing["kind"] == "answer":
        answer_sheet.render(book, outgoing, out)
    else:
        account_report.render(book, outgoing, out)
