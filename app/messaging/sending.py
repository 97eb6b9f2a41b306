"""Claiming messages that are due, and what became of each at a gateway.

A claim is committed before the gateway is asked. Who dies in between leaves a message that may
have left: it is in doubt, like one whose gateway stopped talking. It goes once more, under the
same name, after `DOUBT_WAITS`; after a second doubt it waits, and fails as unknown.
So nobody gets more than two copies, and none at all twice from a gateway that refuses repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Row, Update, literal_column, select, update
from sqlalchemy.orm import Session

from app.clock import local_date
from app.messaging.gateways.contract import Answer, Reply
from app.messaging.spending import affordable, full_prefixes
from app.messaging.states import (
    ASKED,
    EXPIRED,
    FAILED,
    IN_DOUBT,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    WITHDRAWN,
)
from app.messaging.tables import message
from app.messaging.terms import Terms
from ledger.bulk import written

LEASE = timedelta(minutes=5)
DOUBT_WAITS = timedelta(minutes=30)
DOUBTS_MOST = 2
BUSY_WAITS = timedelta(minutes=5)
# As the partial index writes it.
_IS_ASKED: ColumnElement[bool] = literal_column(f"message.kind in {ASKED}", Boolean)


def tidy(session: Session, now: datetime) -> int:
    """What is too late fails, what lost its sender is in doubt, what was in doubt once goes once
    more; gives how many messages of dead senders there were."""
    late = message.c.give_up_at <= now
    _end(session, now, EXPIRED, message.c.state == QUEUED, late)
    _end(session, now, UNKNOWN, message.c.state == IN_DOUBT, late)
    # Erased with its person: there is nothing to send.
    _end(session, now, WITHDRAWN, message.c.state.in_((QUEUED, IN_DOUBT)), message.c.prefix == "")
    lost = update(message).where(message.c.state == SENDING, message.c.lease_until < now)
    count = written(session, lost.values(_doubt(now)))
    again = (message.c.state == IN_DOUBT, message.c.try_at <= now, message.c.doubts < DOUBTS_MOST)
    session.execute(update(message).where(*again).values(state=QUEUED))
    return count


def _end(session: Session, now: datetime, reason: str, *which: Any) -> None:
    values = {"state": FAILED, "reason": reason, "ended_at": now, "owner": "", "lease_until": None}
    session.execute(update(message).where(*which).values(values))


def _doubt(now: datetime) -> dict[str, Any]:
    return {
        "state": IN_DOUBT,
        "doubts": message.c.doubts + 1,
        "owner": "",
        "lease_until": None,
        "try_at": now + DOUBT_WAITS,
    }


def claim(
    session: Session, worker: str, terms: Terms, now: datetime, most: int
) -> Sequence[Row[Any]]:
    """Up to `most` messages that are due and that the day still allows, now this worker's: what
    somebody waits for, at any hour; else the others, outside the quiet hours."""
    today = local_date(now)
    full = full_prefixes(session, today, terms.prefix_limit)
    due = (
        select(message)
        .where(message.c.state == QUEUED, message.c.try_at <= now, message.c.prefix.not_in(full))
        .order_by(message.c.try_at, message.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(due.where(_IS_ASKED)).all()
    if not rows and terms.not_before(now) == now:
        rows = session.execute(due.where(~_IS_ASKED)).all()
    taken = affordable(session, terms, today, rows)
    mine = update(message).where(message.c.id.in_([row.id for row in taken]))
    claimed = {"state": SENDING, "owner": worker, "lease_until": now + LEASE}
    session.execute(mine.values(attempts=message.c.attempts + 1, **claimed))
    return taken


def record(
    session: Session, number: int, worker: str, gateway: str, reply: Reply, now: datetime
) -> bool:
    """Write down what became of a claimed message; False when it is this worker's no more."""
    mine = update(message).where(
        message.c.id == number, message.c.state == SENDING, message.c.owner == worker
    )
    return written(session, _after(mine, gateway, reply, now)) == 1


def _after(mine: Update, gateway: str, reply: Reply, now: datetime) -> Update:
    free = {"owner": "", "lease_until": None, "gateway": gateway}
    if reply.answer is Answer.TAKEN:
        return mine.values(state=SENT, sent_at=now, gateway_id=reply.gateway_id, **free)
    if reply.answer is Answer.HANDED:
        known = {"gateway_id": reply.gateway_id, "try_at": now + reply.wait}
        return mine.values(state=IN_DOUBT, **known, **free)
    if reply.answer is Answer.NOT_TAKEN:
        return mine.values(state=QUEUED, try_at=now + BUSY_WAITS, **free)
    if reply.answer is Answer.REFUSED:
        return mine.values(state=FAILED, reason=reply.reason, ended_at=now, **free)
    return mine.values(**(free | _doubt(now)))
