"""A release lives three banking days: a batch that was not sent by then is released anew.

Two persons released it for a day they had in mind. Later the account, the person or the money may
be another, so the batch goes back to `built`, and two persons look again: the next round.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.states import BUILT, RELEASED
from app.disbursement.tables import batch, batch_event, batch_release
from app.errors import Refused
from app.schedule.calendar import calendar_of
from app.schedule.days import RELEASE_DAYS, last_day_to_send

# An alias makes all its columns anew; this one is asked of every batch.
_OTHER = batch_release.alias("round_of")


def newest_round(batch_id: Any) -> ScalarSelect[int | None]:
    """The newest round in which a batch was released; null before the first."""
    return (
        select(func.max(_OTHER.c.round))
        .where(_OTHER.c.batch_id == batch_id)
        .correlate_except(_OTHER)
        .scalar_subquery()
    )


def people_of_release(batch_id: Any) -> ScalarSelect[int]:
    """How many different officers released a batch in its newest round."""
    return (
        select(func.count(func.distinct(batch_release.c.officer_id)))
        .where(batch_release.c.batch_id == batch_id)
        .where(batch_release.c.round == newest_round(batch_id))
        .correlate_except(batch_release)
        .scalar_subquery()
    )


def lapsed(session: Session, now: datetime) -> list[tuple[int, date]]:
    """Released batches whose release is too old to send, each with the day it was released."""
    released_at = (
        select(func.max(batch_event.c.at))
        .where(batch_event.c.batch_id == batch.c.id, batch_event.c.state == RELEASED)
        .scalar_subquery()
    )
    query = select(batch.c.id, released_at.label("at")).where(batch.c.state == RELEASED)
    calendar, today = calendar_of(session), local_date(now)
    rows = session.execute(query.order_by(batch.c.id)).all()
    days = ((row.id, local_date(row.at)) for row in rows if row.at is not None)
    return [one for one in days if last_day_to_send(calendar, one[1]) < today]


def take_back(session: Session, batch_ids: list[int]) -> None:
    """Batches whose release lapsed wait for a new one."""
    mine = update(batch).where(batch.c.id.in_(batch_ids), batch.c.state == RELEASED)
    session.execute(mine.values(state=BUILT))


def last_day_of(session: Session, batch_id: int) -> date | None:
    """The last day on which a batch may be sent under its newest release; None without one."""
    event = batch_event.c
    query = select(func.max(event.at)).where(event.batch_id == batch_id, event.state == RELEASED)
    released_at = session.scalar(query)
    if released_at is None:
        return None
    return last_day_to_send(calendar_of(session), local_date(released_at))


def is_lapsed(session: Session, batch_id: int, now: datetime) -> bool:
    """Whether the release of a batch is older than it may be."""
    last = last_day_of(session, batch_id)
    return last is not None and last < local_date(now)


def refuse_lapsed(session: Session, batch_id: int, now: datetime) -> None:
    """Raise Refused when the release of a batch is older than it may be."""
    last = last_day_of(session, batch_id)
    if last is not None and last < local_date(now):
        raise Refused(
            f"Lô {batch_id} giải ngân quá {RELEASE_DAYS} ngày làm việc (hết hạn {last:%d/%m/%Y}).",
            "Hai người giải ngân lại lô này.",
        )


def last_round(session: Session, batch_id: int) -> int:
    """The newest round in which a batch was released; 0 before the first."""
    return session.scalar(select(newest_round(batch_id))) or 0
