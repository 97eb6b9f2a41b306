"""How the outbox stands: what waits, what was spent today, who wishes no messages or no amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal_column, select
from sqlalchemy.orm import Session

from app.messaging.spending import ALL, full_prefixes, spent
from app.messaging.states import IN_DOUBT, QUEUED, SENDING
from app.messaging.tables import message, message_mark, message_wish
from app.messaging.terms import Terms
from ledger.schema import whole_sum

WAITS = (QUEUED, SENDING, IN_DOUBT)
# As the partial index writes it: not one of the messages that are over is looked at.
_WAITING: ColumnElement[bool] = literal_column("message.state in ('queued', 'sending', 'in_doubt')")


def waiting(session: Session) -> list[Row[Any]]:
    """(state, messages, cost, oldest) of what is not over, by state; cost in VND."""
    query = select(
        message.c.state,
        func.count().label("messages"),
        whole_sum(message.c.cost).label("cost"),
        func.min(message.c.try_at, type_=message.c.try_at.type).label("oldest"),
    )
    rows = session.execute(query.where(_WAITING).group_by(message.c.state))
    return sorted(rows, key=lambda row: WAITS.index(row.state))


def today(session: Session, terms: Terms, day: date) -> dict[str, Any]:
    """What left on a day and cost, beside the budget, and the prefixes that are full."""
    messages, cost = spent(session, day, ALL)
    full = full_prefixes(session, day, terms.prefix_limit)
    return {"messages": messages, "cost": cost, "budget": terms.day_budget, "full_prefixes": full}


def read_at(session: Session) -> list[Row[Any]]:
    """(kind, last_id, read_at) of the sources that are read, by kind."""
    mark = message_mark.c
    query = select(mark.kind, mark.last_id, mark.read_at).where(mark.subject == 0)
    return list(session.execute(query.order_by(mark.kind)))


def wishes_in_force(session: Session, after: int, most: int) -> list[Row[Any]]:
    """(person_id, wish, recorded_by, recorded_at) of wishes that hold, of people above a number."""
    wish = message_wish.c
    last = select(func.max(wish.id)).group_by(wish.person_id, wish.wish)
    query = select(wish.person_id, wish.wish, wish.recorded_by, wish.recorded_at)
    held = query.where(wish.id.in_(last), wish.is_on == 1, wish.person_id > after)
    return list(session.execute(held.order_by(wish.person_id, wish.id).limit(most)))
