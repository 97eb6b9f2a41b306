"""The books as CSV files, with a checker of 40 lines beside them (`check_books.py`).

RFC 4180, UTF-8 with a mark so that Excel shows the accents, amounts as plain integers of minor
units. Text that a spreadsheet would take for a formula has an apostrophe before it; text that
begins with one has another, so that taking one away gives back every text as it was.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from ledger.chart import public_chart
from ledger.digest import header_extra
from ledger.export.books import (
    Account,
    PublicChart,
    read_accounts,
    read_chain,
    read_entries,
    read_item_sums,
)
from ledger.export.cells import inert_exact
from ledger.export.span import Span, whole_span
from ledger.schema import moment_text

CHECKER, EXPLAINED = "check_books.py", "README.txt"
# From `key` to `extra` the columns are the header of the canonical text (ledger/digest.py); the
# last is its optional object as it stands there, empty where there is none.
HEADER = (
    *("key", "recipe", "programme", "currency", "effective_on", "recorded_at", "reverses"),
    *("source", "reason", "content", "extra"),
)
COLUMNS = {
    "accounts.csv": (
        *("account", "number", "name", "public_number", "side", "item"),
        *("fund", "programme", "unit", "provider", "currency"),
    ),
    "balances.csv": ("account", "item", "opening", "closing"),
    "chain.csv": ("position", "entry", "fiscal_year", "voucher", "digest", "link"),
    "entries.csv": ("entry", *HEADER, "fiscal_year", "voucher", "total", "digest"),
    "postings.csv": ("entry", "line", "account", "item", "debit", "credit"),
}


def export_csv(
    session: Session,
    folder: Path,
    span: Span | None = None,
    *,
    note: str = "",
    public: PublicChart | None = None,
) -> dict[str, int]:
    """Write the books, or a span of them, into a folder; gives the rows of each file.

    Beside them the checker, and a text that explains the files; `note` stands in it, e.g.
    that the data is synthetic. `public` is a province's own map of accounts.

    The files take their names when all are complete: an export that broke off leaves the
    earlier one as it was. While others write to PostgreSQL, run it in a REPEATABLE READ
    transaction.
    """
    folder.mkdir(parents=True, exist_ok=True)
    span = span or whole_span(session)
    accounts = read_accounts(session)
    with _drafts(folder) as drafts:
        written = dict.fromkeys(COLUMNS, 0)
        if span is not None:
            written["balances.csv"] = _write(
                drafts["balances.csv"], _balances(session, span, accounts)
            )
            written["chain.csv"] = _write(drafts["chain.csv"], read_chain(session, span))
            written |= _write_entries(session, span, accounts, drafts)
        written["accounts.csv"] = _write(
            drafts["accounts.csv"], _accounts(accounts, public or public_chart())
        )
    (folder / CHECKER).write_bytes(_shipped(CHECKER).encode())
    days = f"{span.first} - {span.last}" if span else "-"
    text = _shipped(EXPLAINED).format(days=days, note=note)
    (folder / EXPLAINED).write_text(text, encoding="utf-8-sig")
    return written


def _shipped(name: str) -> str:
    return files("ledger.export").joinpath(name).read_text("utf-8")


@contextmanager
def _drafts(folder: Path) -> Iterator[dict[str, Any]]:
    """A CSV writer a file, on drafts that take the files' names once all are complete."""
    drafts = {folder / name: folder / f".{name}.part" for name in COLUMNS}
    try:
        with ExitStack() as opened:
            writers = {}
            for path, draft in drafts.items():
                file = opened.enter_context(draft.open("w", encoding="utf-8-sig", newline=""))
                writers[path.name] = csv.writer(file)
                writers[path.name].writerow(COLUMNS[path.name])
            yield writers
        for path, draft in drafts.items():
            draft.replace(path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def _write(writer: Any, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _accounts(accounts: dict[int, Account], public: PublicChart) -> Iterator[Sequence[Any]]:
    for one in accounts.values():
        kind, cell = one.kind, one.cell
        codes = (cell.fund, cell.programme, cell.unit, cell.provider)
        named = (one.path, kind.number, kind.name, public[kind.code].number, one.side, kind.item)
        yield (*named, *map(inert_exact, codes), one.currency)


def _balances(
    session: Session, span: Span, accounts: dict[int, Account]
) -> Iterator[Sequence[Any]]:
    for row in read_item_sums(session, span):
        yield accounts[row.account_id].path, row.item, row.opening, row.closing


def _write_entries(
    session: Session, span: Span, accounts: dict[int, Account], drafts: dict[str, Any]
) -> dict[str, int]:
    paths = {number: one.path for number, one in accounts.items()}
    entries = postings = 0
    for header, rows in read_entries(session, span):
        entries += 1
        drafts["entries.csv"].writerow(_entry(header))
        for r in rows:
            posting = (r.entry_id, r.line, paths[r.account_id], r.item, r.debit, r.credit)
            drafts["postings.csv"].writerow(posting)
            postings += 1
    return {"entries.csv": entries, "postings.csv": postings}


def _entry(row: Row[Any]) -> Sequence[Any]:
    """A row of entries.csv: with the texts and moments exactly as the digest covers them."""
    moment = moment_text(row.recorded_at)
    extra = header_extra(row)
    return (
        row.id,
        inert_exact(row.key),
        *(row.kind, row.programme, row.currency, row.effective_on.isoformat(), moment),
        *(row.reverses_id, inert_exact(row.source), inert_exact(row.reason), row.content),
        json.dumps(extra, separators=(",", ":")) if extra else "",
        *(row.fiscal_year, row.voucher, row.total, row.digest),
    )
