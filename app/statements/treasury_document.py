"""The table of payments for the State Treasury, and the line of the trail that it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.audit.trail import record
from app.beneficiaries.revealing import require_reason
from app.beneficiaries.tables import destination, person
from app.benefits.tables import obligation
from app.disbursement.tables import funding_request
from app.errors import NotFound
from app.payroll.tables import payroll_line
from app.printing.documents.treasury_sheet import write_treasury_sheet
from app.printing.documents.treasury_table import (
    TITLE,
    TreasuryHeader,
    TreasuryRow,
    UnitAccount,
    render_treasury_table,
)
from app.printing.values import short_month
from app.privacy import Keyring
from app.reference.money_providers import keeper
from app.statements.papers import FETCH_ROWS, Source, approved_source
from app.statements.payroll_document import bridge_of
from app.text import fold
from app.units.tables import contract, provider
from ledger.money import format_number
from ledger.schema import whole_sum

ROLES = ("maker", "checker", "approver", "releaser")
"""Who may make a list of account numbers in clear."""


@dataclass(frozen=True, slots=True)
class Slip:
    """The withdrawal slip, and the number of the form; '' and None where written by hand."""

    number: str = ""
    on: date | None = None
    form: str = ""


def write_treasury_pdf(
    session: Session, keyring: Keyring, payroll_id: int, slip: Slip, out: BinaryIO, synthetic: bool
) -> int:
    """Write the table of an approved payroll as PDF; gives how many payees stand in it.

    It shows account numbers in clear: it may leave the house only after `record_treasury`.
    Raises NotFound, Refused for a payroll that is not approved.
    """
    return _write(session, keyring, payroll_id, slip, synthetic,
                  lambda header, rows, _: render_treasury_table(header, rows, out))  # fmt: skip


def write_treasury_xlsx(
    session: Session, keyring: Keyring, payroll_id: int, slip: Slip, out: BinaryIO, synthetic: bool
) -> int:
    """The same as XLSX."""
    return _write(session, keyring, payroll_id, slip, synthetic,
                  lambda header, rows, at: write_treasury_sheet(header, rows, out, at))  # fmt: skip


def permit_treasury(
    session: Session, username: str, payroll_id: int, reason: str, now: datetime
) -> None:
    """Raise what forbids an officer to make the table, before anything is read in clear.

    InputError for a reason without substance, Forbidden and NotFound for one without a role
    at the unit, Refused for a payroll that is not approved.
    """
    require_reason(reason)
    row = approved_source(session, payroll_id).row
    scope = scope_of(session, username, now, ROLES, row.programme)
    if not scope.holds(row.area_code):
        raise NotFound(
            f"Không có bảng chi trả số {payroll_id} trong địa bàn của cán bộ.",
            "Bảng của đơn vị khác do đơn vị đó in.",
        )


def record_treasury(
    session: Session, username: str, payroll_id: int, rows: int, reason: str, now: datetime
) -> None:
    """Write to the audit trail who made a table with account numbers in clear, and why."""
    told = f"{format_number(rows)} dòng: {require_reason(reason)}"
    record(session, now, username, "papers:treasury:print", f"payroll:{payroll_id}", told)


_Write = Callable[[TreasuryHeader, Iterator[TreasuryRow], datetime], None]


def _write(
    session: Session, keyring: Keyring, payroll_id: int, slip: Slip, synthetic: bool, write: _Write
) -> int:
    source = approved_source(session, payroll_id)
    header = _header(session, source, slip, synthetic)
    write(header, _rows(session, keyring, payroll_id), source.issued_at)
    return int(source.row.lines)


def _header(session: Session, source: Source, slip: Slip, synthetic: bool) -> TreasuryHeader:
    row = source.row
    return TreasuryHeader(
        head=source.head(TITLE, synthetic, ()),
        persons=row.lines,
        total=row.total,
        accounts=tuple(_accounts(session, row)),
        bridge=bridge_of(session, row),
        form=slip.form,
        slip=slip.number,
        slip_on=slip.on,
    )


def _accounts(session: Session, row: Any) -> Iterator[UnitAccount]:
    """The unit's accounts that the money of this payroll goes through."""
    asked = and_(
        funding_request.c.contract_id == contract.c.id,
        funding_request.c.period == row.period,
        funding_request.c.campaign == row.campaign,
    )
    told = (provider.c.name, contract.c.account, funding_request.c.reference)
    query = (
        select(*told, func.count().label("lines"), whole_sum(payroll_line.c.amount).label("amount"))
        .join_from(payroll_line, contract, contract.c.id == payroll_line.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .outerjoin(funding_request, asked)
        .where(payroll_line.c.payroll_id == row.id)
        .group_by(contract.c.id, *told)
        .order_by(contract.c.id)
    )
    for one in session.execute(query):
        yield UnitAccount(one.name, one.account, one.reference or "", one.lines, int(one.amount))


def _rows(session: Session, keyring: Keyring, payroll_id: int) -> Iterator[TreasuryRow]:
    owner = person.alias("owner")
    rows = session.execute(
        select(
            payroll_line.c.cause,
            payroll_line.c.method,
            payroll_line.c.amount,
            obligation.c.period,
            obligation.c.regular,
            obligation.c.arrears,
            person.c.name,
            destination.c.holder,
            destination.c.bank_bin,
            destination.c.account_cipher,
            owner.c.bound_key,
            provider.c.name.label("provider"),
        )
        .join(obligation, obligation.c.id == payroll_line.c.obligation_id)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(destination, destination.c.id == payroll_line.c.destination_id)
        .join(owner, owner.c.id == destination.c.person_id)
        .join(contract, contract.c.id == payroll_line.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(payroll_line.c.payroll_id == payroll_id)
        .order_by(payroll_line.c.line)
        .execution_options(yield_per=FETCH_ROWS)
    )
    for row in rows:
        yield _row(keyring, row)


def _row(keyring: Keyring, row: Any) -> TreasuryRow:
    """One payee; what was carried over is neither this month's level nor its arrears."""
    carried = row.cause == "carried"
    account, bank = "", row.provider
    if row.method != "cash":
        account = keyring.decrypt("destination.account", row.bound_key, row.account_cipher)
        known = keeper(row.bank_bin)
        bank = known.name if known else row.bank_bin
    return TreasuryRow(
        name=row.name,
        account=account,
        bank=bank,
        regular=0 if carried else row.regular,
        arrears=0 if carried else row.arrears,
        other=row.amount if carried else 0,
        note=_note(row, is_cash=not account),
    )


def _note(row: Any, *, is_cash: bool) -> str:
    """Cash, earlier months, and whose name the account has where it is another's."""
    parts = ["Tiền mặt"] if is_cash else []
    if not is_cash and fold(row.holder) != fold(row.name):
        parts.append(f"Chủ tài khoản: {row.holder}")
    if row.cause in ("carried", "follow_up"):
        parts.append(f"Khoản của {short_month(row.period)}")
    return "; ".join(parts)
