"""What was spent on a day, counted in the database: whoever claims messages waits for his turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.messaging.tables import message_count
from app.messaging.terms import Terms
from ledger.bulk import written

ALL, BY_PREFIX, STRANGER = "all", "prefix", "stranger"


def spend(session: Session, day: date, scope: str, key: str, messages: int, cost: int) -> None:
    """Add to a day's count."""
    of = (message_count.c.day == day, message_count.c.scope == scope, message_count.c.key == key)
    more = {"messages": message_count.c.messages + messages, "cost": message_count.c.cost + cost}
    if not written(session, update(message_count).where(*of).values(more)):
        values = {"day": day, "scope": scope, "key": key, "messages": messages, "cost": cost}
        session.execute(insert(message_count).values(values))


def spent(session: Session, day: date, scope: str, key: str = "") -> tuple[int, int]:
    """(messages, VND) of a day."""
    count = message_count.c
    query = select(count.messages, count.cost)
    row = session.execute(
        query.where(count.day == day, count.scope == scope, count.key == key)
    ).one_or_none()
    return (int(row.messages), int(row.cost)) if row else (0, 0)


def full_prefixes(session: Session, day: date, limit: int) -> list[str]:
    """Prefixes to which no more may be sent on a day."""
    count = message_count.c
    query = select(count.key).where(count.day == day, count.scope == BY_PREFIX)
    return sorted(session.scalars(query.where(count.messages >= limit)))


def affordable(
    session: Session, terms: Terms, day: date, rows: Iterable[Row[Any]]
) -> list[Row[Any]]:
    """Those of the rows, in order, that the day's budget and limits still allow; counted at once.

    A second process that claims at the same moment waits for the count of this one.
    """
    spend(session, day, ALL, "", 0, 0)  # holds the day's count until the end of the work
    _, cost = spent(session, day, ALL)
    taken: list[Row[Any]] = []
    prefixes: Counter[str] = Counter()
    known: dict[str, int] = {}
    for row in rows:
        if row.prefix not in known:
            known[row.prefix] = spent(session, day, BY_PREFIX, row.prefix)[0]
        if cost + row.cost > terms.day_budget:
            break
        if known[row.prefix] + prefixes[row.prefix] < terms.prefix_limit:
            taken.append(row)
            cost += row.cost
            prefixes[row.prefix] += 1
    _count(session, day, taken, prefixes)
    return taken


def _count(session: Session, day: date, taken: list[Row[Any]], prefixes: Mapping[str, int]) -> None:
    spend(session, day, ALL, "", len(taken), sum(row.cost for row in taken))
    for prefix, messages in prefixes.items():
        spend(session, day, BY_PREFIX, prefix, messages, 0)
