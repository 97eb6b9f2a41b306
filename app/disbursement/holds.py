"""Holds: one person or the house itself sets one, two persons clear it; money looks first.

A global hold may have a name in its key: `proofs` when the books did not prove, `restored` when
the database came from a backup. Whatever its name, it stops everything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.disbursement.tables import hold
from app.errors import Conflict, NotFound, Refused
from ledger.bulk import insert_one, written

GLOBAL, PROOFS, RESTORED = "global", "proofs", "restored"
UNIT, AREA, PERSON, INSTRUCTION = "unit", "area", "person", "instruction"
LINE_SCOPES = (AREA, PERSON, INSTRUCTION)
"""Scopes that may touch single lines of a batch (`held.py`): key is an area's code, an id else."""
SCOPES = (GLOBAL, "provider", "programme", UNIT, *LINE_SCOPES)


def set_hold(session: Session, scope: str, key: str, reason: str, actor: str, now: datetime) -> int:
    """Stop money for a scope, one of `SCOPES`; gives the hold's id."""
    values = {"scope": scope, "key": key, "reason": reason, "set_by": actor, "set_at": now}
    return insert_one(session, hold, **values)


def set_once(
    session: Session, scope: str, key: str, reason: str, actor: str, now: datetime
) -> int | None:
    """The same, unless this very hold stands already; gives the new hold's id, else None."""
    if is_set(session, scope, key, reason):
        return None
    return set_hold(session, scope, key, reason, actor, now)


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


def standing(session: Session) -> list[Row[Any]]:
    """Every hold that stands, oldest first."""
    query = select(hold).where(hold.c.cleared_at.is_(None)).order_by(hold.c.set_at, hold.c.id)
    return list(session.execute(query))


def hold_of(session: Session, number: int) -> Row[Any]:
    """A hold that stands. Raises NotFound."""
    query = select(hold).where(hold.c.id == number, hold.c.cleared_at.is_(None))
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(
            f"Không có lệnh dừng chi số {number} đang hiệu lực.", "Xem số bằng `ansinh hold list`."
        )
    return row


def clear_hold(session: Session, number: int, one: int, other: int, now: datetime) -> None:
    """Two different officers clear a hold; the database asks for what both confirmed.

    Raises Refused for one person, NotFound.
    """
    if one == other:
        raise Refused("Bỏ lệnh dừng cần hai người khác nhau.", "Nhờ người thứ hai xác nhận.")
    hold_of(session, number)
    cleared = written(
        session,
        update(hold)
        .where(hold.c.id == number, hold.c.cleared_at.is_(None))
        .values(cleared_by=one, cleared_too_by=other, cleared_at=now),
    )
    if cleared != 1:
        raise Conflict(f"Lệnh dừng chi số {number} vừa được bỏ.", "Xem lại `ansinh hold list`.")
