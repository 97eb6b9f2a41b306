"""Carry-over decisions: which money of an old year a cell may keep, by number, date and amount."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.access.together import Signer
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.year_end.places import digest_of, told
from app.disbursement.year_end.tables import PLACE, carry_over
from app.errors import InputError, NotFound, Refused
from app.privacy import Keyring
from app.units.tables import contract
from ledger.bulk import insert_one
from ledger.chart import Cell
from ledger.money import MAXIMUM_AMOUNT
from reconciliation.years import last_closed_year

STEP = "carry_over"
NUMBER_MAX = 60


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that lets a cell keep money of a budget year, in đồng; 0 takes it back."""

    cell: Cell
    budget_year: int
    number: str
    decided_on: date
    amount: int


def decision_digest(one: Decision) -> str:
    """What the officer confirms: SHA-256 over everything in the decision."""
    said = told(one.cell, one.number, one.decided_on.isoformat(), one.amount)
    return digest_of(STEP, one.budget_year, said)


def write_decision(
    session: Session, keyring: Keyring, signer: Signer, one: Decision, now: datetime
) -> bool:
    """A finance officer records a decision; False when it is recorded just so already.

    Two others accept what follows from it (`handing_back.accept`). Raises InputError for what
    cannot be, Refused once the year is closed.
    """
    _sound(session, one, now)
    if _newest(session, one) == one:
        return False
    require_role(session, signer.officer_id, "releaser", "", now, one.cell.programme)
    what = Confirmation(STEP, decision_digest(one), 1, one.amount)
    act_id = confirm(session, keyring, signer.officer_id, signer.code, now, what)
    insert_one(
        session,
        carry_over,
        budget_year=one.budget_year,
        **asdict(one.cell),
        number=one.number,
        decided_on=one.decided_on,
        amount=one.amount,
        officer_id=signer.officer_id,
        act_id=act_id,
        recorded_at=now,
    )
    about = f"decision:{one.number}"
    record(session, now, str(signer.officer_id), "year_end:carry_over:record", about, what.digest)
    return True


def cell_named(session: Session, unit: str, programme: str, provider: str) -> Cell:
    """The cell of a contract. Raises NotFound."""
    c = contract.c
    fund = session.scalar(
        select(c.fund)
        .where(c.unit_code == unit, c.programme == programme, c.provider == provider)
        .limit(1)
    )
    if fund is None:
        raise NotFound(
            f"Không có hợp đồng nào của đơn vị {unit}, chương trình {programme}, qua {provider}.",
            "Kiểm tra --unit, --programme, --provider.",
        )
    return Cell(fund, programme, unit, provider)


def _sound(session: Session, one: Decision, now: datetime) -> None:
    number = one.number
    if not 1 <= len(number) <= NUMBER_MAX or not number.isprintable() or number != number.strip():
        raise InputError("Số quyết định không dùng được.", "Nhập như in trên quyết định.")
    if not 0 <= one.amount <= MAXIMUM_AMOUNT:
        raise InputError("Số tiền chuyển nguồn không được âm.", "0 là huỷ quyết định đã ghi.")
    if not date(one.budget_year, 1, 1) <= one.decided_on <= local_date(now):
        raise InputError(
            f"Ngày quyết định {one.decided_on:%d/%m/%Y} phải từ 01/01/{one.budget_year}"
            " đến hôm nay.",
            "Kiểm tra lại ngày và năm ngân sách.",
        )
    closed = last_closed_year(session)
    if closed is not None and one.budget_year <= closed:
        raise Refused(f"Năm ngân sách {one.budget_year} đã khoá.", "Không ghi thêm vào năm đó.")


def _newest(session: Session, one: Decision) -> Decision | None:
    here = [carry_over.c[name] == value for name, value in asdict(one.cell).items()]
    row = session.execute(
        select(carry_over)
        .where(carry_over.c.budget_year == one.budget_year, carry_over.c.number == one.number)
        .where(*here)
        .order_by(carry_over.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else decision_of(row)


def decision_of(row: Any) -> Decision:
    """The decision that a row of `carry_over` records."""
    cell = Cell(*(getattr(row, name) for name in PLACE))
    return Decision(cell, row.budget_year, row.number, row.decided_on, row.amount)
