"""The money of a month before anything is released: budget, list, need, requests, what is left.

Funding need = list(P) - unspent carried. What is unspent at a provider and was promised to lists
that are approved and not yet sent is not unspent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from app.disbursement.money import purses
from app.disbursement.states import BUILT, RELEASED
from app.disbursement.tables import batch, funding_request
from app.payroll.states import APPROVED, CLOSED, VOID
from app.payroll.tables import MONTH_LISTS, REPEATED_LINE, payroll, payroll_line
from app.units.tables import allotment, contract
from ledger.money import format_vnd
from ledger.schema import whole_sum

FUNDED = (*MONTH_LISTS, "difference", "campaign")
"""Kinds of lists that ask the Treasury for money; a repaired payment takes what came back."""

Place = tuple[str, str, str]
"""Paying unit, fund, programme."""


@dataclass(slots=True)
class Figures:
    """A month's money of one unit, fund and programme, in VND.

    `allotment` and `approved` are those of the year; `free` is what may still be released.
    """

    unit: str = ""
    fund: str = ""
    programme: str = ""
    allotment: int = 0
    approved: int = 0
    listed: int = 0
    unspent: int = 0
    requested: int = 0
    received: int = 0
    released: int = 0
    free: int = 0

    @property
    def remaining(self) -> int:
        """What the year's budget still allows."""
        return self.allotment - self.approved

    @property
    def need(self) -> int:
        """What the Treasury is to send for the month."""
        return self.listed - self.unspent

    def told(self) -> str:
        """The figures that a refusal shows."""
        return (
            f"bảng chi {format_vnd(self.listed)}, chưa chi chuyển sang {format_vnd(self.unspent)},"
            f" đã yêu cầu {format_vnd(self.requested)}, đã về {format_vnd(self.received)},"
            f" đã giải ngân {format_vnd(self.released)}, còn {format_vnd(self.free)}"
        )


def figures(session: Session, period: str, unit: str = "") -> list[Figures]:
    """A month's money by unit, fund and programme, in this order; `unit` narrows it."""
    found: dict[Place, Figures] = {}
    for name, query in _sums(period, unit).items():
        for row in session.execute(query):
            setattr(_at(found, (row[0], row[1], row[2])), name, int(row[3] or 0))
    for place, amount in _free(session, unit):
        _at(found, place).free += amount
    _allotted(session, found, period, unit)
    return [found[place] for place in sorted(found)]


def total(rows: Iterable[Figures]) -> Figures:
    """The sum of all rows."""
    whole = Figures(unit="cộng")
    for row in rows:
        for one in fields(Figures)[3:]:
            setattr(whole, one.name, getattr(whole, one.name) + getattr(row, one.name))
    return whole


def promised(session: Session, *own: ColumnElement[bool]) -> dict[int, int]:
    """By contract, what approved lists still have to send out of money that came already.

    Lists of `own` are left out; so is what the Treasury was asked for and has not sent yet.
    """
    others = and_(payroll.c.state == APPROVED, *(~one for one in own))
    found: dict[int, int] = defaultdict(int)
    for query in (_unsent(others), _unbuilt(others)):
        for contract_id, amount in session.execute(query):
            found[contract_id] += int(amount)
    asked = funding_request.c
    waiting = session.execute(
        select(asked.contract_id, whole_sum(asked.amount))
        .where(asked.received_on.is_(None))
        .group_by(asked.contract_id)
    )
    for contract_id, amount in waiting:
        found[contract_id] = max(found[contract_id] - int(amount), 0)
    return found


def _unsent(others: ColumnElement[bool]) -> Select[Any]:
    return (
        select(batch.c.contract_id, whole_sum(batch.c.total))
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .where(others, batch.c.state.in_((BUILT, RELEASED)))
        .group_by(batch.c.contract_id)
    )


def _unbuilt(others: ColumnElement[bool]) -> Select[Any]:
    """Lines that are in no batch; only of payrolls whose batches do not add up to them."""
    in_batches = (
        select(func.coalesce(func.sum(batch.c.total), 0))
        .where(batch.c.payroll_id == payroll.c.id)
        .scalar_subquery()
    )
    built = exists().where(
        batch.c.payroll_id == payroll_line.c.payroll_id,
        batch.c.contract_id == payroll_line.c.contract_id,
    )
    return (
        select(payroll_line.c.contract_id, whole_sum(payroll_line.c.amount))
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(others, in_batches < payroll.c.total, ~built)
        .group_by(payroll_line.c.contract_id)
    )


