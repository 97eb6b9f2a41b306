"""The journal as beancount 3 reads it; checked by `bean-check`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row

from ledger.export.plaintext import (
    OPENING,
    Accounts,
    Held,
    NamedAccount,
    metadata,
    one_line,
)


class Beancount:
    """Names of letters, digits and dashes: "1110-Tiền-gửi-tại-ngân-hàng"."""

    def roots(self) -> Mapping[str, str]:
        return {
            "1": "Assets",
            "3": "Liabilities",
            "4": "Income",
            "6": "Expenses",
            "8": "Expenses",
            "9": "Equity",
        }

    def component(self, text: str) -> str:
        # Letters of any script, beginning with a capital or a digit.
        legal = re.sub(r"[^\w-]|_", "-", one_line(text)).lstrip("-") or "X"
        return legal[0].upper() + legal[1:]

    def opening(self, accounts: Iterable[NamedAccount], first: date) -> Iterator[str]:
        ours = list(accounts)
        for currency in sorted({one.currency for one in ours}):
            yield f'option "operating_currency" "{currency}"\n{first} commodity {currency}\n'
        for one in ours:
            yield f"{first} open {one.name} {one.currency}\n"
            for name, value in one.facts:
                yield f"  {name}: {_quoted(value)}\n"

    def brought_forward(self, held: Held, day: date) -> Iterator[str]:
        yield f"\n{day} * {_quoted(OPENING)}\n"
        for one, amount in held:
            yield f"  {one.name}  {one.amount(amount)}\n"

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Accounts
    ) -> Iterator[str]:
        yield f"\n{header.effective_on} * {_quoted(header.reason)}\n"
        for name, value in metadata(header):
            yield f"  {name}: {_quoted(value)}\n"
        for row in rows:
            held_by = accounts[row.account_id]
            yield f"  {held_by.name}  {held_by.amount(row.debit - row.credit)}\n"
            if row.item:
                yield f"    item: {row.item}\n"

    def closing(self, held: Held, day: date) -> Iterator[str]:
        yield "\n"
        for one, amount in held:
            yield f"{day} balance {one.name}  {one.amount(amount)}\n"


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
