"""Reading the trail: who did what, to what, when; the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from app.audit.tables import audit_event, audit_link

SHOWN_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines: of these actions or of those that begin so, of this actor (a name or a number,
    as it was written), about this thing, from `since` on and before `until`."""

    actions: Sequence[str] = field(default=())
    beginning: str = ""
    actors: Sequence[str] = field(default=())
    thing: str = ""
    since: datetime | None = None
    until: datetime | None = None


def lines(
    session: Session, asked: Asked, limit: int = SHOWN_MAX, before: int = 0
) -> Sequence[Row[Any]]:
    """Lines of the trail with their place in its chain, None until they are linked; those older
    than the line `before`, if any."""
    event = audit_event.c
    query = _linked().order_by(event.at.desc(), event.id.desc())
    last = line(session, before) if before else None
    if last is not None:
        query = query.where(
            tuple_(event.at, event.id) < tuple_(literal(last.at, event.at.type), last.id)
        )
    return session.execute(_asked(query, asked).limit(limit)).all()


def how_many(session: Session, action: str, since: datetime, most: int) -> int:
    """How many lines of an action there are since a moment, at most `most` + 1."""
    event = audit_event.c
    some = select(event.id).where(event.action == action, event.at > since).limit(most + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def line(session: Session, number: int) -> Row[Any] | None:
    """One line of the trail, with its position and link; None where there is none."""
    return session.execute(_linked().where(audit_event.c.id == number)).one_or_none()


def _linked() -> Select[Any]:
    mine = audit_link.c
    return select(audit_event, mine.position, mine.link).outerjoin(
        audit_link, mine.event_id == audit_event.c.id
    )


def _asked(query: Select[Any], asked: Asked) -> Select[Any]:
    event = audit_event.c
    if asked.actions:
        query = query.where(event.action.in_(asked.actions))
    if asked.beginning:
        query = query.where(event.action.startswith(asked.beginning, autoescape=True))
    if asked.actors:
        query = query.where(event.actor.in_(asked.actors))
    if asked.thing:
        query = query.where(event.object == asked.thing)
    if asked.since is not None:
        query = query.where(event.at >= asked.since)
    return query if asked.until is None else query.where(event.at < asked.until)
