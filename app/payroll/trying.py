"""An act over many payrolls tried without a code: which of them stand in the way, and why.

The very checks of `approve` are asked, of all together; where they refuse, of each half, until it
is known of which payroll. So what is told beforehand is what the act itself would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from app.errors import Conflict, Forbidden, Refused
from app.payroll.accruing import within_allotment
from app.payroll.approvals import ready_for
from app.payroll.hours import require_open


def obstacles(
    session: Session, officer_id: int, duty: str, payroll_ids: Sequence[int], now: datetime
) -> dict[int, str]:
    """Why this officer cannot take the due step ('check' or 'approve') of payrolls, by number; what
    is not named can be confirmed in one act."""
    try:
        require_open(session, now)
    except Refused as error:
        return dict.fromkeys(payroll_ids, str(error))
    return _halved(session, officer_id, duty, sorted(set(payroll_ids)), now)


def _halved(
    session: Session, officer_id: int, duty: str, ids: Sequence[int], now: datetime
) -> dict[int, str]:
    why = _why(session, officer_id, duty, ids, now) if ids else ""
    if not why:
        return {}
    if len(ids) == 1:
        return {ids[0]: why}
    middle = len(ids) // 2
    found = _halved(session, officer_id, duty, ids[:middle], now)
    found |= _halved(session, officer_id, duty, ids[middle:], now)
    # Each half alone may be within a budget that both together are not.
    return found or dict.fromkeys(ids, why)


def _why(session: Session, officer_id: int, duty: str, ids: Sequence[int], now: datetime) -> str:
    """Why these cannot be confirmed together; '' where they can."""
    try:
        within_allotment(session, ready_for(session, officer_id, duty, ids, now).last)
    except (Conflict, Forbidden, Refused) as error:
        return str(error)
    return ""
