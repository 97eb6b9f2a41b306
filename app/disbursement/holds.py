"""Holds: anybody of finance sets one, two different persons clear it; money looks first."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.disbursement.tables import hold
from app.errors import Held, NotFound, Refused
from ledger.bulk import insert_one, written


def set_hold(session: Session, scope: str, key: str, reason: str, actor: str, now: datetime) -> int:
    """Stop money for a scope ('global', 'provider', 'programme', 'unit'); gives the hold's id."""
    values = {"scope": scope, "key": key, "reason": reason, "set_by": actor, "set_at": now}
    return insert_one(session, hold, **values)


def is_set(session: Session, scope: str, key: str, reason: str) -> bool:
    """Whether this very hold stands already."""
    return (
        session.scalar(
            select(hold.c.id)
            .where(hold.c.scope == scope, hold.c.key == key, hold.c.reason == reason)
            .where(hold.c.cleared_at.is_(None))
        )
        is not None
    )


def clear_hold(session: Session, number: int, one: int, other: int, now: datetime) -> None:
    """Two different officers clear a hold. Raises Refused for one person, NotFound."""
    if one == other:
        raise Refused("Bỏ lệnh dừng cần hai người khác nhau.", "Nhờ người thứ hai xác nhận.")
    cleared = written(
        session,
        update(hold)
        .where(hold.c.id == number, hold.c.cleared_at.is_(None))
        .values(cleared_by=one, cleared_too_by=other, cleared_at=now),
    )
    if cleared != 1:
        raise NotFound(f"Không có lệnh dừng {number} đang hiệu lực.")


def held_for(session: Session, provider: str, programme: str, unit: str) -> str | None:
    """The reason of a hold that touches this provider, programme or unit, None when free."""
    scopes = (("global", ""), ("provider", provider), ("programme", programme), ("unit", unit))
    touched = or_(*(and_(hold.c.scope == scope, hold.c.key == key) for scope, key in scopes))
    return session.scalar(select(hold.c.reason).where(touched, hold.c.cleared_at.is_(None)))


def refuse_held(session: Session, provider: str, programme: str, unit: str) -> None:
    """Raise Held when a hold touches this provider, programme or unit."""
    reason = held_for(session, provider, programme, unit)
    if reason is not None:
        raise Held(f"Đang dừng chi: {reason}", "Hai người có quyền phải cùng bỏ lệnh dừng.")
