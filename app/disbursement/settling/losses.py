"""Money that a provider lost is claimed in full, and money it did not spend goes back (C6, C7).

What people are owed stays whole: whoever was not paid stands in the unpaid list and is paid again.
The provider makes good all of it; nothing is written off here. Unspent money that is not kept
against the next list goes to the Treasury by a slip, in the year in which it was granted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together, names_of
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.money import purse_of
from app.disbursement.recovery import Recorded, draft
from app.disbursement.settling.tables import PLACE, loss_repayment, provider_loss, unspent_return
from app.disbursement.year_end.places import place_key, place_of
from app.errors import Conflict, InputError, NotFound, Refused
from app.privacy import Keyring
from app.units.tables import provider
from ledger.bulk import insert_one
from ledger.chart import Cell
from ledger.journal import post
from ledger.money import format_vnd
from ledger.schema import whole_sum

LOSE, MAKE_GOOD, GIVE_BACK = "provider_loss", "loss_repayment", "unspent_return"


@dataclass(frozen=True, slots=True)
class Loss:
    """Money that a provider reported as lost: where, the report's number, the day, đồng."""

    cell: Cell
    report: str
    lost_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Repayment:
    """Money by which a provider makes a loss good: the paper, its day, đồng."""

    loss_id: int
    document: str
    received_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Return:
    """Unspent money that went back to the Treasury: the slip, its day, đồng."""

    cell: Cell
    slip: str
    returned_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class OpenLoss:
    """A loss and how much of it has been made good, in đồng."""

    id: int
    cell: Cell
    report: str
    lost_on: date
    amount: int
    made_good: int

    @property
    def claimed(self) -> int:
        """What the provider still owes."""
        return self.amount - self.made_good


def digest_of(step: str, one: Loss | Repayment | Return) -> str:
    """What the two officers confirm: SHA-256 over every field."""
    said = "|".join(str(part) for part in astuple(one))
    return hashlib.sha256(f"{step}|{said}".encode()).hexdigest()


def lose(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Loss, now: datetime
) -> Recorded:
    """Two finance officers record a loss; the provider owes all of it (C7).

    Known already: nothing changes. Raises InputError, Conflict for a report recorded otherwise,
    Refused above the money that the provider holds, and as `confirm_together` does.
    """
    _sound(one.report, one.lost_on, one.amount, now)
    if (known := _known(session, provider_loss, one.cell, "report", one.report)) is not None:
        return _same(known, one.amount, known.lost_on == one.lost_on, one.report)
    _advance_of(session, one.cell, one.amount)
    joint_id = _sign(session, keyring, signers, LOSE, one, one.cell, now)
    header = draft(session, f"loss:{joint_id}", LOSE, one.cell, one.lost_on, now)
    entry = post(session, header, one.amount, debit_item=joint_id).entry_id
    number = insert_one(
        session, provider_loss, **asdict(one.cell), report=one.report, lost_on=one.lost_on,
        amount=one.amount, joint_id=joint_id, entry_id=entry, recorded_at=now,
    )  # fmt: skip
    _tell(session, signers, "recon:loss:record", f"loss:{number}", LOSE, one, now)
    return Recorded(number, entry, one.amount, is_new=True)


def make_good(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Repayment, now: datetime
) -> Recorded:
    """Two finance officers record that a provider made good what it lost, or a part of it.

    Raises NotFound, InputError, Conflict, Refused above what is still claimed.
    """
    _sound(one.document, one.received_on, one.amount, now)
    loss = loss_of(session, one.loss_id)
    r = loss_repayment.c
    known = session.execute(
        select(loss_repayment).where(r.loss_id == one.loss_id, r.document == one.document)
    ).one_or_none()
    if known is not None:
        return _same(known, one.amount, known.received_on == one.received_on, one.document)
    if one.amount > loss.claimed:
        raise Refused(
            f"Biên bản {loss.report} còn phải bồi hoàn {format_vnd(loss.claimed)}, không phải"
            f" {format_vnd(one.amount)}.",
            "Kiểm tra lại số tiền.",
        )
    joint_id = _sign(session, keyring, signers, MAKE_GOOD, one, loss.cell, now)
    header = draft(session, f"loss-paid:{joint_id}", "loss_paid", loss.cell, one.received_on, now)
    item = session.scalar(select(provider_loss.c.joint_id).where(provider_loss.c.id == loss.id))
    entry = post(session, header, one.amount, credit_item=int(item or 0)).entry_id
    number = insert_one(
        session, loss_repayment, loss_id=loss.id, document=one.document,
        received_on=one.received_on, amount=one.amount, joint_id=joint_id, entry_id=entry,
        recorded_at=now,
    )  # fmt: skip
    _tell(session, signers, "recon:loss:repay", f"loss:{loss.id}", MAKE_GOOD, one, now)
    return Recorded(number, entry, one.amount, is_new=True)


