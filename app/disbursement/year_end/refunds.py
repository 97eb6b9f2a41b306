"""Money of a budget year that went back to the Treasury, recorded by its slip.

For a provider that holds an advance the slip is the evidence. At a bank the statement shows the
debit too: a line that names the slip, in its amount, is known already and posts nothing again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.money import purse_of
from app.disbursement.year_end.dating import dated, draft
from app.disbursement.year_end.places import digest_of, place_key, place_of, told
from app.disbursement.year_end.tables import PLACE, treasury_refund
from app.errors import Conflict, InputError, Refused
from app.privacy import Keyring
from app.units.tables import contract
from ledger.balances import cell_balances
from ledger.bulk import insert_one
from ledger.chart import Cell
from ledger.journal import post
from ledger.money import MoneyError, format_vnd, require_amount

STEP = "treasury_refund"
SLIP_MAX = 40
# Fit to be looked for in a statement's text: no sign that means something in a search.
_NUMBER = re.compile(rf"[^\W_](?:[^\W_]|[ ./-]){{0,{SLIP_MAX - 1}}}(?<! )")


@dataclass(frozen=True, slots=True)
class Slip:
    """A Treasury slip: which cell's money went back, for which budget year, when, how much."""

    cell: Cell
    budget_year: int
    number: str
    paid_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Refunded:
    """The entry of a refund, and whether this call wrote it."""

    entry_id: int
    is_new: bool


def refund_digest(slip: Slip) -> str:
    """What the two officers confirm: SHA-256 over everything on the slip."""
    said = told(slip.cell, slip.number, slip.paid_on.isoformat(), slip.amount)
    return digest_of(STEP, slip.budget_year, said)


def refund(
    session: Session, keyring: Keyring, signers: Sequence[Signer], slip: Slip, now: datetime
) -> Refunded:
    """Two finance officers record that money went back to the Treasury.

    A slip that is recorded already changes nothing, and needs no codes. Raises InputError for a
    slip that cannot be, Conflict for one that was recorded otherwise, Refused above what is owed
    or above the money that is free.
    """
    _sound(slip, now)
    if known := _known(session, slip):
        return known
    recipe = _recipe(session, slip)
    what = Confirmation(STEP, refund_digest(slip), 1, slip.amount)
    about = f"slip:{slip.number}"
    joint_id = confirm_together(session, keyring, signers, about, now, what,
                                programme=slip.cell.programme)  # fmt: skip
    when = dated(session, slip.cell.programme, slip.budget_year, slip.paid_on, slip.cell)
    source = f"treasury-slip:{slip.number}"
    key = f"{source}:{place_key(slip.cell)}"
    header = draft(key, recipe, slip.cell, when, now, source, slip.budget_year)
    posted = post(session, header, slip.amount)
    insert_one(
        session,
        treasury_refund,
        budget_year=slip.budget_year,
        **asdict(slip.cell),
        slip=slip.number,
        paid_on=slip.paid_on,
        amount=slip.amount,
        entry_id=posted.entry_id,
        joint_id=joint_id,
    )
    names = ",".join(str(one.officer_id) for one in signers)
    record(session, now, names, "year_end:refund:record", about, what.digest)
    return Refunded(posted.entry_id, is_new=True)


def _sound(slip: Slip, now: datetime) -> None:
    try:
        require_amount(slip.amount)
    except MoneyError as error:
        raise InputError("Số tiền nộp trả phải lớn hơn 0.", "Nhập như trên chứng từ.") from error
    if not _NUMBER.fullmatch(slip.number):
        raise InputError(
            f"Số chứng từ “{slip.number[:SLIP_MAX]}” không dùng được.",
            f"Nhập như in trên chứng từ: chữ, số và / - . , tối đa {SLIP_MAX} ký tự.",
        )
    today = local_date(now)
    if not date(slip.budget_year, 1, 1) <= slip.paid_on <= today:
        raise InputError(
            f"Ngày chứng từ {slip.paid_on:%d/%m/%Y} phải từ 01/01/{slip.budget_year}"
            f" đến hôm nay, {today:%d/%m/%Y}.",
            "Kiểm tra lại ngày và năm ngân sách.",
        )


def _known(session: Session, slip: Slip) -> Refunded | None:
    """The refund that this slip recorded before; Conflict when it said something else."""
    here = [treasury_refund.c[name] == value for name, value in asdict(slip.cell).items()]
    query = select(treasury_refund).where(treasury_refund.c.slip == slip.number, *here)
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    if slip_of(row) != slip:
        raise Conflict(
            f"Chứng từ {slip.number} đã ghi với {format_vnd(row.amount)}, ngày"
            f" {row.paid_on:%d/%m/%Y}, năm ngân sách {row.budget_year}.",
            "Kiểm tra lại số chứng từ.",
        )
    return Refunded(row.entry_id, is_new=False)


def slip_of(row: Any) -> Slip:
    """The slip that a row of `treasury_refund` records."""
    cell = Cell(*(getattr(row, name) for name in PLACE))
    return Slip(cell, row.budget_year, row.slip, row.paid_on, row.amount)


def _recipe(session: Session, slip: Slip) -> str:
    """From the account or from the advance; refused above what is owed, or what is free there."""
    found = cell_balances(session, ("bank", "advance", "treasury", "unexplained"), slip.cell)
    if found["unexplained"]:
        raise Refused(
            f"{place_of(slip.cell)}: sao kê có ghi nợ chưa rõ lý do,"
            f" {format_vnd(-found['unexplained'])}; có thể chính là tiền này.",
            "Làm rõ dòng sao kê trước, để một khoản không ghi hai lần.",
        )
    held = {"refund_bank": -found["bank"], "refund_advance": -found["advance"]}
    # What is owed is no longer free: so all that is not on its way may go, up to the debt.
    loose = purse_of(session, slip.cell).free + found["treasury"]
    recipe = max(held, key=lambda name: held[name])
    most = min(found["treasury"], held[recipe], loose)
    if slip.amount > most:
        raise Refused(
            f"{place_of(slip.cell)}: nộp trả {format_vnd(slip.amount)} vượt mức được phép"
            f" {format_vnd(max(0, most))} (phải nộp {format_vnd(found['treasury'])}, đang giữ"
            f" {format_vnd(held[recipe])}, chưa giao {format_vnd(loose)}).",
            "Duyệt số phải nộp trước, rồi ghi đúng số của chứng từ.",
        )
    return recipe


@cache
def expected_refunds() -> Select[Any]:
    """Refunds that a bank's statement will show, for the matcher."""
    refunded = treasury_refund.c
    return select(
        refunded.id.label("target_id"),
        contract.c.provider,
        contract.c.account,
        refunded.slip.label("reference"),
        refunded.amount,
    ).join(
        contract,
        (contract.c.fund == refunded.fund)
        & (contract.c.programme == refunded.programme)
        & (contract.c.unit_code == refunded.unit)
        & (contract.c.provider == refunded.provider),
    )
