"""Switching an officer's account off and on again: two others sign, with a reason, at once.

While it is off its holder confirms nothing, sees nobody, and none of his roles counts: what he lent
stops with them, and what he borrowed goes back to its lender. Nothing is taken away for good: what
has not run out or been ended counts again when two switch it on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.access.granting import REASON_MIN, require_granters
from app.access.officers import Confirmation
from app.access.tables import DISABLE, joint_act, officer, officer_switch
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.clock import TIME_ZONE
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring


def switch(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    kind: str,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> int:
    """An administrator and a second person disable or enable ('disable', 'enable') an officer's
    account; gives which turn of this account it is, from 1.

    Raises NotFound, Conflict where it is so already, Refused where he is one of the two, InputError
    without a reason, and as `require_granters` and `confirm` do.
    """
    reason = " ".join(reason.split())
    if len(reason) < REASON_MIN:
        raise InputError("Chưa ghi lý do.", "Ví dụ --reason “nghỉ việc từ 01/10”.")
    if officer_id in {one.officer_id for one in signers}:
        raise Refused("Không ai tự khoá hay mở tài khoản của mình.", "Mời hai người khác cùng ký.")
    _require_other(session, officer_id, kind)
    require_granters(session, signers, now)
    number = 1 + _turns(session, officer_id)
    what = Confirmation(step_of(kind), switch_digest(officer_id, number, kind, reason), 1, 0)
    joint_id = confirm_each(session, keyring, signers, f"officer:{officer_id}", now, what)
    row = {"officer_id": officer_id, "number": number, "kind": kind, "reason": reason}
    session.execute(insert(officer_switch).values(**row, joint_id=joint_id, switched_at=now))
    record(session, now, names_of(signers), f"access:officer:{kind}", f"officer:{officer_id}",
           reason)  # fmt: skip
    return number


def step_of(kind: str) -> str:
    """The step that is confirmed: 'disable_officer' or 'enable_officer'."""
    return f"{kind}_officer"


def switch_digest(officer_id: int, number: int, kind: str, reason: str) -> str:
    """What the two confirm: whose account, which turn of it, off or on, and why."""
    return hashlib.sha256(f"{officer_id}|{number}|{kind}|{reason}".encode()).hexdigest()


def turns_in_words(session: Session, officer_id: int) -> list[str]:
    """When an officer's account was switched, by whom and why; the oldest first."""
    one, two = officer.alias("one"), officer.alias("two")
    rows = session.execute(
        select(officer_switch, one.c.username.label("by"), two.c.username.label("and_by"))
        .join(joint_act, joint_act.c.id == officer_switch.c.joint_id)
        .join(one, one.c.id == joint_act.c.officer_one)
        .join(two, two.c.id == joint_act.c.officer_two)
        .where(officer_switch.c.officer_id == officer_id)
        .order_by(officer_switch.c.number)
    )
    return [
        f"{'ĐÃ KHOÁ' if row.kind == DISABLE else 'đã mở lại'}"
        f" {row.switched_at.astimezone(TIME_ZONE):%d/%m/%Y %H:%M}, {row.by} và {row.and_by} ký:"
        f" {row.reason}"
        for row in rows
    ]


def _require_other(session: Session, officer_id: int, kind: str) -> None:
    """Raise Conflict where the account is as asked already, NotFound where there is none."""
    row = session.execute(select(officer).where(officer.c.id == officer_id)).one_or_none()
    if row is None:
        raise NotFound("Không có cán bộ này.", "Xem `ansinh officers list`.")
    if (kind == DISABLE) == (row.disabled_at is not None):
        raise Conflict(
            f"Tài khoản {row.username} đã bị khoá rồi."
            if kind == DISABLE
            else f"Tài khoản {row.username} không bị khoá.",
            f"Xem `ansinh officers show {row.username}`.",
        )


def _turns(session: Session, officer_id: int) -> int:
    query = select(func.count()).where(officer_switch.c.officer_id == officer_id)
    return int(session.scalar(query) or 0)
