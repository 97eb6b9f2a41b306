"""What a training installation shows at its sign-in: made-up officers and their password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.role_tables import role_grant
from app.access.roles import in_force
from app.access.sign_in_tables import officer_password
from app.access.tables import officer


def demo_users(session: Session, now: datetime) -> Sequence[Any]:
    """(role, username, name) of the first two officers of each role who may sign in."""
    place = func.row_number().over(
        partition_by=role_grant.c.role, order_by=(officer.c.username, officer.c.id)
    )
    found = (
        select(role_grant.c.role, officer.c.username, officer.c.name, place.label("place"))
        .join(officer, officer.c.id == role_grant.c.officer_id)
        .where(in_force(now), officer.c.id.in_(select(officer_password.c.officer_id)))
        .subquery()
    )
    query = select(found.c.role, found.c.username, found.c.name).where(found.c.place <= 2)
    return session.execute(query.order_by(found.c.role, found.c.username)).all()
