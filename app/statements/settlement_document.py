"""The closings of a month as one PDF: a page per unit, fund, programme and provider."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from sqlalchemy import Row, exists, func, select, true
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.clock import local_date
from app.disbursement.tables import FAILED_STATES, batch, instruction, outcome
from app.errors import NotFound
from app.payroll.tables import payroll
from app.printing.documents.settlement_sheet import (
    BalanceCheck,
    ClosingTerms,
    SettlementSheet,
    render_settlement_sheets,
)
from app.printing.values import Signature, short_month
from app.statements.letterheads import letterhead
from app.statements.signing import paper_code
from app.units.tables import contract, fund, paying_unit, programme, provider
from ledger.periods import days_of
from reconciliation.tables import closing

Place = tuple[str, str, str, str]
_SIGNERS = (
    Signature("Tổ chức chi trả", "Người đại diện"),
    Signature("Kế toán"),
    Signature("Thủ trưởng đơn vị"),
)


def write_settlements(
    session: Session, period: str, out: BinaryIO, synthetic: bool, unit: str | None = None
) -> None:
    """Write every settlement of a closed month to `out`, or those of one paying unit. Raises
    NotFound when it is not closed.

    Units in the order of Vietnamese names. The signatures are left to pens: a settlement is
    agreed between the unit and the provider.
    """
    rows = session.execute(_closings(period, unit)).all()
    if not rows:
        raise NotFound(
            f"Chưa có số liệu khóa sổ {short_month(period)}.",
            "Khóa sổ tháng đó rồi in lại, hoặc chọn tháng đã khóa sổ.",
        )
    unpaid = unpaid_by_place(session, period)
    render_settlement_sheets(_sheets(rows, unpaid, synthetic), out)


def _closings(period: str, unit: str | None) -> Any:
    units = true() if unit is None else closing.c.unit == unit
    return (
        select(
            closing,
            paying_unit.c.name.label("unit_name"),
            paying_unit.c.area_code,
            paying_unit.c.budget_code,
            fund.c.name.label("fund_name"),
            programme.c.name.label("programme_name"),
            provider.c.name.label("provider_name"),
        )
        .join(paying_unit, paying_unit.c.code == closing.c.unit)
        .join(fund, fund.c.code == closing.c.fund)
        .join(programme, programme.c.code == closing.c.programme)
        .join(provider, provider.c.code == closing.c.provider)
        .where(closing.c.period == period, units)
        .order_by(paying_unit.c.sort_key, closing.c.programme, closing.c.provider)
    )


def _sheets(
    rows: Any, unpaid: dict[Place, tuple[int, int]], synthetic: bool
) -> Iterator[SettlementSheet]:
    for row in rows:
        persons, amount = unpaid.get((row.fund, row.programme, row.unit, row.provider), (0, 0))
        yield SettlementSheet(
            letterhead=letterhead(row.unit_name, row.area_code, local_date(row.closed_at)),
            fund=row.fund_name,
            programme=row.programme_name,
            provider=row.provider_name,
            period=row.period,
            terms=_terms(row),
            digest=paper_code(_digest(row)),
            synthetic=synthetic,
            check=BalanceCheck(row.balance, None, row.reported_balance),
            unpaid_persons=persons,
            unpaid_amount=amount,
            budget_code=row.budget_code,
            signatures=_SIGNERS,
        )


def _terms(row: Row[Any]) -> ClosingTerms:
    return ClosingTerms(
        opening=row.opening,
        funding=row.funding,
        credits_not_ours=row.not_ours_in,
        credited=row.credited,
        cash_paid=row.cash_paid,
        fees_and_debits_not_ours=row.fees_and_not_ours_out,
        returned_to_treasury=row.back_to_treasury,
        balance=row.balance,
        in_transit=row.in_transit,
        suspense=row.suspense,
        unspent=row.unspent,
    )


def _digest(row: Row[Any]) -> str:
    """SHA-256 over the closing's columns: binds the sheet to the closed figures."""
    listed = "|".join(str(getattr(row, column.name)) for column in closing.columns)
    return hashlib.sha256(listed.encode()).hexdigest()


def unpaid_by_place(session: Session, period: str) -> dict[Place, tuple[int, int]]:
    """(persons, đồng) whose last attempt up to the month had failed by its end, by
    (fund, programme, unit, provider).

    An attempt that a later month made, or an outcome that it posted, does not count: the
    sheet of a closed month says the same for ever.
    """
    last = days_of(period)[1]
    failed = exists().where(
        outcome.c.instruction_id == instruction.c.id,
        outcome.c.state.in_(FAILED_STATES),
        outcome.c.posted_on <= last,
    )
    later, its_batch, its_payroll = instruction.alias(), batch.alias(), payroll.alias()
    tried_again = exists().where(
        later.c.replaces_id == instruction.c.id,
        its_batch.c.id == later.c.batch_id,
        its_payroll.c.id == its_batch.c.payroll_id,
        its_payroll.c.period <= period,
    )
    place = (contract.c.fund, contract.c.programme, contract.c.unit_code, contract.c.provider)
    rows = session.execute(
        select(
            *place,
            func.count(func.distinct(obligation.c.person_id)),
            func.sum(instruction.c.amount),
        )
        .select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .where(instruction.c.state.in_(FAILED_STATES), failed, ~tried_again)
        .group_by(*place)
    )
    return {(row[0], row[1], row[2], row[3]): (row[4], int(row[5])) for row in rows}
