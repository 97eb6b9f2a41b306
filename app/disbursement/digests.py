"""The digest of a batch: what two finance officers release is what is sent.

SHA-256 over `message id|day it is to be carried out`, then over each instruction as
`obligation|destination|amount|reference|attempt|method`, in the order of the payroll's lines.
Batches built before 0.4.0 were digested over `obligation|destination|amount` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.disbursement.tables import batch, instruction

FETCH_ROWS = 5_000
_FIELDS = ("obligation_id", "destination_id", "amount", "reference", "attempt", "method")
_OLD_FIELDS = 3


class Digests(NamedTuple):
    """The digest of a batch as it is made now, and as it was made before 0.4.0."""

    now: str
    before: str


def digests_of(message_id: str, on: date, rows: Iterable[Any]) -> Digests:
    """The digests over instructions, in their order; `on` is the day to carry the batch out."""
    digest, before = hashlib.sha256(f"{message_id}|{on}\n".encode()), hashlib.sha256()
    for row in rows:
        told = [str(getattr(row, name)) for name in _FIELDS]
        digest.update(("|".join(told) + "\n").encode())
        before.update(("|".join(told[:_OLD_FIELDS]) + "\n").encode())
    return Digests(digest.hexdigest(), before.hexdigest())


def batch_digests(session: Session, batch_ids: Iterable[int] = ()) -> dict[int, Digests]:
    """Digests of batches as they stand now, of all batches without ids; one streamed query."""
    query = (
        select(
            instruction.c.batch_id,
            batch.c.message_id,
            batch.c.requested_on,
            *(instruction.c[name] for name in _FIELDS),
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .order_by(instruction.c.batch_id, instruction.c.payroll_line_id)
    )
    if chosen := list(batch_ids):
        query = query.where(instruction.c.batch_id.in_(chosen))
    rows = session.execute(query.execution_options(yield_per=FETCH_ROWS))
    heads = groupby(rows, key=lambda row: (row.batch_id, row.message_id, row.requested_on))
    return {number: digests_of(message, on, group) for (number, message, on), group in heads}


def rebuilt(session: Session, confirmed: Mapping[int, str]) -> list[int]:
    """Which of these batches no longer have the digest that was confirmed, by id."""
    now = batch_digests(session, confirmed)
    return sorted(
        number for number, digest in confirmed.items() if digest not in now.get(number, ())
    )
