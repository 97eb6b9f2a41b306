"""The journal as hledger reads it; checked by `hledger check --strict`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from ledger.export.plaintext import (
    CLOSING,
    OPENING,
    Accounts,
    Held,
    NamedAccount,
    metadata,
    one_line,
    voucher,
)
from ledger.money import exponent

# hledger knows what an account is by its English name; ours get a type instead.
_TYPES = {
    "Tài sản": "A",
    "Nợ phải trả": "L",
    "Nguồn kinh phí": "R",
    "Chi phí": "X",
    "Chuyển sang": "E",
}


class Hledger:
    """Names as people read them: Vietnamese, with spaces."""

    def roots(self) -> Mapping[str, str]:
        assets, liabilities, income, expenses, equity = _TYPES
        costs = {"6": expenses, "8": expenses}
        return {"1": assets, "3": liabilities, "4": income, **costs, "9": equity}

    def component(self, text: str) -> str:
        # Two spaces end a name, a colon parts it, a semicolon begins a comment.
        return one_line(re.sub(r"[:;]", " ", text))

    def opening(self, accounts: Iterable[NamedAccount], first: date) -> Iterator[str]:
        ours = list(accounts)
        for currency in sorted({one.currency for one in ours}):
            yield f"commodity 1000.{'0' * exponent(currency)} {currency}\n"
        for root, kind in _TYPES.items():
            yield f"account {root}  ; type: {kind}\n"
        for one in ours:
            facts = ", ".join(f"{name}: {value}" for name, value in one.facts)
            yield f"account {one.name}  ; {facts}\n"

    def brought_forward(self, held: Held, day: date) -> Iterator[str]:
        yield f"\n{day} * {OPENING}\n"
        for one, amount in held:
            yield f"    {one.name}  {one.amount(amount)}\n"

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Accounts
    ) -> Iterator[str]:
        number = f" ({voucher(header)})" if header.voucher else ""
        # A bar would part payee from note, a semicolon begins a comment.
        reason = re.sub(r"[;|]", ",", one_line(header.reason))
        yield f"\n{header.effective_on} *{number} {reason}\n"
        for name, value in metadata(header):
            yield f"    ; {name}: {value}\n"
        for row in rows:
            held_by = accounts[row.account_id]
            item = f"  ; item: {row.item}" if row.item else ""
            yield f"    {held_by.name}  {held_by.amount(row.debit - row.credit)}{item}\n"

    def closing(self, held: Held, day: date) -> Iterator[str]:
        yield f"\n{day} * {CLOSING}\n"
        for one, amount in held:
            yield f"    {one.name}  {one.amount(0)} = {one.amount(amount)}\n"
