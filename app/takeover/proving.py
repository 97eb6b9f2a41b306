"""What two persons confirmed of each take-over, recomputed from the rows that were stored."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.takeover import accepting, loading
from app.takeover.content import stored
from app.takeover.tables import take_over, take_over_acceptance


def take_over_acts(session: Session) -> dict[tuple[int, int, str], str]:
    """(act, officer, step) of every load and acceptance, and the digest that act must carry."""
    wanted = {}
    digests = {}
    for row in session.execute(select(take_over).order_by(take_over.c.id)).all():
        digests[row.id] = stored(session, row.id).digest
        wanted[row.act_id, row.loaded_by, loading.STEP] = digests[row.id]
    for row in session.execute(select(take_over_acceptance)):
        wanted[row.act_id, row.officer_id, accepting.STEP] = digests[row.take_over_id]
    return wanted
