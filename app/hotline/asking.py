"""Whose look-up it is, and whether it still counts: every step of a call asks this first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.role_tables import DESK
from app.access.scope import Scope, scope_of
from app.beneficiaries.reached import lives
from app.beneficiaries.tables import person
from app.errors import NotFound, Refused
from app.hotline.tables import hotline_check, hotline_lookup, hotline_verdict

LASTS = timedelta(minutes=15)
"""How long a look-up may be followed by its check, and what a passed check opens."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a passed check has opened to an officer: by which look-up, why, and until when."""

    lookup_id: int
    person_id: int
    reason: str
    until: datetime


def desk_scope(session: Session, username: str, now: datetime) -> Scope:
    """Whose people an officer may look up. Raises Forbidden without the role."""
    return scope_of(session, username, now, (DESK,))


def lookup_of(session: Session, whose: Scope, number: int) -> Row[Any]:
    """A look-up of this officer with its check and verdict, None in their columns where there is
    none yet. Raises NotFound for another's."""
    query = (
        select(hotline_lookup, hotline_check.c.person_id, hotline_check.c.questions,
               hotline_verdict.c.is_passed, hotline_verdict.c.answered_at)
        .outerjoin(hotline_check, hotline_check.c.lookup_id == hotline_lookup.c.id)
        .outerjoin(hotline_verdict, hotline_verdict.c.lookup_id == hotline_lookup.c.id)
        .where(hotline_lookup.c.id == number, hotline_lookup.c.officer_id == whose.officer_id)
    )  # fmt: skip
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
    return found


def require_live(row: Row[Any], now: datetime) -> None:
    """Raise Refused for a look-up that is too old to be gone on with."""
    since = row.answered_at or row.asked_at
    if since <= now - LASTS:
        raise Refused("Lượt tra cứu này đã quá 15 phút.", "Tra cứu lại từ đầu.")


def require_here(session: Session, whose: Scope, person_id: int) -> None:
    """Raise NotFound for a person who is not, or no more, of the officer's communes, or who has
    died, was merged or forgotten meanwhile."""
    area = session.scalar(select(person.c.area_code).where(person.c.id == person_id, lives()))
    if area is None:
        raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
    whose.require(area)


def caller_of(session: Session, whose: Scope, number: int, now: datetime) -> Caller:
    """The person that this officer's look-up has opened, and still opens.

    Raises NotFound for another's look-up or one that was not passed, Refused for one that is over.
    """
    row = lookup_of(session, whose, number)
    if not row.is_passed:
        raise NotFound("Không có lượt tra cứu này.", "Tra cứu lại.")
    require_live(row, now)
    require_here(session, whose, row.person_id)
    return Caller(row.id, row.person_id, row.reason, row.answered_at + LASTS)
