"""Lines taken off a draft, each with a reason and an officer's code; what was owed stays owed.

What was taken off is listed anew with the next month, unless the register says otherwise by then.
Numbers of lines stay, so that a person is found where he stood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.audit.trail import record
from app.errors import NotFound, Refused
from app.payroll.approval_tables import payroll_exclusion
from app.payroll.approvals import payrolls_in
from app.payroll.digest import lines_digests
from app.payroll.duties import require_held
from app.payroll.returning import require_reason
from app.payroll.states import DRAFT
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring

STEP = "exclude"
_SAME = ("line", "obligation_id", "person_id", "destination_id", "contract_id", "method",
         "amount", "cause")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Excluded:
    """How many lines left a payroll and their đồng, and what it holds now."""

    lines: int
    amount: int
    lines_left: int
    total_left: int


def exclude(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    payroll_id: int,
    lines: Sequence[int],
    reason: str,
    now: datetime,
) -> Excluded:
    """The maker takes lines off a draft.

    Raises NotFound for a line that is not there, Refused for the last one, InputError without a
    reason, and as `confirm` does.
    """
    told = require_reason(reason)
    (row,) = payrolls_in(session, [payroll_id], (DRAFT,))
    require_held(session, officer_id, "maker", row, now)
    taken = _lines(session, row, sorted(set(lines)))
    before = lines_digests(session, [payroll_id])[payroll_id]
    amount = sum(one.amount for one in taken)
    digest = exclusion_digest(payroll_id, before, (one.line for one in taken), told)
    what = Confirmation(STEP, digest, len(taken), amount)
    act_id = confirm(session, keyring, officer_id, code, now, what)
    by = {"payroll_id": payroll_id, "round": row.round, "digest_before": before, "reason": told,
          "officer_id": officer_id, "act_id": act_id, "excluded_at": now}  # fmt: skip
    # The database takes the lines off as this is written.
    session.execute(insert(payroll_exclusion), [{**by, **_facts(one)} for one in taken])
    left = {"lines": row.lines - len(taken), "total": row.total - amount}
    session.execute(update(payroll).where(payroll.c.id == payroll_id).values(**left))
    record(session, now, str(officer_id), "payroll:line:exclude", f"payroll:{payroll_id}",
           told, before={"lines": row.lines, "total": row.total}, after=left)  # fmt: skip
    return Excluded(len(taken), amount, left["lines"], left["total"])


def _facts(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SAME}


def _lines(session: Session, row: Row[Any], lines: Sequence[int]) -> Sequence[Row[Any]]:
    line = payroll_line.c
    found = session.execute(
        select(payroll_line)
        .where(line.payroll_id == row.id, line.line.in_(lines))
        .order_by(line.line)
    ).all()
    missing = sorted(set(lines) - {one.line for one in found})
    if missing or not found:
        raise NotFound(f"Bảng {row.id} không có dòng {missing[:5]}.", "Xem lại số dòng trong bảng.")
    if len(found) == row.lines:
        raise Refused(f"Bảng {row.id} sẽ không còn dòng nào.", "Không trình bảng này nữa là đủ.")
    return found


def exclusion_digest(payroll_id: int, before: str, lines: Iterable[int], reason: str) -> str:
    """What the act is bound to: the payroll as it stood, the lines, the reason."""
    listed = ",".join(map(str, lines))
    return hashlib.sha256(f"{payroll_id}|{before}|{listed}\n{reason}".encode()).hexdigest()
