"""The settlements of a month that were accepted, for the Treasury: PDF or XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from app.access.tables import joint_act, officer
from app.clock import local_date
from app.disbursement.settling.tables import provider_settlement
from app.errors import NotFound
from app.printing.documents.provider_settlement import (
    Counted,
    ProviderSettlement,
    SettledList,
    render_provider_settlements,
)
from app.printing.documents.provider_settlement_sheet import write_provider_settlements_sheet
from app.printing.values import short_month
from app.statements.letterheads import in_full, letterhead
from app.statements.signing import paper_code
from app.units.tables import fund, paying_unit, programme, provider

Where = tuple[ColumnElement[bool], ...]


def write_report_pdf(
    session: Session, period: str, out: BinaryIO, synthetic: bool, where: Where = ()
) -> int:
    """Write a month's accepted settlements as PDF, in the order of the units' Vietnamese names;
    gives how many. `where` narrows `provider_settlement`. Raises NotFound when there is none."""
    rows = _rows(session, period, where)
    return render_provider_settlements(_settlements(rows, synthetic), out)


def write_report_xlsx(
    session: Session, period: str, out: BinaryIO, synthetic: bool, where: Where = ()
) -> int:
    """The same as XLSX: one row each, and their sums."""
    rows = _rows(session, period, where)
    created: datetime = max(row.accepted_at for row in rows)
    found = list(_settlements(rows, synthetic))
    return write_provider_settlements_sheet(found, out, created)


def _rows(session: Session, period: str, where: Where) -> list[Row[Any]]:
    s, one, two = provider_settlement.c, officer.alias("one"), officer.alias("two")
    query = (
        select(
            provider_settlement,
            paying_unit.c.name.label("unit_name"),
            paying_unit.c.area_code,
            paying_unit.c.budget_code,
            fund.c.name.label("fund_name"),
            programme.c.name.label("programme_name"),
            provider.c.name.label("provider_name"),
            one.c.name.label("first"),
            two.c.name.label("second"),
        )
        .join(paying_unit, paying_unit.c.code == s.unit)
        .join(fund, fund.c.code == s.fund)
        .join(programme, programme.c.code == s.programme)
        .join(provider, provider.c.code == s.provider)
        .join(joint_act, joint_act.c.id == s.joint_id)
        .join(one, one.c.id == joint_act.c.officer_one)
        .join(two, two.c.id == joint_act.c.officer_two)
        .where(s.period == period, *where)
        .order_by(paying_unit.c.sort_key, s.programme, s.provider)
    )
    rows = list(session.execute(query))
    if not rows:
        raise NotFound(
            f"Chưa có quyết toán nào của {short_month(period)} được chấp nhận.",
            "Xem `ansinh recon settlements`, hai cán bộ tài chính chấp nhận rồi in.",
        )
    return rows


def _settlements(rows: list[Row[Any]], synthetic: bool) -> Iterator[ProviderSettlement]:
    for row in rows:
        accepted_on = local_date(row.accepted_at)
        yield ProviderSettlement(
            letterhead=letterhead(row.unit_name, row.area_code, accepted_on),
            unit=in_full(row.unit_name),
            budget_code=row.budget_code,
            programme=row.programme_name,
            fund=row.fund_name,
            provider=row.provider_name,
            settled=_settled(row),
            digest=paper_code(row.digest),
            accepted_on=accepted_on,
            accepted_by=(row.first, row.second),
            synthetic=synthetic,
        )


def _settled(row: Row[Any]) -> SettledList:
    names = ("period", "since", "until", "vouchers", "opening", "received", "made_good", "other_in",
             "credited", "cash_out", "lost", "returned", "other_out", "unspent",
             "suspense")  # fmt: skip
    return SettledList(
        listed=Counted(row.listed_count, row.listed),
        account=Counted(row.account_count, row.account),
        cash=Counted(row.cash_count, row.cash),
        unpaid=Counted(row.unpaid_count, row.unpaid),
        **{name: getattr(row, name) for name in names},
    )
