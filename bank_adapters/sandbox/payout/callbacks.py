"""Callbacks: what the bank calls out, how it signs, and how it repeats until it is heard.

Signed after Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, in base64, one
signature per secret while a secret is being changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..bankdays import VIETNAM
from .answers import to_json
from .book import Book
from .settings import WRONG_BY, Settings

Callback = tuple[dict[str, str], bytes]
LONGEST_WAIT = 3_600
STALE_BY = 86_400
FORGERIES = 4
DUE = (
    "SELECT callback.*, payment.reference, payment.attempt, payment.account,"
    " payment.paid_amount FROM callback JOIN payment ON payment.id = callback.payment_id"
    " WHERE owed > 0 AND due <= ? ORDER BY due, callback.id LIMIT ?"
)
POSTPONE = (
    "UPDATE callback SET tries = tries + 1,"
    " due = ? + min(? << min(tries, 12), ?), owed = owed - (nature = 'forged') WHERE id = ?"
)
CONFIRM = "UPDATE callback SET owed = max(owed - 1, 0), due = ? WHERE id = ?"


def due(book: Book, settings: Settings, at: int, limit: int) -> list[Callback]:
    """What is to be called out now, oldest first; what is not confirmed comes again later.

    A forged one comes once: it is not the bank's, and its sender does not wait for an answer.
    """
    with book.transaction() as sql:
        rows = sql.execute(DUE, (at, limit)).fetchall()
        again = [(at, settings.callback_retry_seconds, LONGEST_WAIT, row["id"]) for row in rows]
        sql.executemany(POSTPONE, again)
    return [_callback(settings, row, at) for row in rows]


def confirm(book: Book, at: int, ids: Iterable[str]) -> None:
    """These were answered 2xx. One that is to come twice is due again at once."""
    with book.transaction() as sql:
        sql.executemany(CONFIRM, [(at, int(name.rpartition("_")[2])) for name in ids])


def _callback(settings: Settings, row: sqlite3.Row, at: int) -> Callback:
    name = f"{settings.provider}_{row['id']:012d}"
    raw = to_json(_body(settings, row))
    if row["nature"] == "forged":
        return _forged(settings, row, name, at, raw)
    return headers(name, at, raw, settings.callback_secrets), raw


def _body(settings: Settings, row: sqlite3.Row) -> dict[str, str | int]:
    body = {
        "reference": row["reference"],
        "status": row["status"],
        "reason": row["reason"],
        "amount": row["paid_amount"],
        "account": row["account"],
        "bank_reference": bank_reference(row["payment_id"]),
        "at": iso(row["at"]),
    }
    if row["nature"] == "lie":
        body.update(_lie(settings, row))
    elif row["nature"] == "forged":
        other = "ACCC" if row["status"] == "RJCT" else "RJCT"
        body.update(status=other, reason="AC04" if other == "RJCT" else "")
    return body


def _lie(settings: Settings, row: sqlite3.Row) -> dict[str, str | int]:
    if settings.faults.coin("lie", row["reference"], row["attempt"]):
        return {"amount": row["paid_amount"] + WRONG_BY}
    return {"account": row["account"][::-1] + "0"}


def _forged(settings: Settings, row: sqlite3.Row, name: str, at: int, raw: bytes) -> Callback:
    """A forger's ways: another secret, an old signature, another body, no signature."""
    way = settings.faults.coin("forgery", row["reference"], row["attempt"], FORGERIES)
    if way == 0:
        return headers(name, at, raw, ("a secret of the forger's own",)), raw
    if way == 1:
        return headers(name, at - STALE_BY, raw, settings.callback_secrets), raw
    if way == 2:
        return headers(name, at, raw + b" ", settings.callback_secrets), raw
    return {**headers(name, at, raw, ()), "webhook-signature": "v1,"}, raw


def headers(name: str, at: int, raw: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one callback, signed with each of `secrets`."""
    signed = f"{name}.{at}.".encode() + raw
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).digest() for secret in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{base64.b64encode(one).decode()}" for one in marks),
    }


def bank_reference(payment_id: int, suffix: str = "") -> str:
    """The bank's own name for a payment, the same in every answer and on the statement."""
    return f"PAY{payment_id:012d}{suffix}" if payment_id else ""


def iso(at: int) -> str:
    """A moment as text, with its zone."""
    return datetime.fromtimestamp(at, VIETNAM).isoformat()
