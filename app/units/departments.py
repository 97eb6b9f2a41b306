"""The departments that programmes belong to, as they are shipped; a province may rename them."""

from __future__ import annotations

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.units.tables import department, programme

# Health took over social assistance and social pensions from the former labour department,
# Home Affairs those with merit (Decree 42/2025/ND-CP, Decree 25/2025/ND-CP).
SHIPPED = {
    "health": ("Sở Y tế", ("assistance", "pension")),
    "home_affairs": ("Sở Nội vụ", ("merit",)),
}


def ship_departments(session: Session) -> None:
    """Write the departments, once, and which programmes are theirs; harmless to repeat."""
    if session.scalars(select(department.c.code)).first() is None:
        rows = [{"code": code, "name": name} for code, (name, _) in SHIPPED.items()]
        session.execute(insert(department), rows)
    for code in session.scalars(select(department.c.code)).all():
        _, programmes = SHIPPED.get(code, ("", ()))
        none = programme.c.department.is_(None)
        session.execute(
            update(programme).where(programme.c.code.in_(programmes), none).values(department=code)
        )
