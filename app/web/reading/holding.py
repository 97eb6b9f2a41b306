"""Holds that stand or ended, with the names of who ended them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.disbursement.tables import hold

SHOWN = 25


def cleared(session: Session) -> list[Row[Any]]:
    """The last holds that two officers ended, the newest first."""
    query = _named().where(hold.c.cleared_at.is_not(None))
    return list(session.execute(query.order_by(hold.c.cleared_at.desc()).limit(SHOWN)))


def one(session: Session, hold_id: int) -> Row[Any] | None:
    """A hold, ended or not; None where there is none."""
    return session.execute(_named().where(hold.c.id == hold_id)).one_or_none()


def _named() -> Select[Any]:
    first, second = officer.alias("first"), officer.alias("second")
    return (
        select(hold, first.c.name.label("first_name"), second.c.name.label("second_name"))
        .outerjoin(first, first.c.id == hold.c.cleared_by)
        .outerjoin(second, second.c.id == hold.c.cleared_too_by)
    )
