"""Who looked at whom: the trail by person, by officer and by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.audit.tables import audit_event

SHOWN_MAX = 1_000
_LOOKS = ("view", "reveal", "export", "erase")


def views(
    session: Session,
    *,
    person_id: int | None = None,
    actor: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = SHOWN_MAX,
) -> Sequence[Row[Any]]:
    """Looks at people, the newest first: at, actor, action, object, detail."""
    query = select(audit_event).order_by(audit_event.c.at.desc(), audit_event.c.id.desc())
    query = query.where(audit_event.c.action.in_([f"cli:person:{one}" for one in _LOOKS]))
    if person_id is not None:
        query = query.where(audit_event.c.object == f"person:{person_id}")
    if actor:
        query = query.where(audit_event.c.actor == actor)
    if since is not None:
        query = query.where(audit_event.c.at >= since)
    if until is not None:
        query = query.where(audit_event.c.at < until)
    return session.execute(query.limit(limit)).all()
