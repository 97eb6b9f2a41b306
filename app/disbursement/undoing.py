"""Undoing an approved payroll before anything of it was claimed for sending: one act of two.

Its batches are cancelled, the commitment is reversed, instructions are cancelled; then the payroll
gives way to a draft with the same lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_each, require_two
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.batches import add_event, commitment_key
from app.disbursement.states import BUILT, CANCELLED, READY, RELEASED
from app.disbursement.tables import batch, instruction
from app.errors import Conflict, Refused
from app.payroll.approvals import payrolls_in
from app.payroll.duties import require_held
from app.payroll.returning import require_reason
from app.payroll.states import APPROVED, VOID
from app.payroll.undone import STEP, take_its_place, undo_digest
from app.privacy import Keyring
from ledger.bulk import written
from ledger.journal import entry_keyed, reverse
from ledger.periods import first_open_day

ROLES = ("approver", "releaser")
"""Who undoes: one who approves for the unit, and one of finance, in this order."""
_STOPPABLE = (BUILT, RELEASED)


@dataclass(frozen=True, slots=True)
class Undone:
    """The draft that takes the payroll's place, and how many batches were cancelled."""

    successor: int
    batches: int


def is_stoppable(state: str) -> bool:
    """Whether a batch in this state is still in the house."""
    return state in _STOPPABLE


def undo(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    payroll_id: int,
    reason: str,
    now: datetime,
) -> Undone:
    """Two persons undo an approved payroll.

    Raises Refused once a batch of it is being sent, was sent or is in doubt, InputError without a
    reason, and as `confirm_each` does.
    """
    told = require_reason(reason)
    (row,) = payrolls_in(session, [payroll_id], (APPROVED,))
    batches = _batches(session, row)
    digest = undo_digest(row.id, row.round, row.digest, told)
    what = Confirmation(STEP, digest, row.lines, row.total)
    about = f"payroll:{row.id}"
    require_two([one.officer_id for one in signers])
    for one, role in zip(signers, ROLES, strict=True):
        require_held(session, one.officer_id, role, row, now)
    joint_id = confirm_each(session, keyring, signers, about, now, what)
    for stopped in batches:
        _cancel(session, stopped, row, joint_id, told, now)
    successor = take_its_place(session, row, joint_id, told, now)
    who = ",".join(str(one.officer_id) for one in signers)
    record(session, now, who, "payroll:run:undo", about, told, before={"state": APPROVED},
           after={"state": VOID, "successor": successor})  # fmt: skip
    return Undone(successor, len(batches))


def _batches(session: Session, row: Row[Any]) -> Sequence[Any]:
    """The payroll's batches that stand, held; all of them still in the house."""
    found = session.execute(
        select(batch.c.id, batch.c.state)
        .where(batch.c.payroll_id == row.id, batch.c.state != CANCELLED)
        .order_by(batch.c.id)
        .with_for_update()
    ).all()
    gone = [one.id for one in found if one.state not in _STOPPABLE]
    if gone:
        raise Refused(
            f"Lô {gone[:5]} của bảng {row.id} đã gửi hoặc đang gửi.",
            "Không huỷ duyệt được nữa. Ai nhận sai thì thu hồi; ai thiếu thì lập bảng bổ sung.",
        )
    return found


def _cancel(
    session: Session, one: Any, row: Row[Any], joint_id: int, reason: str, now: datetime
) -> None:
    entry_id = entry_keyed(session, commitment_key(one.id))
    if entry_id is None:
        raise Conflict(f"Sổ không có cam kết chi của lô {one.id}.", "Chạy `ansinh ledger verify`.")
    reverse(
        session,
        entry_id,
        key=f"{commitment_key(one.id)}:undo",
        effective_on=first_open_day(session, row.programme, local_date(now)),
        recorded_at=now,
        source=f"batch:{one.id}",
        reason=reason,
    )
    session.execute(
        update(instruction)
        .where(instruction.c.batch_id == one.id, instruction.c.state == READY)
        .values(state=CANCELLED)
    )
    cancelled = written(
        session,
        update(batch)
        .where(batch.c.id == one.id, batch.c.state.in_(_STOPPABLE))
        .values(state=CANCELLED),
    )
    if cancelled != 1:
        raise Conflict(f"Lô {one.id} vừa được gửi.", "Tải lại rồi xem lại.")
    add_event(session, one.id, CANCELLED, now, "joint", f"joint_act:{joint_id}")
