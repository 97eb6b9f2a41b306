"""What each figure of a month's money consists of; the sum of the rows is the figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session

from app.disbursement.figures import FUNDED, Place, figures
from app.disbursement.money import purses
from app.disbursement.states import BUILT, CANCELLED, RELEASED
from app.disbursement.tables import batch, funding_request
from app.payroll.states import APPROVED, CLOSED, VOID
from app.payroll.tables import REPEATED_LINE, payroll, payroll_line
from app.units.tables import allotment, contract, fund, paying_unit, programme, provider
from ledger.journal import entry_keyed
from ledger.schema import whole_sum


class Part(NamedTuple):
    """One thing that a figure is made of: what kind of thing, its number, where, what it adds."""

    what: str
    number: int
    unit: str
    fund: str
    programme: str
    more: str
    amount: int


def parts(session: Session, figure: str, period: str, place: Place) -> list[Part]:
    """What a figure of a month consists of at a place; '' in the place stands for all."""
    return [one for one in _KINDS[figure](session, period) if _is_at(one, place)]


def _is_at(one: Part, place: Place) -> bool:
    given = zip(place, (one.unit, one.fund, one.programme), strict=True)
    return all(asked in ("", found) for asked, found in given)


def _payrolls(query: Select[Any]) -> Select[Any]:
    of = payroll.c
    return query.add_columns(of.unit_code, of.fund, of.programme, of.kind, of.period)


def _allotted(session: Session, period: str) -> Iterator[Part]:
    """The budget of the year, of the places that have figures in the month."""
    places = {(one.unit, one.fund, one.programme) for one in figures(session, period)}
    rows = session.execute(
        select(allotment, programme.c.fund)
        .join(programme, programme.c.code == allotment.c.programme)
        .where(allotment.c.fiscal_year == int(period[:4]))
    )
    for row in rows:
        if (row.unit_code, row.fund, row.programme) not in places:
            continue
        yield Part("allotment", row.fiscal_year, row.unit_code, row.fund, row.programme,
                   str(row.fiscal_year), int(row.amount))  # fmt: skip


def _approved(session: Session, period: str) -> Iterator[Part]:
    """Each obligation where it was listed first, over the approved payrolls of the year."""
    of = payroll.c
    again = (
        select(whole_sum(payroll_line.c.amount))
        .where(payroll_line.c.payroll_id == of.id, REPEATED_LINE)
        .scalar_subquery()
    )
    query = _payrolls(select(of.id, (of.total - func.coalesce(again, 0)).label("amount")))
    where = (of.state.in_((APPROVED, CLOSED)), of.period.like(f"{period[:4]}-%"))
    return (one for one in _of_payrolls(session, query.where(*where)) if one.amount)


def _listed(session: Session, period: str) -> Iterator[Part]:
    of = payroll.c
    query = _payrolls(select(of.id, of.total.label("amount")))
    where = (of.period == period, of.state != VOID, of.kind.in_(FUNDED))
    return _of_payrolls(session, query.where(*where))


def _of_payrolls(session: Session, query: Select[Any]) -> Iterator[Part]:
    for row in session.execute(query.order_by(payroll.c.period, payroll.c.id)):
        yield Part("payroll", row.id, row.unit_code, row.fund, row.programme,
                   f"{row.kind} {row.period}", int(row.amount))  # fmt: skip


def _asked(amount: ColumnElement[int]) -> Callable[[Session, str], Iterator[Part]]:
    def found(session: Session, period: str) -> Iterator[Part]:
        c, asked = contract.c, funding_request.c
        rows = session.execute(
            select(asked.id, asked.reference, c.unit_code, c.fund, c.programme,
                   amount.label("amount"))
            .join(contract, c.id == asked.contract_id)
            .where(asked.period == period)
            .order_by(asked.id)
        )  # fmt: skip
        for row in rows:
            if row.amount:
                yield Part("request", row.id, row.unit_code, row.fund, row.programme,
                           row.reference, int(row.amount))  # fmt: skip

    return found


def _released(session: Session, period: str) -> Iterator[Part]:
    of = payroll.c
    rows = session.execute(
        select(batch.c.id, batch.c.total, batch.c.state, of.unit_code, of.fund, of.programme)
        .join(payroll, of.id == batch.c.payroll_id)
        .where(of.period == period, batch.c.state.not_in((BUILT, CANCELLED)))
        .order_by(batch.c.id)
    )
    for row in rows:
        yield Part("batch", row.id, row.unit_code, row.fund, row.programme, row.state, row.total)


def _free(session: Session, period: str) -> Iterator[Part]:
    """What is at each provider and neither on its way nor released already, as of now."""
    taken: dict[Any, int] = defaultdict(int)
    c = contract.c
    rows = session.execute(
        select(c.unit_code, c.fund, c.programme, c.provider, whole_sum(batch.c.total).label("sum"))
        .join(batch, batch.c.contract_id == c.id)
        .where(batch.c.state == RELEASED)
        .group_by(c.unit_code, c.fund, c.programme, c.provider)
    )
    for row in rows:
        taken[row.unit_code, row.fund, row.programme, row.provider] -= int(row.sum)
    for cell, purse in purses(session).items():
        taken[cell.unit, cell.fund, cell.programme, cell.provider] += purse.free
    for key in sorted(taken):
        unit, fund, code, keeper = key
        if taken[key]:
            yield Part("purse", 0, unit, fund, code, keeper, taken[key])


_CAME = case((funding_request.c.received_on.is_not(None), funding_request.c.amount), else_=0)
_KINDS: Mapping[str, Callable[[Session, str], Iterator[Part]]] = {
    "allotment": _allotted,
    "approved": _approved,
    "listed": _listed,
    "unspent": _asked(funding_request.c.unspent),
    "requested": _asked(funding_request.c.amount),
    "received": _asked(_CAME),
    "released": _released,
    "free": _free,
}
FIGURES = tuple(_KINDS)


def requests(session: Session, period: str, within: ColumnElement[bool]) -> list[Row[Any]]:
    """The month's withdrawal requests with the names around them, those still waiting first."""
    asked, c = funding_request.c, contract.c
    query = (
        select(funding_request, c.unit_code, c.provider, c.account, c.number,
               provider.c.holds_advance, provider.c.name.label("provider_name"),
               paying_unit.c.name.label("unit_name"), programme.c.name.label("programme_name"))
        .join(contract, c.id == asked.contract_id)
        .join(provider, provider.c.code == c.provider)
        .join(paying_unit, paying_unit.c.code == c.unit_code)
        .join(programme, programme.c.code == c.programme)
        .where(asked.period == period, within)
        .order_by(asked.received_on.is_not(None), paying_unit.c.sort_key, asked.id)
    )  # fmt: skip
    return list(session.execute(query))


def one_request(session: Session, number: int) -> Row[Any] | None:
    """A withdrawal request with its contract; None where there is none."""
    c = contract.c
    query = (
        select(funding_request, c.unit_code, c.programme, c.fund, c.provider)
        .join(contract, c.id == funding_request.c.contract_id)
        .where(funding_request.c.id == number)
    )
    return session.execute(query).one_or_none()


def names(session: Session) -> tuple[dict[str, str], dict[str, str]]:
    """Names of paying units and of programmes, by code."""
    units = session.execute(select(paying_unit.c.code, paying_unit.c.name))
    programmes = session.execute(select(programme.c.code, programme.c.name))
    return {row.code: row.name for row in units}, {row.code: row.name for row in programmes}


def fund_names(session: Session) -> dict[str, str]:
    """Names of the funds, by code."""
    return {row.code: row.name for row in session.execute(select(fund.c.code, fund.c.name))}


def entry_of(session: Session, reference: str) -> int | None:
    """The entry with which the money of a request came; None before that, and where a statement
    line brought it under a key of its own."""
    return entry_keyed(session, f"funding:{reference}")
