"""The canonical text of an entry, and its digest.

A header line and one line per posting, ordered by line number, joined by newlines:
`key|kind|programme|currency|effective_on|recorded_at|reverses|source|reason` and
`line|account path|item|debit|credit`. The digest is SHA-256 of that text in UTF-8, in hex.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ledger.tables import account, entry, posting

FETCH_ROWS = 5_000


def entry_digest(session: Session, entry_id: int) -> str:
    """Digest of an entry as it stands in the database."""
    header = session.execute(select(entry).where(entry.c.id == entry_id)).one()
    digest = hashlib.sha256(header_text(header).encode())
    rows = session.execute(
        select(posting.c.line, account.c.path, posting.c.item, posting.c.debit, posting.c.credit)
        .join(account, account.c.id == posting.c.account_id)
        .where(posting.c.entry_id == entry_id)
        .order_by(posting.c.line)
        .execution_options(yield_per=FETCH_ROWS)
    )
    for part in rows.partitions():
        digest.update("".join(_lines(part)).encode())
    return digest.hexdigest()


def header_text(row: Row[Any]) -> str:
    """The first line of the canonical text."""
    moment = row.recorded_at.astimezone(UTC).isoformat(timespec="microseconds")
    return "|".join(
        (
            row.key,
            row.kind,
            row.programme,
            row.currency,
            row.effective_on.isoformat(),
            moment,
            str(row.reverses_id or ""),
            row.source,
            row.reason,
        )
    )


def _lines(rows: Any) -> Iterator[str]:
    for line, path, item, debit, credit in rows:
        yield f"\n{line}|{path}|{item}|{debit}|{credit}"
