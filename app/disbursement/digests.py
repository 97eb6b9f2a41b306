"""The digest of a batch: what two finance officers release is what is sent.

SHA-256 over `message id|day it is to be carried out`, then over each instruction as
`obligation|destination|amount|reference|attempt|method`, in the order of the payroll's lines.
Batches built before 0.4.0 were digested over `obligation|destination|amount` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, bindparam, func, select
from sqlalchemy.orm import Session

from app.disbursement.tables import batch, instruction
from ledger.bulk import chunks

AT_ONCE = 10
"""Batches whose lines are in memory at once, each at most 50,000 of 60 bytes."""
_FIELDS = ("obligation_id", "destination_id", "amount", "reference", "attempt", "method")
_OLD_FIELDS = _FIELDS[:3]
_told = attrgetter(*_FIELDS)


def digest_of(message_id: str, on: date, rows: Iterable[Any]) -> str:
    """The digest over instructions, in their order; `on` is the day to carry the batch out."""
    lines = ("|".join(map(str, _told(row))) for row in rows)
    return _digest(message_id, on, "\n".join(lines))


def _digest(message_id: str, on: date, lines: str) -> str:
    return hashlib.sha256(f"{message_id}|{on}\n{lines}\n".encode()).hexdigest()


def batch_digests(session: Session, batch_ids: Collection[int]) -> dict[int, str]:
    """Digests of batches as they stand now."""
    return {
        row.id: _digest(row.message_id, row.requested_on, row.lines)
        for row in _lines(session, batch_ids, _FIELDS)
    }


def _old_digests(session: Session, batch_ids: Collection[int]) -> dict[int, str]:
    """Digests of batches as they were made before 0.4.0."""
    return {
        row.id: hashlib.sha256(f"{row.lines}\n".encode()).hexdigest()
        for row in _lines(session, batch_ids, _OLD_FIELDS)
    }


def _lines(
    session: Session, batch_ids: Collection[int], fields: Sequence[str]
) -> Iterator[Row[Any]]:
    """The lines of each batch as one text, put together by the database."""
    for some in chunks(batch_ids, AT_ONCE):
        yield from session.execute(_texts(fields), {"ids": some})


@cache
def _texts(fields: Sequence[str]) -> Select[Any]:
    line: ColumnElement[str] = func.concat_ws(
        "|", *(instruction.c[name] for name in fields), type_=Text
    )
    lines = func.aggregate_strings(line, "\n").aggregate_order_by(instruction.c.payroll_line_id)
    head = (batch.c.id, batch.c.message_id, batch.c.requested_on)
    return (
        select(*head, lines.label("lines"))
        .join(instruction, instruction.c.batch_id == batch.c.id)
        .where(batch.c.id.in_(bindparam("ids", expanding=True)))
        .group_by(*head)
    )


def rebuilt(session: Session, confirmed: Mapping[int, str]) -> list[int]:
    """Which of these batches no longer have the digest that was confirmed, by id."""
    now = batch_digests(session, confirmed)
    other = [one for one, digest in confirmed.items() if one not in now or now[one] != digest]
    before = _old_digests(session, other) if other else {}
    return sorted(one for one in other if one not in before or before[one] != confirmed[one])
