"""Troubles: what failed at one provider, kept until the same work succeeds, for people to see.

One sick provider, batch or file stops nobody else; so that it is not forgotten it stands here with
how often and since when.
"""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, Text, cast, literal, select, update
from sqlalchemy.orm import Session

from app.disbursement.sending_tables import trouble
from app.disbursement.states import ANSWERED, CANCELLED, DONE, SENT
from app.disbursement.tables import batch
from app.errors import AnSinhError
from app.text import mask_numbers
from bank_adapters.errors import BankError
from ledger.bulk import insert_one, written
from ledger.errors import LedgerError
from reconciliation.tables import inbound_file

SEND, COLLECT, ENQUIRE, PACK = "send", "collect", "enquire", "pack"
NAMES, CALLS = "names", "calls"
"""Files whose names nobody takes; calls that can no longer be read."""
ERROR_MAX = 500
_BEYOND = (SENT, ANSWERED, DONE, CANCELLED)


def of_batch(number: int) -> str:
    """The subject of a batch."""
    return f"batch:{number}"


def of_file(number: int) -> str:
    """The subject of a received file."""
    return f"file:{number}"


def told(error: Exception) -> str:
    """An error as it may be kept: our own sentences; of any other its kind and place only, since
    its text may hold what nobody may read."""
    if isinstance(error, AnSinhError | BankError | LedgerError):
        return mask_numbers(str(error))[:ERROR_MAX]
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"Lỗi ngoài dự kiến {type(error).__name__}{place}."


def note(session: Session, provider: str, subject: str, error: str, now: datetime) -> None:
    """This failed now; it stands until it ends."""
    again = _open(provider, subject).values(error=error, last_at=now, times=trouble.c.times + 1)
    if written(session, again) == 0:
        told_once = {"error": error, "first_at": now, "last_at": now, "times": 1}
        insert_one(session, trouble, provider=provider, subject=subject, **told_once)


def end(session: Session, provider: str, subject: str, now: datetime) -> None:
    """The same work succeeded."""
    session.execute(_open(provider, subject).values(ended_at=now))


def end_of_batches(session: Session, now: datetime) -> None:
    """Troubles of batches that evidence has moved on, or that were cancelled, are over."""
    gone = select(_subject("batch", batch)).where(batch.c.state.in_(_BEYOND))
    _end_all(session, gone, now)


def end_of_files(session: Session, now: datetime) -> None:
    """Troubles of files that were read and acted upon, or stand in quarantine, are over: whoever
    was too late to read one has nothing to do any more."""
    done = inbound_file.c.state.not_in(("received", "read"))
    _end_all(session, select(_subject("file", inbound_file)).where(done), now)


def _subject(kind: str, table: Table) -> ColumnElement[str]:
    return literal(f"{kind}:") + cast(table.c.id, Text)


def _end_all(session: Session, subjects: Select[Any], now: datetime) -> None:
    mine = update(trouble).where(trouble.c.subject.in_(subjects), trouble.c.ended_at.is_(None))
    session.execute(mine.values(ended_at=now))


def standing_of(session: Session) -> set[tuple[str, str]]:
    """(provider, subject) of every trouble that stands."""
    query = select(trouble.c.provider, trouble.c.subject).where(trouble.c.ended_at.is_(None))
    return {(row.provider, row.subject) for row in session.execute(query)}


def _open(provider: str, subject: str) -> Any:
    mine = (trouble.c.provider == provider, trouble.c.subject == subject)
    return update(trouble).where(*mine, trouble.c.ended_at.is_(None))


def standing(session: Session) -> list[Row[Any]]:
    """Troubles that stand, oldest first."""
    query = select(trouble).where(trouble.c.ended_at.is_(None))
    return list(session.execute(query.order_by(trouble.c.first_at, trouble.c.id)))
