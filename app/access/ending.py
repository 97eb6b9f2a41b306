"""Ending a role at once: by its holder, who lent it, or an administrator, with a code each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.access.granting import REASON_MIN, require_granters
from app.access.officers import Confirmation, confirm
from app.access.role_tables import role_end, role_grant
from app.access.roles import held
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import Conflict, Forbidden, InputError, NotFound
from app.privacy import Keyring


def end(
    session: Session,
    keyring: Keyring,
    grant_id: int,
    reason: str,
    signers: Sequence[Signer],
    now: datetime,
) -> None:
    """End a grant at once: its holder or its lender alone, an administrator alone (two for the
    role of another administrator), with a code each.

    Raises NotFound, Conflict for one that has ended, Forbidden, InputError without a reason.
    """
    reason = " ".join(reason.split())
    if len(reason) < REASON_MIN:
        raise InputError("Chưa ghi lý do.", "Ví dụ --reason “chuyển công tác”.")
    row = grant_row(session, grant_id)
    ended = select(role_end.c.grant_id).where(role_end.c.grant_id == grant_id)
    if session.scalar(ended) is not None:
        raise Conflict(f"Quyền số {grant_id} đã kết thúc rồi.", "Xem `ansinh officers show`.")
    what = Confirmation("end_role", end_digest(grant_id, reason), 1, 0)
    values = {"grant_id": grant_id, "ended_at": now, "reason": reason}
    if len(signers) == 1:
        _require_may_end(session, signers[0].officer_id, row, now)
        values["act_id"] = confirm(session, keyring, *signers[0], now, what)
    else:
        require_granters(session, signers, now)
        values["joint_id"] = confirm_each(session, keyring, signers, f"grant:{grant_id}", now, what)
    session.execute(insert(role_end).values(**values))
    record(session, now, names_of(signers), "access:role:end", f"grant:{grant_id}", reason)


def end_digest(grant_id: int, reason: str) -> str:
    """What is confirmed when a grant ends."""
    return hashlib.sha256(f"{grant_id}|{reason}".encode()).hexdigest()


def grant_row(session: Session, grant_id: int) -> Any:
    """A grant by its number. Raises NotFound."""
    query = select(role_grant).where(role_grant.c.id == grant_id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"Không có quyền số {grant_id}.", "Xem số bằng `ansinh officers show`.")
    return row


def _require_may_end(session: Session, officer_id: int, row: Any, now: datetime) -> None:
    lender = select(role_grant.c.officer_id).where(role_grant.c.id == row.lent_id)
    if officer_id in (row.officer_id, session.scalar(lender)):
        return
    if not held(session, officer_id, ("admin",), "", now):
        raise Forbidden("Chỉ người giữ, người giao hoặc quản trị viên được kết thúc quyền này.",
                        "Nhờ quản trị viên.")  # fmt: skip
    if row.role == "admin":
        raise Forbidden("Kết thúc quyền của quản trị viên khác cần hai người.",
                        "Mời người thứ hai cùng ký.")  # fmt: skip
