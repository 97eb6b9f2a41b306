"""Whose money a session may look at: the person's, and that of others who have the same number.

Whoever reads the messages of a number reads of these people anyway; not of one who wished that no
amounts come to it, for that one shares the phone unwillingly.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.reached import may_be_answered
from app.beneficiaries.tables import person
from app.errors import NotFound
from app.messaging.wishes import NO_AMOUNTS, wishes

MOST = 20


def people_of(session: Session, mine: Row[Any]) -> list[Row[Any]]:
    """(id, name) of everyone whom a session may look at: its own person first, the others in the
    order of Vietnamese names, at most twenty."""
    own = person.c.id == mine.person_id
    query = select(person.c.id, person.c.name).where(*_seen(mine))
    return list(session.execute(query.order_by(~own, person.c.sort_key, person.c.id).limit(MOST)))


def require_seen(session: Session, mine: Row[Any], person_id: int) -> None:
    """Raise NotFound where a session may not look at a person: as where there is none."""
    query = select(person.c.id).where(person.c.id == person_id, *_seen(mine))
    if session.scalar(query) is None:
        raise NotFound("Không có trang này.", "Quay lại trang của bạn.")


def _seen(mine: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    shares = func.coalesce(wishes(person.c.id, NO_AMOUNTS), 0) == 0
    of_number = person.c.phone_key == mine.phone_key
    return of_number, may_be_answered(), or_(person.c.id == mine.person_id, shares)
