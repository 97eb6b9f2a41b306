"""Batches of which the books believe that nothing ever left, while the send journal knows better.

A first try did not hand anything over, and the books say so; a later one did, and they have
forgotten it: the database is older than its journal. Such a batch must not be handed over anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.disbursement.claims import never_left
from app.disbursement.journal import Handed, Journal
from app.disbursement.states import SENDING
from app.disbursement.tables import batch, batch_event


def believed_kept(session: Session) -> list[Row[Any]]:
    """Batches in doubt by name only, with `sendings` and `last_at`, when their last event was."""
    event = batch_event.c
    sent = select(func.count()).where(event.batch_id == batch.c.id, event.state == SENDING)
    last = select(func.max(event.at)).where(event.batch_id == batch.c.id)
    figures = (sent.scalar_subquery().label("sendings"), last.scalar_subquery().label("last_at"))
    query = select(batch, *figures).where(batch.c.id.in_(never_left(session)))
    return list(session.execute(query.order_by(batch.c.id)))


def newest_unknown(row: Row[Any], lines: Iterable[Handed]) -> Handed | None:
    """The journal's newest line of such a batch where it knows of a handing over that the books do
    not: one after their last event, or one more than they have sendings."""
    mine = sorted((one for one in lines if _is_about(one, row)), key=lambda one: one.at)
    if mine and (mine[-1].at > row.last_at or len(mine) > row.sendings):
        return mine[-1]
    return None


def _is_about(line: Handed, row: Row[Any]) -> bool:
    # The first version's lines name the batch only.
    is_it = line.message_id == row.message_id if line.message_id else line.batch == row.id
    return bool(is_it)


def left_since(session: Session, journal: Journal) -> list[int]:
    """Ids of batches that have left after the books' last word on them."""
    return [
        row.id for row in believed_kept(session) if newest_unknown(row, journal.lines) is not None
    ]
