"""The lines that officers work on: what waits in suspense, and what a pass or they placed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, case, select
from sqlalchemy.orm import Session

from app.disbursement.line_tables import line_placing, line_unplacing
from app.disbursement.parked import DOUBLE, EARLY, WAITS_BY
from app.disbursement.withdrawn import taken_for
from app.errors import Conflict, NotFound, Refused
from app.units.tables import contract, provider
from ledger.journal import entry_keyed
from ledger.undone import newest_standing
from reconciliation.matching import (
    CREDIT_UNKNOWN,
    DEBIT_UNKNOWN,
    FEE,
    FEE_BATCH,
    FEE_MONTH,
    RECALLED,
    RECALLED_NOT_DUE,
)
from reconciliation.tables import bank_line, line_match, suspense_item

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


def judged_lines() -> Select[Any]:
    """Every movement on an account of ours with what the matcher made of it; `waits_as` is the
    kind under which it waits, or would."""
    match, line = line_match.c, bank_line.c
    would = case(
        (match.verdict.in_((FEE_MONTH, FEE_BATCH)), FEE),
        (line.amount < 0, DEBIT_UNKNOWN),
        else_=CREDIT_UNKNOWN,
    )
    return (
        select(bank_line, match.verdict, match.pass_name, match.target_id, match.withdrawn_by,
               suspense_item.c.resolved_at, suspense_item.c.kind.label("kept_as"),
               would.label("waits_as"), contract.c.id.label("contract_id"), contract.c.unit_code,
               contract.c.programme, contract.c.fund, provider.c.holds_advance)
        .join(line_match, match.bank_line_id == line.id)
        .join(contract, (contract.c.provider == line.provider)
              & (contract.c.account == line.account))
        .join(provider, provider.c.code == contract.c.provider)
        .outerjoin(suspense_item, suspense_item.c.bank_line_id == line.id)
        .where(line.kind == "booked")
    )  # fmt: skip


def matched_line(session: Session, number: int) -> Row[Any]:
    """A line as the matcher placed it, whose verdict stands. Raises NotFound, Refused for a
    verdict that is not taken back."""
    row = any_line(session, number)
    waits = row.kept_as in KINDS and row.resolved_at is None
    if waits or row.withdrawn_by or not taken_for(row.verdict, row.pass_name, EARLY):
        raise Refused(f"Dòng {number} không phải là dòng đã ghép mà bỏ được.",
                      _WHY_NOT.get(row.verdict, _NOT_PLACED))  # fmt: skip
    return row


_NOT_PLACED = "Dòng còn chờ, hoặc chỉ nhắc lại điều đã ghi sổ; xem `ansinh recon status`."
_LUMP = "Dòng này là chi tiết của khoản ghi nợ cả lô: chờ ngân hàng báo, hoặc lập hồ sơ."
_RECALL = "Tiền về theo yêu cầu thu hồi: ghi kết luận bằng hồ sơ, xem `ansinh bank cases`."
_WHY_NOT = {
    **dict.fromkeys(("settled_lump", "refused_lump", "lump_back", "lump_back_sum"), _LUMP),
    **dict.fromkeys((RECALLED, RECALLED_NOT_DUE), _RECALL),
}


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
        raise Refused(f"Dòng {number} không phải do người ghép.", _NOT_PLACED)
    return row, found


def any_line(session: Session, number: int) -> Row[Any]:
    """A movement on an account of ours, wherever it stands. Raises NotFound."""
    row = session.execute(judged_lines().where(bank_line.c.id == number)).one_or_none()
    if row is None:
        raise NotFound(f"Không có dòng {number} trên tài khoản nào.",
                       "Xem số dòng bằng `ansinh recon status`.")  # fmt: skip
    return row


def is_placed(session: Session, number: int) -> bool:
    """Whether a line stands where two officers placed it."""
    stands = line_placing.c.undone_by == 0
    query = select(line_placing.c.proposal_id).where(line_placing.c.bank_line_id == number, stands)
    return session.scalar(query) is not None


def parking_of(session: Session, number: int) -> int:
    """The entry by which a line waits in suspense now. Raises Conflict where there is none."""
    again = select(line_unplacing.c.entry_id).where(line_unplacing.c.bank_line_id == number)
    tried = [*session.scalars(again), entry_keyed(session, f"bank-line:{number}") or 0]
    found = newest_standing(session, tried, WAITS_BY.values())
    if found is None:
        raise Conflict(f"Sổ không có bút toán chờ của dòng {number}.", "Chạy `ansinh verify`.")
    return found
