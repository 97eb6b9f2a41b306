"""Who is at work on which account: where each officer was last, and who else is there now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.disbursement.bench_tables import bench_place

HERE_FOR = timedelta(minutes=10)
"""For how long after his last page somebody counts as being there."""


@dataclass(frozen=True, slots=True)
class Place:
    """An account by its contract, a month, a tab and its page, and the line that is open (0)."""

    contract_id: int
    period: str
    tab: str
    page: int
    line_id: int = 0


def come(session: Session, officer_id: int, place: Place, now: datetime) -> None:
    """The officer is here now; where he was before is forgotten."""
    mine = update(bench_place).where(bench_place.c.officer_id == officer_id)
    moved: Any = session.execute(mine.values(**asdict(place), seen_at=now))
    if not moved.rowcount:
        session.execute(
            insert(bench_place).values(officer_id=officer_id, **asdict(place), seen_at=now)
        )


def last_place(session: Session, officer_id: int) -> Row[Any] | None:
    """Where the officer was last, None where he never was at the workbench."""
    query = select(bench_place).where(bench_place.c.officer_id == officer_id)
    return session.execute(query).one_or_none()


def others(session: Session, contract_id: int, officer_id: int, now: datetime) -> list[Row[Any]]:
    """Who else is at work on an account: name, and the line he has open, 0 for none."""
    p = bench_place.c
    query = (
        select(officer.c.name, p.line_id, p.seen_at)
        .join(officer, officer.c.id == p.officer_id)
        .where(p.contract_id == contract_id, p.officer_id != officer_id)
        .where(p.seen_at > now - HERE_FOR)
        .order_by(p.seen_at.desc())
    )
    return list(session.execute(query))
