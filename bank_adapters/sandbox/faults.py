"""Faults that the configuration asks for: each happens once, and the book remembers it."""

from __future__ import annotations

import json
from datetime import datetime
from sqlite3 import Row
from typing import Any

from . import agenda
from .bankdays import Calendar
from .book import Book
from .payout.plan import FaultPlan
from .settings import OddMovement, Settings


def use(book: Book, kind: str, key: str, detail: str = "") -> bool:
    """True the first time only, and only when `arm` was told of this key."""
    used = book.sql.execute(
        "UPDATE fault SET used = 1, detail = ? WHERE kind = ? AND key = ? AND used = 0",
        (detail, kind, key),
    )
    return used.rowcount == 1


def seeded(book: Book, plan: FaultPlan, kind: str, message_id: str, name: str) -> bool:
    """Whether the plan plays this fault on a file of this message id: the first one only."""
    if not message_id or not plan.plays(kind, message_id, 1):
        return False
    played = book.sql.execute(
        "INSERT OR IGNORE INTO fault(kind, key, detail, used) VALUES (?, ?, ?, 1)",
        (kind, f"seeded {message_id}", name),
    )
    return played.rowcount == 1


def arm(book: Book, settings: Settings) -> None:
    """Write the configured faults into the book; those known already stay as they are."""
    with book.transaction() as sql:
        for kind, keys in (
            ("cut_after_rename", settings.cut_after_rename),
            ("answer_twice", settings.answer_twice),
        ):
            for key in sorted(keys):
                sql.execute(
                    "INSERT OR IGNORE INTO fault(kind, key, detail) VALUES (?, ?, '')", (kind, key)
                )
        for odd in settings.stray_credits:
            _plan_credit(book, odd, f"stray:{odd.account}:{odd.at}:{odd.amount}")


def plan_fees(book: Book, settings: Settings) -> None:
    """Put the wrong fees on the agenda, once their accounts exist."""
    for odd in settings.wrong_fees:
        account = book.account("banka", odd.account)
        if account is not None:
            key = f"{odd.account}:{odd.at}:{odd.amount}"
            due = datetime.fromisoformat(odd.at)
            content = {"amount": odd.amount, "text": odd.text, "refund_at": odd.refund_at}
            agenda.plan(book, "fee", due, key, account["id"], **content)


def _plan_credit(book: Book, odd: OddMovement, key: str) -> None:
    agenda.plan(
        book,
        "credit",
        datetime.fromisoformat(odd.at),
        key,
        provider="banka",
        account=odd.account,
        amount=odd.amount,
        name=odd.name,
        reference="",
        remittance=odd.text,
    )


def note_cut(book: Book, plan: FaultPlan, debtor: str, message_id: str, name: str) -> bool:
    """Whether the connection is to be dropped after this file's rename.

    Once for each configured account, and once for each message id that the plan draws.
    """
    with book.transaction():
        return use(book, "cut_after_rename", debtor, name) or seeded(
            book, plan, "cut_after_rename", message_id, name
        )


def use_cut(book: Book, name: str) -> bool:
    """Whether the answer to this file is to be lost: its delivery was the one cut off."""
    found = book.sql.execute(
        "UPDATE fault SET used = 2 WHERE kind = 'cut_after_rename' AND detail = ? AND used = 1",
        (name,),
    )
    return found.rowcount == 1


def charge(book: Book, calendar: Calendar, event: Row, at: datetime) -> bool:
    """Take a fee from a benefit account; False when it must wait for money on the account."""
    fee = json.loads(event["content"])
    account = book.row("SELECT * FROM account WHERE id = ?", event["subject"])
    if account is None or account["balance"] - account["reserved"] < fee["amount"]:
        return False
    text = fee["text"] or "PHI DICH VU"
    agenda.book_entry(book, calendar, account["id"], at, "fee", -fee["amount"], remittance=text)
    if fee["refund_at"]:
        _plan_refund(book, account["number"], fee, max(at.isoformat(), fee["refund_at"]), text)
    return True


def _plan_refund(book: Book, account: str, fee: dict[str, Any], at: str, text: str) -> None:
    agenda.plan(
        book,
        "credit",
        datetime.fromisoformat(at),
        f"refund:{account}:{at}:{fee['amount']}",
        provider="banka",
        account=account,
        amount=fee["amount"],
        name="NGAN HANG A (GIA LAP)",
        reference="",
        remittance=f"HOAN {text}",
    )