def _at(found: dict[Place, Figures], place: Place) -> Figures:
    return found.setdefault(place, Figures(*place))


def _sums(period: str, unit: str) -> dict[str, Select[Any]]:
    """What the month's lists, requests and batches add up to, by place."""
    of, asked = payroll.c, funding_request.c
    lists = select(of.unit_code, of.fund, of.programme, whole_sum(of.total)).where(
        of.period == period, of.state != VOID, of.kind.in_(FUNDED)
    )
    c = contract.c
    requests = (
        select(c.unit_code, c.fund, c.programme)
        .join(funding_request, asked.contract_id == c.id)
        .where(asked.period == period)
    )
    came = case((asked.received_on.is_not(None), asked.amount), else_=0)
    sent = (
        select(of.unit_code, of.fund, of.programme, whole_sum(batch.c.total))
        .join(batch, batch.c.payroll_id == of.id)
        .where(of.period == period, batch.c.state.not_in((BUILT, "cancelled")))
    )
    by_list, by_contract = (of.unit_code, of.fund, of.programme), (c.unit_code, c.fund, c.programme)
    found = {
        "listed": lists.group_by(*by_list),
        "unspent": requests.add_columns(whole_sum(asked.unspent)).group_by(*by_contract),
        "requested": requests.add_columns(whole_sum(asked.amount)).group_by(*by_contract),
        "received": requests.add_columns(whole_sum(came)).group_by(*by_contract),
        "released": sent.group_by(*by_list),
    }
    if unit:
        return {name: query.where(_unit_of(name) == unit) for name, query in found.items()}
    return found


def _unit_of(name: str) -> ColumnElement[str]:
    return payroll.c.unit_code if name in ("listed", "released") else contract.c.unit_code


def _free(session: Session, unit: str) -> Iterator[tuple[Place, int]]:
    """What is at the providers and neither on its way nor released already."""
    taken: dict[Place, int] = defaultdict(int)
    rows = session.execute(
        select(
            contract.c.unit_code, contract.c.fund, contract.c.programme, whole_sum(batch.c.total)
        )
        .join(batch, batch.c.contract_id == contract.c.id)
        .where(batch.c.state == RELEASED)
        .group_by(contract.c.unit_code, contract.c.fund, contract.c.programme)
    )
    for *place, amount in rows:
        taken[tuple(place)] -= int(amount)
    for cell, purse in purses(session).items():
        taken[cell.unit, cell.fund, cell.programme] += purse.free
    return ((place, amount) for place, amount in taken.items() if not unit or place[0] == unit)


def approved_of_year(year: str, unit: str = "") -> Select[Any]:
    """(unit, fund, programme, amount) of what was approved in a year, each obligation where it was
    listed first: the totals of the lists less the few lines that pay again."""
    of = payroll.c
    again = (
        select(whole_sum(payroll_line.c.amount))
        .where(payroll_line.c.payroll_id == of.id, REPEATED_LINE)
        .scalar_subquery()
    )
    amount = whole_sum(of.total - func.coalesce(again, 0))
    query = select(of.unit_code, of.fund, of.programme, amount).where(
        of.state.in_((APPROVED, CLOSED)), of.period.like(f"{year}-%")
    )
    query = query.where(of.unit_code == unit) if unit else query
    return query.group_by(of.unit_code, of.fund, of.programme)


def _allotted(session: Session, found: dict[Place, Figures], period: str, unit: str) -> None:
    """The year's budget, and what was approved of it: each obligation where it was listed first."""
    year = period[:4]
    for *place, amount in session.execute(approved_of_year(year, unit)):
        _at(found, (place[0], place[1], place[2])).approved = int(amount)
    budget = {
        (row.unit_code, row.programme): int(row.amount)
        for row in session.execute(select(allotment).where(allotment.c.fiscal_year == int(year)))
    }
    for (unit_code, _, programme_code), one in found.items():
        one.allotment = budget.get((unit_code, programme_code), 0)