def give_back(
    session: Session, keyring: Keyring, signers: Sequence[Signer], one: Return, now: datetime
) -> Recorded:
    """Two finance officers record that a provider's unspent money went back to the Treasury (C6).

    Raises InputError, Conflict for a slip recorded otherwise, Refused above what is free.
    """
    _sound(one.slip, one.returned_on, one.amount, now)
    if (known := _known(session, unspent_return, one.cell, "slip", one.slip)) is not None:
        return _same(known, one.amount, known.returned_on == one.returned_on, one.slip)
    _this_year(one, now)
    _advance_of(session, one.cell, one.amount)
    joint_id = _sign(session, keyring, signers, GIVE_BACK, one, one.cell, now)
    key = f"unspent:{one.slip}:{place_key(one.cell)}"
    owed = draft(session, f"{key}:due", "owe_treasury", one.cell, one.returned_on, now)
    due = post(session, owed, one.amount).entry_id
    gone = draft(session, key, "refund_advance", one.cell, one.returned_on, now)
    entry = post(session, gone, one.amount).entry_id
    number = insert_one(
        session, unspent_return, **asdict(one.cell), slip=one.slip, returned_on=one.returned_on,
        amount=one.amount, joint_id=joint_id, due_entry_id=due, entry_id=entry, recorded_at=now,
    )  # fmt: skip
    _tell(session, signers, "recon:unspent:return", f"unspent:{number}", GIVE_BACK, one, now)
    return Recorded(number, entry, one.amount, is_new=True)


def losses(session: Session) -> list[OpenLoss]:
    """Every loss, oldest first, with what was made good of it."""
    made = (
        select(loss_repayment.c.loss_id, whole_sum(loss_repayment.c.amount).label("amount"))
        .group_by(loss_repayment.c.loss_id)
        .subquery("made")
    )
    query = (
        select(provider_loss, func.coalesce(made.c.amount, 0).label("made_good"))
        .outerjoin(made, made.c.loss_id == provider_loss.c.id)
        .order_by(provider_loss.c.id)
    )
    return [
        OpenLoss(row.id, Cell(row.fund, row.programme, row.unit, row.provider), row.report,
                 row.lost_on, row.amount, int(row.made_good))
        for row in session.execute(query)
    ]  # fmt: skip


def loss_of(session: Session, number: int) -> OpenLoss:
    """A loss by its number. Raises NotFound."""
    for one in losses(session):
        if one.id == number:
            return one
    raise NotFound(f"Không có khoản mất tiền số {number}.", "Xem `ansinh recon losses`.")


def loss_digests(session: Session) -> dict[int, str]:
    """By joint act, the digest that its rows give now: for the proof of what was confirmed."""
    found = {}
    for row in session.execute(select(provider_loss)):
        found[row.joint_id] = digest_of(LOSE, Loss(_cell(row), row.report, row.lost_on, row.amount))
    for row in session.execute(select(loss_repayment)):
        paid = Repayment(row.loss_id, row.document, row.received_on, row.amount)
        found[row.joint_id] = digest_of(MAKE_GOOD, paid)
    for row in session.execute(select(unspent_return)):
        back = Return(_cell(row), row.slip, row.returned_on, row.amount)
        found[row.joint_id] = digest_of(GIVE_BACK, back)
    return found


def _cell(row: Any) -> Cell:
    return Cell(*(getattr(row, name) for name in PLACE))


def _sound(paper: str, day: date, amount: int, now: datetime) -> None:
    if not paper.strip() or amount <= 0:
        raise InputError("Thiếu số giấy hoặc số tiền không lớn hơn 0.", "Nhập như ghi trên giấy.")
    if day > local_date(now):
        raise InputError(f"Ngày {day:%d/%m/%Y} còn ở phía trước.", "Kiểm tra lại ngày.")


def _this_year(one: Return, now: datetime) -> None:
    if one.returned_on.year != local_date(now).year:
        raise Refused(
            f"Tiền nộp trả ngày {one.returned_on:%d/%m/%Y} thuộc năm ngân sách khác.",
            "Tiền của năm trước đi theo `ansinh year-end`.",
        )


def _known(session: Session, table: Table, cell: Cell, name: str, paper: str) -> Any:
    here = [table.c[key] == value for key, value in asdict(cell).items()]
    return session.execute(select(table).where(table.c[name] == paper, *here)).one_or_none()


def _same(row: Any, amount: int, same_day: bool, paper: str) -> Recorded:
    if row.amount != amount or not same_day:
        raise Conflict(
            f"Giấy {paper} đã ghi với {format_vnd(row.amount)}, có thể với ngày khác.",
            "Kiểm tra lại số giấy.",
        )
    return Recorded(row.id, row.entry_id, row.amount, is_new=False)


def _advance_of(session: Session, cell: Cell, amount: int) -> None:
    """Raise unless the provider holds an advance of ours, and as much is free in it."""
    holds = session.scalar(select(provider.c.holds_advance).where(provider.c.code == cell.provider))
    if not holds:
        raise InputError(
            f"{place_of(cell)} không giữ tiền tạm ứng.",
            "Tiền trong tài khoản ngân hàng đi theo sao kê.",
        )
    free = purse_of(session, cell).free
    if amount > free:
        raise Refused(
            f"{place_of(cell)} còn {format_vnd(free)} chưa dùng, không đủ {format_vnd(amount)}.",
            "Nhận danh sách chưa chi trước: tiền còn trên đường chưa phải là tiền thừa hay mất.",
        )


def _sign(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    step: str,
    one: Loss | Repayment | Return,
    cell: Cell,
    now: datetime,
) -> int:
    what = Confirmation(step, digest_of(step, one), 1, one.amount)
    return confirm_together(session, keyring, signers, f"{step}:{place_key(cell)}", now, what,
                            programme=cell.programme)  # fmt: skip


def _tell(
    session: Session,
    signers: Sequence[Signer],
    action: str,
    about: str,
    step: str,
    one: Loss | Repayment | Return,
    now: datetime,
) -> None:
    record(session, now, names_of(signers), action, about, digest_of(step, one),
           after={"amount": one.amount})  # fmt: skip
