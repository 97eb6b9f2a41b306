"""What a version of a destination says, as a mark of sixteen hex digits that names nobody.

Digests of lists cover the mark. It outlives the values: when a person's data is erased, the marks
of his destinations are kept, so that the lists of then still prove themselves.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import destination_mark
from app.beneficiaries.tables import destination


def mark_of(row: Any) -> str:
    """The mark of a row with `bank_bin`, `account_key` (the account's blind index), `holder`."""
    return mark_of_text(f"{row.bank_bin}|{row.account_key}|{row.holder}")


def mark_of_text(told: str) -> str:
    """The mark of `bank|account's blind index|holder`."""
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def keep_marks(session: Session, person_id: int) -> None:
    """Keep the marks of a person whose destinations are about to be erased."""
    rows = session.execute(select(destination).where(destination.c.person_id == person_id)).all()
    if rows:
        marks = [{"destination_id": row.id, "mark": mark_of(row)} for row in rows]
        session.execute(insert(destination_mark), marks)
