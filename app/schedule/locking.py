"""The lock of a month's list: before the 25th it is fixed, and no line is added after.

What comes late goes on the next list, or on a payroll of its own. The service locks; two officers
may lift a lock with a reason, and one may set it again. The database refuses lines by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_one_of
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.clock import TIME_ZONE
from app.errors import InputError, NotFound, Refused
from app.months import day_in, in_words, shift
from app.privacy import Keyring
from app.schedule.tables import period_lock, period_unlock
from ledger.bulk import insert_one

STEP = "unlock_list"
MAY_LOCK = ("releaser", "approver")
REASON_MAX = 500
OPEN_DAY, OPEN_TIME = 18, time(7)
LOCK_DAY, LOCK_TIME = 24, time(18)
"""In the month before: when its lists are opened, and when they are fixed."""


def opens_at(period: str) -> datetime:
    """When the lists of a month are opened: on the 18th of the month before."""
    return datetime.combine(day_in(shift(period, -1), OPEN_DAY), OPEN_TIME, TIME_ZONE)


def locks_at(period: str) -> datetime:
    """When the list of a month is fixed: on the 24th of the month before."""
    return datetime.combine(day_in(shift(period, -1), LOCK_DAY), LOCK_TIME, TIME_ZONE)


def require_openable(session: Session, period: str, now: datetime) -> None:
    """Raise Refused while it is too early to open a month's lists, or once they are fixed. What is
    owed for a month is counted when its lists are opened: who comes later comes a month later."""
    if now < opens_at(period):
        raise Refused(
            f"Danh sách kỳ {in_words(period)} lập từ {opens_at(period):%H:%M ngày %d/%m/%Y}.",
            "Đến lúc đó máy tự lập. Trước đó, bổ sung hồ sơ để người mới kịp vào danh sách.",
        )
    refuse_locked(session, period)


def standing_lock(session: Session, period: str) -> Row[Any] | None:
    """The lock that holds a month's list now, None when it is open."""
    lifted = select(period_unlock.c.lock_id).where(period_unlock.c.lock_id == period_lock.c.id)
    query = select(period_lock).where(period_lock.c.period == period, ~lifted.exists())
    return session.execute(query.order_by(period_lock.c.id)).first()


def lock_list(session: Session, period: str, actor: str, now: datetime) -> bool:
    """Fix a month's list; False when it is already."""
    if standing_lock(session, period) is not None:
        return False
    insert_one(session, period_lock, period=period, locked_at=now, locked_by=actor)
    record(session, now, actor, "schedule:list:lock", f"period:{period}")
    return True


def lock_by(session: Session, keyring: Keyring, signer: Signer, period: str, now: datetime) -> bool:
    """A finance officer or approver of the province locks a list; False when it is already.

    Raises Forbidden without such a role or for a wrong code.
    """
    require_one_of(session, signer.officer_id, MAY_LOCK, "", now)
    digest = hashlib.sha256(f"lock|{period}".encode()).hexdigest()
    what = Confirmation(step="lock_list", digest=digest, things=1, total=0)
    confirm(session, keyring, signer.officer_id, signer.code, now, what)
    return lock_list(session, period, f"officer:{signer.officer_id}", now)


def refuse_locked(session: Session, period: str) -> None:
    """Raise Refused while a month's list is locked."""
    lock = standing_lock(session, period)
    if lock is not None:
        raise Refused(
            f"Danh sách kỳ {in_words(period)} đã chốt lúc"
            f" {lock.locked_at.astimezone(TIME_ZONE):%H:%M ngày %d/%m/%Y}.",
            "Khoản đến sau vào danh sách tháng sau hoặc bảng chênh lệch."
            " Nếu phải sửa ngay, hai người mở chốt: ansinh period unlock.",
        )


def unlock_digest(period: str, lock_id: int, reason: str) -> str:
    """What the two who lift a lock confirm: the month, the lock and the reason."""
    return hashlib.sha256(f"unlock|{period}|{lock_id}|{reason}".encode()).hexdigest()


def unlock_list(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    period: str,
    reason: str,
    now: datetime,
) -> int:
    """Two finance officers lift the lock of a month's list for a reason; gives the lock's id.

    Raises NotFound without a lock, InputError without a reason, and as `confirm_together` does.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX:
        raise InputError("Thiếu lý do mở chốt, hoặc lý do quá dài.", "Ghi --reason, một câu.")
    lock = standing_lock(session, period)
    if lock is None:
        raise NotFound(
            f"Danh sách kỳ {in_words(period)} không bị chốt.", "Không cần mở; lập danh sách được."
        )
    digest = unlock_digest(period, lock.id, reason)
    what = Confirmation(step=STEP, digest=digest, things=1, total=0)
    about = f"period:{period}"
    joint = confirm_together(session, keyring, signers, about, now, what)
    values = {"lock_id": lock.id, "joint_id": joint, "reason": reason, "unlocked_at": now}
    session.execute(insert(period_unlock).values(values))
    names = ",".join(str(one.officer_id) for one in signers)
    record(session, now, names, "schedule:list:unlock", about, reason)
    return int(lock.id)
