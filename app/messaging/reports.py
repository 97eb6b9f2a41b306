"""Delivery reports: what a gateway says became of a message that it had."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.messaging.states import DELIVERED, FAILED, IN_DOUBT, QUEUED, SENDING, SENT
from app.messaging.tables import message
from ledger.bulk import written

LATE = "late"
_TRACKING = re.compile(r"as([0-9]{1,18})")


def tracking(number: int) -> str:
    """Our name of a message at every gateway."""
    return f"as{number}"


def apply_report(
    session: Session, gateway: str, name: str, state: str, reason: str, now: datetime
) -> str | None:
    """Move a message to `state` (delivered or failed); gives what became of the report.

    A report of a gateway that never had the message, or of one that is over, is `LATE`: it changes
    nothing. None while its sender has not written down yet that it left: it is read again.
    """
    found = _TRACKING.fullmatch(name)
    query = select(message).where(message.c.id == int(found[1] if found else 0))
    row = session.execute(query.with_for_update()).one_or_none()
    if row is None:
        return LATE
    if row.state == SENDING:
        return None
    if row.gateway != gateway or not _had_it(row):
        return LATE
    ended = {"state": state, "reason": reason, "ended_at": now}
    sent = {"sent_at": func.coalesce(message.c.sent_at, now)} if state == DELIVERED else {}
    mine = update(message).where(message.c.id == row.id, message.c.state == row.state)
    return (
        (DELIVERED if state == DELIVERED else FAILED)
        if written(session, mine.values(**ended, **sent))
        else None
    )


def _had_it(row: Row[object]) -> bool:
    """Whether the gateway may have it, though nobody wrote down that it took it."""
    return row.state in (SENT, IN_DOUBT) or (
        row.state == QUEUED and (row.doubts > 0 or row.gateway_id != "")
    )
