"""How many complaints of a month were closed, of those received: by commune."""

from __future__ import annotations

from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.complaints.states import CLOSED
from app.complaints.tables import complaint, complaint_step
from app.months import day_in, shift


class Counted(NamedTuple):
    """A commune's month: received in it; of those closed by now, and answered by their day as they
    stand (one that was opened again counts when it is answered anew); who said how content (1 to
    5), and the sum of it."""

    area_code: str
    received: int
    closed: int
    in_time: int
    rated: int
    stars: int

    @property
    def rating(self) -> float | None:
        """The mean of what people said; None where nobody did."""
        return self.stars / self.rated if self.rated else None


def counted(session: Session, period: str, within: ColumnElement[bool]) -> list[Counted]:
    """Each commune with complaints that came in a month (Viet Nam's days), in the order of codes;
    `within` is a condition on `complaint`."""
    mine = complaint.c
    in_time = and_(mine.answered_at.is_not(None), _day_of(session) <= mine.due_on)
    rows = session.execute(
        select(
            mine.area_code,
            func.count(),
            func.sum(case((mine.state == CLOSED, 1), else_=0)),
            func.sum(case((in_time, 1), else_=0)),
            func.count(mine.satisfaction),
            func.coalesce(func.sum(mine.satisfaction), 0),
        )
        .where(mine.opened_at >= _begin(period), mine.opened_at < _begin(shift(period, 1)), within)
        .group_by(mine.area_code)
        .order_by(mine.area_code)
    )
    return [Counted(str(row[0]), *(int(one) for one in row[1:])) for row in rows]


class Closed(NamedTuple):
    """A commune's month as it was known at a moment: received in it, and of those closed."""

    area_code: str
    received: int
    closed: int


def closed_until(session: Session, period: str, until: datetime) -> list[Closed]:
    """Each commune with complaints that came in a month, in the order of codes: what had come and
    stood closed at a moment, whatever was opened again since."""
    mine, step = complaint.c, complaint_step.c
    stood = (
        select(step.state)
        .where(step.complaint_id == mine.id, step.at <= until)
        .order_by(step.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(mine.area_code, func.count(), func.sum(case((stood == CLOSED, 1), else_=0)))
        .where(mine.opened_at >= _begin(period), mine.opened_at < _begin(shift(period, 1)),
               mine.opened_at <= until)
        .group_by(mine.area_code)
        .order_by(mine.area_code)
    )  # fmt: skip
    return [Closed(str(row[0]), int(row[1]), int(row[2])) for row in rows]


def _begin(period: str) -> datetime:
    return datetime.combine(day_in(period, 1), time(0), TIME_ZONE)


def _day_of(session: Session) -> ColumnElement[str]:
    """The day of the answer in Viet Nam, as a column of days holds it."""
    at = complaint.c.answered_at
    if session.get_bind().dialect.name == "sqlite":
        return func.date(at, "+7 hours")
    return func.date(func.timezone("Asia/Ho_Chi_Minh", at))
