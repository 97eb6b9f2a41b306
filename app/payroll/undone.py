"""An approved payroll that was wrong: it stays as it was, void, and a draft takes its place.

What it accrued is reversed in the books. Its batches are the business of the disbursement room,
which calls this once nothing of it can leave any more.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app.payroll.accruing import reverse_accrual
from app.payroll.approval_tables import payroll_undo
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import bridge, bridge_left, flag, payroll, payroll_line
from ledger.bulk import insert_one

STEP = "undo"
_SAME = ("kind", "period", "unit_code", "programme", "fund", "campaign")


def undo_digest(payroll_id: int, turn: int, digest: str, reason: str) -> str:
    """What the two confirm: the payroll, its round, its lines, and why."""
    return hashlib.sha256(f"{payroll_id}|{turn}|{digest}\n{reason}".encode()).hexdigest()


def take_its_place(
    session: Session, row: Row[Any], joint_id: int, reason: str, now: datetime
) -> int:
    """Void an approved payroll, reverse its accrual, and open a draft with the same lines.

    Gives the draft's number. The database asks for `joint_id`, the act of two persons about it.
    """
    reverse_accrual(session, row, reason, now)
    successor = _open(session, row, now)
    root = session.scalar(
        select(payroll_undo.c.root_id).where(payroll_undo.c.successor_id == row.id)
    )
    session.execute(
        insert(payroll_undo).values(
            payroll_id=row.id, round=row.round, root_id=root or row.id, successor_id=successor,
            joint_id=joint_id, reason=reason, undone_at=now,
        )
    )  # fmt: skip
    # The database marks the lines as undone, so that they may be listed anew.
    session.execute(update(payroll).where(payroll.c.id == row.id).values(state=VOID))
    for table, left_out in (
        (payroll_line, ("id", "undone")),
        (bridge, ()),
        (bridge_left, ()),
        (flag, ("id",)),
    ):
        _copy(session, table, row.id, successor, left_out)
    left = {"lines": row.lines, "total": row.total}
    session.execute(update(payroll).where(payroll.c.id == successor).values(**left))
    return successor


def _open(session: Session, row: Row[Any], now: datetime) -> int:
    last = session.scalar(
        select(func.max(payroll.c.number)).where(
            payroll.c.period == row.period,
            payroll.c.unit_code == row.unit_code,
            payroll.c.programme == row.programme,
            payroll.c.kind == row.kind,
        )
    )
    same = {name: getattr(row, name) for name in _SAME}
    return insert_one(session, payroll, **same, number=(last or 0) + 1, state=DRAFT, lines=0,
                      total=0, opened_at=now)  # fmt: skip


def _copy(session: Session, table: Table, old: int, new: int, left_out: tuple[str, ...]) -> None:
    names = [one.name for one in table.columns if one.name not in ("payroll_id", *left_out)]
    rows = select(literal(new), *(table.c[name] for name in names)).where(table.c.payroll_id == old)
    columns = ["payroll_id", *names]
    session.execute(insert(table).from_select(columns, rows, include_defaults=False))
