"""The journal for outside checkers: hledger and beancount text, entry by entry.

One transaction an entry, one posting a line; key, voucher, recipe and source are kept as
metadata, an item as metadata of its posting. At the end stands what we believe every account
holds, so that `hledger check` or `bean-check` proves it from the postings. In both formats a
debit is above zero. Text streams out; memory does not grow with the books.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol, TextIO

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from ledger.balances import account_balances
from ledger.chart import KINDS
from ledger.money import decimal_text, exponent
from ledger.tables import account, chain_link, entry, posting

FETCH_ROWS = 5_000

# The first digit of an account's number says where it stands.
_ROOTS = {
    "1": "assets",
    "3": "liabilities",
    "4": "income",
    "6": "expenses",
    "8": "expenses",
    "9": "equity",
}


def export_journal(session: Session, out: TextIO, format: str, *, note: str = "") -> int:
    """Write every entry in the order it was written; gives how many.

    `format` is `hledger` or `beancount` (else ValueError); `note` becomes a comment at the
    top, e.g. that the data is synthetic. While others write to PostgreSQL, run it in a
    REPEATABLE READ transaction.
    """
    if format not in FORMATS:
        raise ValueError(f"format is one of {', '.join(FORMATS)}, not {format!r}")
    style = FORMATS[format]
    days = (func.min(entry.c.effective_on), func.max(entry.c.effective_on))
    first, last = session.execute(select(*days)).one()
    out.writelines(f"; {line}\n" for line in note.splitlines())
    if first is None:
        return 0
    accounts = _accounts(session, style)
    out.writelines(style.opening(accounts.values(), first))
    written = 0
    for header, rows in _entries(session):
        out.writelines(style.transaction(header, rows, accounts))
        written += 1
    held = [(accounts[one.account_id], -one.balance) for one in account_balances(session)]
    out.writelines(style.closing(held, last + timedelta(days=1)))
    return written


@dataclass(frozen=True, slots=True)
class Account:
    """An account under the name that the format gives it, and under our path."""

    name: str
    path: str
    currency: str

    def amount(self, minor_units: int) -> str:
        """An amount of this account as both formats write it."""
        return f"{decimal_text(minor_units, self.currency)} {self.currency}"


class Style(Protocol):
    """How a format writes names and the parts of a journal."""

    def component(self, code: str) -> str:
        """A part of an account's name."""

    def opening(self, accounts: Iterable[Account], first: date) -> Iterator[str]:
        """What comes before the transactions: currencies and accounts."""

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Mapping[int, Account]
    ) -> Iterator[str]:
        """One entry."""

    def closing(self, held: Iterable[tuple[Account, int]], day: date) -> Iterator[str]:
        """What every account holds at the start of `day`."""


class Hledger:
    """Checked by `hledger check --strict`."""

    def component(self, code: str) -> str:
        return code

    def opening(self, accounts: Iterable[Account], first: date) -> Iterator[str]:
        ours = list(accounts)
        for currency in sorted({one.currency for one in ours}):
            yield f"commodity 1000.{'0' * exponent(currency)} {currency}\n"
        for one in ours:
            yield f"account {one.name}  ; path: {one.path}\n"

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Mapping[int, Account]
    ) -> Iterator[str]:
        number = f" ({_voucher(header)})" if header.voucher else ""
        # A bar would part payee from note, a semicolon begins a comment.
        reason = re.sub(r"[;|]", ",", _one_line(header.reason))
        yield f"\n{header.effective_on} *{number} {reason}\n"
        for name, value in _metadata(header):
            yield f"    ; {name}: {value}\n"
        for row in rows:
            held_by = accounts[row.account_id]
            item = f"  ; item: {row.item}" if row.item else ""
            yield f"    {held_by.name}  {held_by.amount(row.debit - row.credit)}{item}\n"

    def closing(self, held: Iterable[tuple[Account, int]], day: date) -> Iterator[str]:
        yield f"\n{day} * Balances as the books carry them\n"
        for one, amount in held:
            yield f"    {one.name}  {one.amount(0)} = {one.amount(amount)}\n"


class Beancount:
    """Checked by `bean-check` (beancount 3)."""

    def component(self, code: str) -> str:
        # Letters, digits and dashes, beginning with a capital or a digit.
        legal = re.sub(r"[^A-Za-z0-9-]", "-", code).lstrip("-") or "X"
        return legal[0].upper() + legal[1:]

    def opening(self, accounts: Iterable[Account], first: date) -> Iterator[str]:
        ours = list(accounts)
        for currency in sorted({one.currency for one in ours}):
            yield f'option "operating_currency" "{currency}"\n{first} commodity {currency}\n'
        for one in ours:
            yield f"{first} open {one.name} {one.currency}\n  path: {_quoted(one.path)}\n"

    def transaction(
        self, header: Row[Any], rows: Iterable[Row[Any]], accounts: Mapping[int, Account]
    ) -> Iterator[str]:
        yield f"\n{header.effective_on} * {_quoted(header.reason)}\n"
        for name, value in _metadata(header):
            yield f"  {name}: {_quoted(value)}\n"
        for row in rows:
            held_by = accounts[row.account_id]
            yield f"  {held_by.name}  {held_by.amount(row.debit - row.credit)}\n"
            if row.item:
                yield f"    item: {row.item}\n"

    def closing(self, held: Iterable[tuple[Account, int]], day: date) -> Iterator[str]:
        yield "\n"
        for one, amount in held:
            yield f"{day} balance {one.name}  {one.amount(amount)}\n"


FORMATS: Mapping[str, Style] = {"hledger": Hledger(), "beancount": Beancount()}


def _accounts(session: Session, style: Style) -> dict[int, Account]:
    """Every account by id, each with a name of its own."""
    accounts: dict[int, Account] = {}
    taken: set[str] = set()
    for row in session.execute(select(account).order_by(account.c.id)):
        kind = KINDS[row.kind]
        codes = (getattr(row, dimension) or "none" for dimension in kind.dimensions)
        root = _ROOTS[kind.number[0]]
        name = ":".join(style.component(part) for part in (root, row.kind, *codes))
        # Two codes may look alike once written as the format allows.
        name = f"{name}-{row.id}" if name in taken else name
        taken.add(name)
        accounts[row.id] = Account(name, row.path, row.currency)
    return accounts


def _entries(session: Session) -> Iterator[tuple[Row[Any], Iterator[Row[Any]]]]:
    """Every entry with its postings: two streams side by side, joined here."""
    stream = {"yield_per": FETCH_ROWS}
    headers = session.execute(
        select(entry, chain_link.c.voucher)
        .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
        .order_by(entry.c.id)
        .execution_options(**stream)
    )
    rows = session.execute(
        select(posting).order_by(posting.c.entry_id, posting.c.line).execution_options(**stream)
    )
    groups = groupby(rows, key=attrgetter("entry_id"))
    for header in headers:
        for entry_id, group in groups:
            if entry_id == header.id:
                yield header, group
                break


def _metadata(header: Row[Any]) -> Iterator[tuple[str, str]]:
    yield "key", _one_line(header.key)
    if header.voucher:
        yield "voucher", _voucher(header)
    yield "recipe", header.kind
    yield "source", _one_line(header.source)
    yield "recorded", header.recorded_at.isoformat()
    if header.reverses_id:
        yield "reverses", str(header.reverses_id)


def _voucher(header: Row[Any]) -> str:
    return f"{header.fiscal_year}-{header.voucher:06}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    escaped = _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
