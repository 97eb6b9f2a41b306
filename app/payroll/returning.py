"""A round that ends without approval: sent back with a reason, or taken back by its maker.

Either way the payroll is a draft again. Its lines may change, and the next submission begins a
round of its own, in which what was approved before counts for nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.audit.trail import record
from app.errors import Forbidden, InputError, Refused
from app.payroll.approval_tables import approval, payroll_return
from app.payroll.approvals import payrolls_in
from app.payroll.duties import due, require_duty, require_held, require_outsider, steps_of_rounds
from app.payroll.states import DRAFT, WAITING
from app.payroll.tables import payroll
from app.privacy import Keyring

RETURN, WITHDRAW = "return", "withdraw"
REASON_MIN, REASON_MAX = 5, 500


def return_to_maker(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    payroll_ids: Sequence[int],
    reason: str,
    now: datetime,
) -> int:
    """Whose step is due sends payrolls back to their maker; gives the act's id.

    Raises Forbidden for another officer, Refused for who made them, InputError without a reason.
    """
    rows = payrolls_in(session, payroll_ids, WAITING)
    steps = steps_of_rounds(session, payroll_ids)
    for row in rows:
        step = due(steps.get(row.id, ()))
        if step is None:
            raise Refused(f"Bảng {row.id} không chờ ai.", "Tải lại trang rồi xem lại.")
        require_duty(session, officer_id, step, row, now)
    require_outsider(session, officer_id, payroll_ids)
    return _end(session, keyring, officer_id, code, RETURN, rows, reason, now)


def withdraw(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    payroll_ids: Sequence[int],
    reason: str,
    now: datetime,
) -> int:
    """The maker takes payrolls back until the first approval; gives the act's id.

    Raises Forbidden for another officer or one who is a maker there no more, Refused once somebody
    approved.
    """
    rows = payrolls_in(session, payroll_ids, WAITING)
    if any(row.maker_id != officer_id for row in rows):
        raise Forbidden(
            "Chỉ người trình mới rút lại được bảng.", "Người duyệt thì trả lại, kèm lý do."
        )
    for row in rows:
        require_held(session, officer_id, "maker", row, now)
    acted = select(approval.c.payroll_id).join(
        payroll, (payroll.c.id == approval.c.payroll_id) & (payroll.c.round == approval.c.round)
    )
    number = session.scalar(acted.where(payroll.c.id.in_(list(payroll_ids))))
    if number is not None:
        raise Refused(
            f"Bảng {number} đã có người xác nhận, không rút lại được nữa.",
            "Nhờ người đang giữ bước kế tiếp trả lại.",
        )
    return _end(session, keyring, officer_id, code, WITHDRAW, rows, reason, now)


def _end(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    kind: str,
    rows: Sequence[Row[Any]],
    reason: str,
    now: datetime,
) -> int:
    told = require_reason(reason)
    digest = return_digest(((row.id, row.round, row.digest) for row in rows), told)
    lines, total = sum(row.lines for row in rows), sum(row.total for row in rows)
    what = Confirmation(kind, digest, lines, total)
    act_id = confirm(session, keyring, officer_id, code, now, what)
    ended = {"kind": kind, "officer_id": officer_id, "act_id": act_id, "reason": told}
    session.execute(
        insert(payroll_return),
        [{"payroll_id": row.id, "round": row.round, **ended, "returned_at": now} for row in rows],
    )
    ids = [row.id for row in rows]
    session.execute(update(payroll).where(payroll.c.id.in_(ids)).values(state=DRAFT))
    things = ",".join(f"payroll:{number}" for number in ids)
    record(session, now, str(officer_id), f"payroll:run:{kind}", things[:200], told,
           before={"state": rows[0].state}, after={"state": DRAFT})  # fmt: skip
    return act_id


def return_digest(rounds: Any, reason: str) -> str:
    """What such an act is bound to: each (payroll, round, digest), and the reason."""
    listed = "\n".join(f"{number}|{turn}|{digest}" for number, turn, digest in sorted(rounds))
    return hashlib.sha256(f"{listed}\n{reason}".encode()).hexdigest()


def require_reason(reason: str) -> str:
    """The reason in one line. Raises InputError for none, or a very long one."""
    told = " ".join(reason.split())
    if not REASON_MIN <= len(told) <= REASON_MAX:
        raise InputError(
            f"Lý do phải có từ {REASON_MIN} đến {REASON_MAX} ký tự.",
            "Ghi rõ sai ở đâu, không ghi số định danh hay số tài khoản.",
        )
    return told
