"""What people wish of messages: none at all, or none with amounts. The last word counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from app.messaging.tables import message_wish

NO_MESSAGES, NO_AMOUNTS = "no_messages", "no_amounts"
WISHES = (NO_MESSAGES, NO_AMOUNTS)


def set_wish(
    session: Session, people: Iterable[int], wish: str, is_on: bool, by: str, now: datetime
) -> None:
    """Keep a wish of these people, or that it is over; `by` is the officer who was told."""
    told = {"wish": wish, "is_on": int(is_on), "recorded_by": by, "recorded_at": now}
    if rows := [{"person_id": one, **told} for one in people]:
        session.execute(insert(message_wish), rows)


def wishes(person_id: ColumnElement[int], wish: str) -> ColumnElement[Any]:
    """1 where the person of a row wishes so; 0 or null where not."""
    mine = message_wish.alias(f"wish_{wish}")
    return (
        select(mine.c.is_on)
        .where(mine.c.person_id == person_id, mine.c.wish == wish)
        .order_by(mine.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
