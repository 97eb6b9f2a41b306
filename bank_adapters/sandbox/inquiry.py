"""What the institution's book says when it is asked: balances, executions, faults."""

from __future__ import annotations

import json
from typing import Any

from .account_report import bank_reference
from .answer_sheet import voucher
from .book import Book
from .settings import PROVIDERS

EXECUTED = (
    "SELECT payment.*, inbound.provider, inbound.message_id, inbound.debtor, entry.id AS entry_id"
    " FROM payment JOIN inbound ON inbound.id = payment.inbound_id"
    " LEFT JOIN entry ON entry.payment_id = payment.id AND entry.kind = 'payment'"
    " AND entry.account_id = payment.account_id"
    " WHERE payment.reference = ? AND payment.executed_at IS NOT NULL ORDER BY payment.id"
)


def whole_book(book: Book) -> dict[str, Any]:
    """Accounts with balance, credits and debits; what was executed, in all and by provider."""
    with book.lock:
        clock = book.clock
        return {
            "synthetic": True,
            "now": clock.isoformat() if clock else None,
            "accounts": [
                dict(row)
                for row in book.rows(
                    "SELECT provider, number, name, balance, reserved, credits, debits"
                    " FROM account ORDER BY provider, number"
                )
            ],
            "executed": {**_executed(book, PROVIDERS), "references_max": _references_max(book)},
            "by_provider": {name: _provider(book, name) for name in PROVIDERS},
            "faults": [dict(row) for row in book.rows("SELECT * FROM fault ORDER BY kind, key")],
        }


def executions(book: Book, reference: str) -> list[dict[str, Any]]:
    """Every execution of one reference: more than one means somebody was paid twice."""
    return [
        {
            "provider": row["provider"],
            "message_id": row["message_id"],
            "debtor": row["debtor"],
            "reference": row["reference"],
            "amount": row["amount"],
            "payee_name": row["payee_name"],
            "payee_account": row["payee_account"],
            "status": row["status"],
            "reason": row["reason"],
            "executed_at": row["executed_at"],
            "paid_on": row["paid_on"],
            "bank_reference": bank_reference(row["entry_id"])
            if row["entry_id"]
            else voucher(row["provider"], row["id"]),
        }
        for row in book.rows(EXECUTED, reference)
    ]


def _executed(book: Book, providers: tuple[str, ...]) -> dict[str, int]:
    row = book.row(
        "SELECT count(*) AS n, coalesce(sum(amount), 0) AS total FROM payment"
        " JOIN inbound ON inbound.id = payment.inbound_id"
        " WHERE executed_at IS NOT NULL AND provider IN (SELECT value FROM json_each(?))",
        json.dumps(providers),
    )
    return {"count": row["n"], "total": row["total"]} if row else {"count": 0, "total": 0}


def _references_max(book: Book) -> int:
    row = book.row(
        "SELECT coalesce(max(n), 0) AS most FROM (SELECT count(*) AS n FROM payment"
        " WHERE executed_at IS NOT NULL AND reference <> '' GROUP BY reference)"
    )
    return int(row["most"]) if row else 0


def _provider(book: Book, provider: str) -> dict[str, Any]:
    states = book.rows(
        "SELECT status, count(*) AS n, coalesce(sum(amount), 0) AS total FROM payment"
        " JOIN inbound ON inbound.id = payment.inbound_id WHERE provider = ? GROUP BY status",
        provider,
    )
    files = book.rows(
        "SELECT name, message_id, received_at, group_status, group_reason, muted FROM inbound"
        " WHERE provider = ? ORDER BY id",
        provider,
    )
    money = book.row(
        "SELECT coalesce(sum(balance), 0) AS balance, coalesce(sum(credits), 0) AS credits,"
        " coalesce(sum(debits), 0) AS debits FROM account WHERE provider = ?",
        provider,
    )
    return {
        "executed": _executed(book, (provider,)),
        "payments": {row["status"]: {"count": row["n"], "total": row["total"]} for row in states},
        "files": [dict(row) for row in files],
        **(dict(money) if money else {}),
    }
