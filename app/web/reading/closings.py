"""Settlements: one row per unit, fund, programme and provider of a month; and what is parked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from app.disbursement.settling.terms import TERMS_IN, TERMS_OUT
from app.units.tables import fund, paying_unit, programme, provider
from app.web.paging import Order, Paging
from reconciliation.tables import bank_line, closing, suspense_item

PARTS = ("in_transit", "suspense", "unspent")
_SUMS = (*TERMS_IN, *TERMS_OUT, "balance", *PARTS)
SUSPENSE_SHOWN = 50

COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "unit": paying_unit.c.sort_key,
    "programme": closing.c.programme,
    "provider": closing.c.provider,
    "balance": closing.c.balance,
}


def conditions(period: str, arguments: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What the list is narrowed to by the filters of its form."""
    found: list[ColumnElement[bool]] = [closing.c.period == period]
    for name in ("programme", "provider", "unit", "fund"):
        if name in arguments:
            found.append(closing.c[name] == arguments[name])
    return found


def totals(session: Session, where: list[ColumnElement[bool]]) -> Row[Any]:
    """`cells`, `reported`, `without_report` and the sum of every term over the list."""
    reported = closing.c.reported_balance
    sums = [func.coalesce(func.sum(closing.c[name]), 0).label(name) for name in _SUMS]
    query = select(
        func.count().label("cells"),
        func.count(reported).label("with_report"),
        func.coalesce(func.sum(func.coalesce(reported, closing.c.balance)), 0).label("reported"),
        *sums,
    )
    return session.execute(_joined(query).where(*where)).one()


def listed(
    session: Session, where: list[ColumnElement[bool]], order: Order, paging: Paging
) -> list[Row[Any]]:
    """One page of the settlements with their names."""
    last = closing.c.fund.concat(closing.c.programme).concat(closing.c.unit)
    query = _joined(_named()).where(*where).order_by(*order.by(last.concat(closing.c.provider)))
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def one(session: Session, period: str, unit: str, code: str, provider_code: str) -> Row[Any] | None:
    """The settlement of a unit, programme and provider, or None."""
    c = closing.c
    query = _joined(_named()).where(c.period == period, c.unit == unit)
    return session.execute(query.where(c.programme == code, c.provider == provider_code)).first()


def _named() -> Select[Any]:
    return select(
        closing,
        paying_unit.c.name.label("unit_name"),
        programme.c.name.label("programme_name"),
        provider.c.name.label("provider_name"),
        fund.c.name.label("fund_name"),
    )


def _joined(query: Select[Any]) -> Select[Any]:
    c = closing.c
    return (
        query.select_from(closing)
        .outerjoin(paying_unit, paying_unit.c.code == c.unit)
        .outerjoin(programme, programme.c.code == c.programme)
        .outerjoin(provider, provider.c.code == c.provider)
        .outerjoin(fund, fund.c.code == c.fund)
    )


def suspense(session: Session) -> list[Row[Any]]:
    """What waits for an explanation, the oldest first, with the line it came by."""
    return list(
        session.execute(
            select(
                suspense_item,
                bank_line.c.provider,
                bank_line.c.bank_reference,
                bank_line.c.booked_on,
            )
            .join(bank_line, bank_line.c.id == suspense_item.c.bank_line_id)
            .where(suspense_item.c.resolved_at.is_(None))
            .order_by(suspense_item.c.opened_on, suspense_item.c.bank_line_id)
            .limit(SUSPENSE_SHOWN)
        )
    )
