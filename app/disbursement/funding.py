"""Money from the Treasury: the request after approval, and its arrival.

Need = what is listed for the month - what is unspent at the provider and promised to no other list.
A provider that holds an advance receives the money by Treasury slip; a bank account by a booked
credit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    and_,
    case,
    cast,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.clock import local_date
from app.disbursement.figures import FUNDED, promised
from app.disbursement.money import Purse, purses
from app.disbursement.tables import funding_request
from app.errors import Conflict
from app.payroll.tables import MONTH_LISTS, payroll, payroll_line
from app.units.tables import contract, provider
from bank_adapters.references import message_id
from ledger.bulk import written
from ledger.chart import Cell
from ledger.journal import EntryDraft, post
from ledger.periods import first_open_day
from ledger.schema import whole_sum


def request(session: Session, period: str, now: datetime) -> int:
    """Write the month's withdrawal requests; gives how many are new.

    One per contract for the monthly list, one for each list of differences and for each campaign
    that is approved.
    """
    asked = funding_request.c
    query = select(asked.contract_id, asked.campaign).where(asked.period == period)
    known = {(row.contract_id, row.campaign) for row in session.execute(query)}
    money, taken = purses(session), promised(session, _is_monthly(period))
    rows = [
        _request(row, money.get(cell_of(row), Purse()).free - taken.get(row.id, 0), period, now)
        for row in session.execute(_listed(period))
        if (row.id, row.campaign) not in known
    ]
    if rows:
        session.execute(insert(funding_request), rows)
    return len(rows)


def request_of_officer(session: Session, period: str, username: str, now: datetime) -> int:
    """The same, asked for by an officer before its hour; the trail says who and how many."""
    count = request(session, period, now)
    if count:
        record(session, now, username, "funding:request:write", f"period:{period}", str(count))
    return count


def _is_monthly(period: str) -> ColumnElement[bool]:
    return and_(payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS))


def _listed(period: str) -> Any:
    """What the approved lists of a month hold by contract; `campaign` names a list beside it."""
    line = payroll_line.c
    # Literal words: PostgreSQL would not know the same expression again by its parameters.
    number = literal_column("'difference:'").concat(cast(payroll.c.number, Text))
    is_late = payroll.c.kind == literal_column("'difference'")
    beside = case((is_late, number), else_=payroll.c.campaign)
    return (
        select(
            contract.c.id,
            contract.c.unit_code,
            contract.c.programme,
            contract.c.fund,
            contract.c.provider,
            beside.label("campaign"),
            whole_sum(line.amount).label("listed"),
        )
        .join(payroll_line, line.contract_id == contract.c.id)
        .join(payroll, payroll.c.id == line.payroll_id)
        .where(payroll.c.period == period, payroll.c.kind.in_(FUNDED))
        .where(payroll.c.state == "approved")
        .group_by(
            contract.c.id,
            contract.c.unit_code,
            contract.c.programme,
            contract.c.fund,
            contract.c.provider,
            beside,
        )
        .order_by(contract.c.id, beside)
    )


def _request(row: Row[Any], free: int, period: str, now: datetime) -> dict[str, Any]:
    # What is unspent goes to the monthly list: a list beside it asks for all it needs.
    unspent = 0 if row.campaign else max(0, min(free, row.listed))
    what = ("funding", period, row.id, *([row.campaign] if row.campaign else []))
    return {
        "period": period,
        "contract_id": row.id,
        "campaign": row.campaign,
        "reference": "KB" + message_id(what)[2:18],
        "listed": row.listed,
        "unspent": unspent,
        "amount": row.listed - unspent,
        "requested_at": now,
    }


def cell_of(row: Any) -> Cell:
    """The cell of the books of a contract's row."""
    return Cell(row.fund, row.programme, row.unit_code, row.provider)


def waiting(session: Session, period: str) -> list[Row[Any]]:
    """Requests of a month whose money has not come, with contract and provider."""
    return list(
        session.execute(
            select(
                funding_request.c.id,
                funding_request.c.reference,
                funding_request.c.amount,
                contract.c.unit_code,
                contract.c.programme,
                contract.c.fund,
                contract.c.provider,
                contract.c.account,
                provider.c.holds_advance,
            )
            .join(contract, contract.c.id == funding_request.c.contract_id)
            .join(provider, provider.c.code == contract.c.provider)
            .where(funding_request.c.period == period)
            .where(funding_request.c.received_on.is_(None), funding_request.c.amount > 0)
            .order_by(funding_request.c.id)
        )
    )


def receive(
    session: Session, row: Any, on: date, evidence: str, now: datetime, key: str = ""
) -> None:
    """The money of one request has come: T0 into a bank account, C1 as an advance.

    `key` is that of the entry where the request's own may have been used before, by a line that
    was taken back. Raises Conflict
    where its money came meanwhile, by another line.
    """
    recipe = "fund_advance" if row.holds_advance else "fund_bank"
    draft = EntryDraft(
        key=key or f"funding:{row.reference}",
        recipe=recipe,
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, on, cell_of(row)),
        recorded_at=now,
        source=evidence,
    )
    post(session, draft, row.amount)
    mine = and_(funding_request.c.id == row.id, funding_request.c.received_on.is_(None))
    if written(session, update(funding_request).where(mine).values(received_on=on)) != 1:
        raise Conflict(f"Tiền của {row.reference} vừa được ghi nhận.", "Chạy lại lệnh.")


def receive_slips(session: Session, period: str, now: datetime) -> int:
    """Record the Treasury's slips for providers that hold an advance; gives how many."""
    rows = [row for row in waiting(session, period) if row.holds_advance]
    for row in rows:
        receive(session, row, local_date(now), f"treasury-slip:{row.reference}", now)
    return len(rows)
