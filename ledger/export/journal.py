"""The journal for outside checkers: hledger and beancount text, entry by entry.

One transaction an entry, one posting a line; key, voucher, recipe and source are kept as
metadata, an item as metadata of its posting. A span that does not begin with the books starts
with one transaction of opening balances. At the end stands what we believe every account
holds, so that `hledger check` or `bean-check` proves it from the postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TextIO

from sqlalchemy.orm import Session

from ledger.chart import public_chart
from ledger.export.beancount import Beancount
from ledger.export.books import (
    Account,
    PublicChart,
    read_accounts,
    read_entries,
    read_sums,
)
from ledger.export.hledger import Hledger
from ledger.export.plaintext import NamedAccount, Style
from ledger.export.span import Span, whole_span

FORMATS: Mapping[str, Style] = {"hledger": Hledger(), "beancount": Beancount()}


def export_journal(
    session: Session,
    out: TextIO,
    format: str,
    *,
    note: str = "",
    span: Span | None = None,
    public: PublicChart | None = None,
) -> int:
    """Write every entry, or those of a span, in the order they were written; gives how many.

    `format` is `hledger` or `beancount` (else ValueError); `note` becomes a comment at the
    top, e.g. that the data is synthetic; `public` is a province's own map of accounts. While
    others write to PostgreSQL, run it in a REPEATABLE READ transaction.
    """
    if format not in FORMATS:
        raise ValueError(f"format is one of {', '.join(FORMATS)}, not {format!r}")
    style = FORMATS[format]
    out.writelines(f"; {line}\n" for line in note.splitlines())
    span = span or whole_span(session)
    if span is None:
        return 0
    sums, known = read_sums(session, span), read_accounts(session)
    ours = (known[one.account_id] for one in sums)
    accounts = _named(ours, style, public or public_chart())
    out.writelines(style.opening(accounts.values(), span.first))
    if before := [(accounts[one.account_id], -one.opening) for one in sums if one.opening]:
        out.writelines(style.brought_forward(before, span.first))
    written = 0
    for header, rows in read_entries(session, span):
        out.writelines(style.transaction(header, rows, accounts))
        written += 1
    held = [(accounts[one.account_id], -one.closing) for one in sums]
    if held:
        out.writelines(style.closing(held, span.last + timedelta(days=1)))
    return written


def _named(
    accounts: Iterable[Account], style: Style, public: PublicChart
) -> dict[int, NamedAccount]:
    """Accounts by id, each under a name of its own: root, number and name, codes."""
    named: dict[int, NamedAccount] = {}
    taken: set[str] = set()
    for one in accounts:
        kind = one.kind
        codes = (code or "none" for code in one.codes)
        parts = (style.component(part) for part in (f"{kind.number} {kind.name}", *codes))
        name = ":".join((style.roots()[kind.number[0]], *parts))
        # Two codes may look alike once written as the format allows.
        name = f"{name}-{one.id}" if name in taken else name
        taken.add(name)
        named[one.id] = NamedAccount(name, one.path, public[kind.code].number, one.currency)
    return named
