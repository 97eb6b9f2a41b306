"""The lines that officers work on: what waits in suspense, and what was placed by hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.disbursement.line_tables import line_placing, line_unplacing
from app.disbursement.parked import DOUBLE
from app.errors import Conflict, NotFound, Refused
from app.units.tables import contract, provider
from ledger.journal import entry_keyed
from reconciliation.matching import CREDIT_UNKNOWN, DEBIT_UNKNOWN, FEE
from reconciliation.tables import bank_line, suspense_item

KINDS = (CREDIT_UNKNOWN, DEBIT_UNKNOWN, FEE, DOUBLE)
"""What waits and may be placed; a charge kept of returns is part of the matcher's own entry."""


def lines() -> Select[Any]:
    """Every line that ever waited in suspense, with the contract of its account."""
    item = suspense_item.c
    return (
        select(bank_line, item.kind.label("waits_as"), item.owner, item.why, item.opened_on,
               item.resolved_at, contract.c.id.label("contract_id"), contract.c.unit_code,
               contract.c.programme, contract.c.fund, provider.c.holds_advance)
        .join(suspense_item, item.bank_line_id == bank_line.c.id)
        .join(contract, (contract.c.provider == bank_line.c.provider)
              & (contract.c.account == bank_line.c.account))
        .join(provider, provider.c.code == contract.c.provider)
        .where(item.kind.in_(KINDS))
    )  # fmt: skip


def line_of(session: Session, number: int) -> Row[Any]:
    """A line that waits, or that was placed by hand. Raises NotFound."""
    row = session.execute(lines().where(bank_line.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(
            f"Dòng {number} không chờ làm rõ.", "Xem số dòng bằng `ansinh recon status`."
        )
    return row


def waiting_line(session: Session, number: int) -> Row[Any]:
    """A line that waits in suspense now. Raises NotFound, Refused when it was explained."""
    row = line_of(session, number)
    if row.resolved_at is not None:
        raise Refused(f"Dòng {number} đã làm rõ rồi.", "Muốn sửa thì bỏ ghép trước.")
    return row


def placed_line(session: Session, number: int) -> tuple[Row[Any], Row[Any]]:
    """A line placed by hand, and its placing. Raises NotFound, Refused when it is not placed."""
    row = line_of(session, number)
    found = session.execute(
        select(line_placing).where(
            line_placing.c.bank_line_id == number, line_placing.c.undone_by == 0
        )
    ).one_or_none()
    if found is None:
        raise Refused(
            f"Dòng {number} không phải do người ghép.",
            "Chỉ bỏ được dòng hai cán bộ tài chính đã ghép tay.",
        )
    return row, found


def parking_of(session: Session, number: int) -> int:
    """The entry by which a line waits in suspense now. Raises Conflict where there is none."""
    again = select(line_unplacing.c.entry_id).where(line_unplacing.c.bank_line_id == number)
    found = session.scalars(again.order_by(line_unplacing.c.proposal_id.desc())).first()
    found = found or entry_keyed(session, f"bank-line:{number}")
    if found is None:
        raise Conflict(f"Sổ không có bút toán chờ của dòng {number}.", "Chạy `ansinh verify`.")
    return int(found)
