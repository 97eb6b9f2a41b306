"""What became of a month's list at a provider, and of its money: the figures of a settlement.

The list is counted from the payments and what ended them, the money from the books, what was paid
from the outcomes: three sources that must agree. A list that was tried again at the same provider
in the same month counts once, by its last attempt. Source: Decree 20/2021/ND-CP art. 34, Circular
44/2022/TT-BTC art. 8.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from app.disbursement.paid import kept_between, paid_by_day
from app.disbursement.settling.tables import (
    LIST_FIGURES,
    MONEY_FIGURES,
    provider_settlement,
)
from app.disbursement.states import BUILT, CANCELLED, RELEASED, SETTLED
from app.disbursement.tables import FAILED_STATES, batch, instruction
from app.payroll.tables import payroll
from app.units.tables import contract, provider
from bank_adapters.contract import LineKind
from ledger.balances import Movement, account_balances, item_movements, movements_between
from ledger.chart import Cell
from ledger.counting import CREDIT, Days, Lines, Terms, add_up, counted
from ledger.items import open_item_sums
from ledger.schema import whole_sum
from reconciliation import closing
from reconciliation.closed_days import bank_day
from reconciliation.closing import EXPLAINED, MONEY, NOT_OURS_IN, NOT_OURS_OUT
from reconciliation.tables import bank_line

DAY = timedelta(days=1)
FETCH = 2_000
MADE_GOOD, LOST = ("loss_paid",), ("provider_loss",)

TERMS: Terms = {
    "opening": closing.TERMS["opening"],
    "received": closing.TERMS["funding"],
    "made_good": (Lines(MONEY, MADE_GOOD),),
    "other_in": (Lines(MONEY, tuple(sorted({*NOT_OURS_IN} - {*MADE_GOOD}))), EXPLAINED),
    "lost": (Lines(MONEY, LOST, CREDIT),),
    "returned": closing.TERMS["back_to_treasury"],
    "other_out": (Lines(MONEY, tuple(sorted({*NOT_OURS_OUT} - {*LOST})), CREDIT),),
    "unspent": closing.TERMS["balance"],
    "suspense": closing.TERMS["suspense"],
    "transit": closing.TERMS["in_transit"],
}
"""What the books tell; what was paid, and what providers kept, comes from the outcomes."""


@dataclass(slots=True)
class Figures:
    """One cell's list of a month and the money from `since` to `until`, in đồng.

    `open_count`, `open_amount`: payments without an outcome. `unsent`: batches that have not left.
    `transit`: still on the way at the end, of any list. `before`: what the last settlement left.
    """

    cell: Cell
    holds_advance: bool
    since: date
    until: date | None
    listed_count: int = 0
    listed: int = 0
    account_count: int = 0
    account: int = 0
    cash_count: int = 0
    cash: int = 0
    vouchers: int = 0
    unpaid_count: int = 0
    unpaid: int = 0
    open_count: int = 0
    open_amount: int = 0
    unsent: int = 0
    opening: int = 0
    received: int = 0
    made_good: int = 0
    other_in: int = 0
    credited: int = 0
    cash_out: int = 0
    lost: int = 0
    returned: int = 0
    other_out: int = 0
    unspent: int = 0
    suspense: int = 0
    transit: int = 0
    before: int | None = None
    lines_digest: str = ""

    @property
    def difference(self) -> int:
        """What the money's identity leaves unexplained; must be 0."""
        came = self.opening + self.received + self.made_good + self.other_in
        went = self.credited + self.cash_out + self.lost + self.returned + self.other_out
        return came - went - self.unspent

    @property
    def list_difference(self) -> int:
        """The same of the list: what is neither paid nor unpaid."""
        return self.listed - self.account - self.cash - self.unpaid

    def row(self) -> dict[str, int]:
        """The figures that a settlement keeps."""
        return {name: getattr(self, name) for name in (*LIST_FIGURES, *MONEY_FIGURES, "suspense")}


def compute(
    session: Session, period: str, today: date, where: tuple[ColumnElement[bool], ...] = ()
) -> dict[Cell, Figures]:
    """Every cell with a list of the month that is not settled yet; `where` narrows the contracts.

    A fixed number of queries, and one more for each day on which earlier settlements ended.
    """
    found = {one.cell: one for one in _cells(session, period, today, where)}
    if found:
        _lists(session, period, where, found)
        _vouchers(session, period, where, found)
        _digests(session, period, where, found)
        _money(session, found)
    return found


def programmes_of(
    session: Session, period: str, today: date, where: tuple[ColumnElement[bool], ...] = ()
) -> set[str]:
    """The programmes of the cells that `compute` would give."""
    return {one.cell.programme for one in _cells(session, period, today, where)}


def _cells(
    session: Session, period: str, today: date, where: tuple[ColumnElement[bool], ...]
) -> Iterator[Figures]:
    """The cells, each with the days since its last settlement."""
    c, before, days = contract.c, _last_settled(session), _closed_days(session)
    settled = _settled_of(session, period)
    rows = session.execute(
        select(c.fund, c.programme, c.unit_code, c.provider, provider.c.holds_advance,
               func.min(c.valid_from).label("valid_from"))
        .join(provider, provider.c.code == c.provider)
        .join(batch, batch.c.contract_id == c.id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .where(payroll.c.period == period, batch.c.state != CANCELLED, *where)
        .group_by(c.fund, c.programme, c.unit_code, c.provider, provider.c.holds_advance)
        .order_by(c.unit_code, c.programme, c.provider, c.fund)
    ).all()  # fmt: skip
    for row in rows:
        cell = Cell(row.fund, row.programme, row.unit_code, row.provider)
        if cell in settled:
            continue
        last, left = before.get(cell, (row.valid_from - DAY, None))
        until = today if row.holds_advance else days.get(cell)
        yield Figures(cell, bool(row.holds_advance), last + DAY, until, before=left)


def _settled_of(session: Session, period: str) -> set[Cell]:
    s = provider_settlement.c
    rows = session.execute(
        select(s.fund, s.programme, s.unit, s.provider).where(s.period == period)
    )
    return {Cell(*row) for row in rows}


def _last_settled(session: Session) -> dict[Cell, tuple[date, int]]:
    """By cell the day on which its last settlement ended, and what it left."""
    s = provider_settlement.c
    query = select(s.fund, s.programme, s.unit, s.provider, s.until, s.unspent).order_by(s.until)
    return {Cell(*row[:4]): (row[4], row[5]) for row in session.execute(query)}


def _closed_days(session: Session) -> dict[Cell, date]:
    """By cell the last day that is closed for all its bank accounts that were ever closed."""
    c, d = contract.c, bank_day.c
    last = select(d.provider, d.account, func.max(d.day).label("day"))
    days = last.group_by(d.provider, d.account).subquery("days")
    rows = session.execute(
        select(c.fund, c.programme, c.unit_code, c.provider, func.max(days.c.day)).join(
            days, (days.c.provider == c.provider) & (days.c.account == c.account)
        ).group_by(c.fund, c.programme, c.unit_code, c.provider)
    )  # fmt: skip
    return {Cell(*row[:4]): row[4] for row in rows}


def _of_period(columns: Any, period: str, where: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    """Payments of the month's lists, without those that were tried again in the same cell."""
    c = contract.c
    later, its_batch, its_list = instruction.alias(), batch.alias(), payroll.alias()
    its_contract = contract.alias()
    again = (
        select(later.c.id)
        .join(its_batch, its_batch.c.id == later.c.batch_id)
        .join(its_list, its_list.c.id == its_batch.c.payroll_id)
        .join(its_contract, its_contract.c.id == its_batch.c.contract_id)
        .where(later.c.replaces_id == instruction.c.id, its_list.c.period == period)
        .where(*(its_contract.c[name] == c[name]
                 for name in ("fund", "programme", "unit_code", "provider")))
    )  # fmt: skip
    return (
        select(c.fund, c.programme, c.unit_code, c.provider, *columns)
        .select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .join(contract, c.id == batch.c.contract_id)
        .where(payroll.c.period == period, batch.c.state != CANCELLED, ~again.exists(), *where)
    )


def _lists(
    session: Session,
    period: str,
    where: tuple[ColumnElement[bool], ...],
    found: Mapping[Cell, Figures],
) -> None:
    c, i = contract.c, instruction.c
    ended = case((i.state == SETTLED, i.method), (i.state.in_(FAILED_STATES), "unpaid"),
                 else_="open")  # fmt: skip
    unsent = case((batch.c.state.in_((BUILT, RELEASED)), 1), else_=0)
    columns = (ended.label("ended"), unsent.label("unsent"), func.count(), whole_sum(i.amount))
    query = _of_period(columns, period, where)
    keys = (c.fund, c.programme, c.unit_code, c.provider, "ended", "unsent")
    for *place, how, is_unsent, count, amount in session.execute(query.group_by(*keys)):
        one = found.get(Cell(*place))
        if one is None:
            continue
        one.listed_count += count
        one.listed += int(amount)
        one.unsent += count * is_unsent
        kind = "open" if how == "open" else how if how in ("cash", "unpaid") else "account"
        total = "open_amount" if kind == "open" else kind
        setattr(one, f"{kind}_count", getattr(one, f"{kind}_count") + count)
        setattr(one, total, getattr(one, total) + int(amount))


def _vouchers(
    session: Session,
    period: str,
    where: tuple[ColumnElement[bool], ...],
    found: Mapping[Cell, Figures],
) -> None:
    """Cash that somebody signed for: a line of the provider's list with the voucher's number."""
    c, i, line = contract.c, instruction.c, bank_line.c
    signed = select(line.id).where(
        line.reference == i.reference, line.provider == c.provider, line.voucher != "",
        line.kind == LineKind.PAID_CASH.value,
    )  # fmt: skip
    query = _of_period((func.count(),), period, where)
    query = query.where(i.method == "cash", i.state == SETTLED, signed.exists())
    for *place, count in session.execute(
        query.group_by(c.fund, c.programme, c.unit_code, c.provider)
    ):
        if (one := found.get(Cell(*place))) is not None:
            one.vouchers = count


def _digests(
    session: Session,
    period: str,
    where: tuple[ColumnElement[bool], ...],
    found: Mapping[Cell, Figures],
) -> None:
    """SHA-256 over each cell's payments with what became of them, in order; streamed."""
    i = instruction.c
    hashes = {cell: hashlib.sha256() for cell in found}
    query = _of_period((i.id, i.reference, i.amount, i.method, i.state), period, where)
    rows = session.execute(query.order_by(i.id).execution_options(yield_per=FETCH))
    for *place, number, reference, amount, method, state in rows:
        told = hashes.get(Cell(*place))
        if told is not None:
            told.update(f"{number}|{reference}|{amount}|{method}|{state}\n".encode())
    for cell, one in found.items():
        one.lines_digest = hashes[cell].hexdigest()


def _money(session: Session, found: Mapping[Cell, Figures]) -> None:
    spans = {(one.since, one.until) for one in found.values() if one.until is not None}
    for since, until in sorted(spans):
        ours = {c: o for c, o in found.items() if (o.since, o.until) == (since, until)}
        programmes = {cell.programme for cell in ours}
        for one in programmes:
            _balances(session, one, since, until, ours)
            _movements(ours, movements_between(session, since, until, one))
        _movements(ours, item_movements(session, since, until, ("suspense",)))
        for cell, amount in kept_between(session, since, until).items():
            if cell in ours:
                ours[cell].other_out += amount
    if spans:
        _paid(session, min(spans)[0], max(until for _, until in spans), found)


def _paid(session: Session, first: date, last: date, found: Mapping[Cell, Figures]) -> None:
    """What was paid on the days of each cell: all payments of all those days are read once."""
    for cell, day, credited, cash in paid_by_day(session, first, last):
        one = found.get(cell)
        if one is not None and one.until is not None and one.since <= day <= one.until:
            one.credited += credited
            one.cash_out += cash


def _balances(
    session: Session, programme: str, since: date, until: date, ours: Mapping[Cell, Figures]
) -> None:
    for one in account_balances(session, on=since - DAY, programme=programme, kinds=MONEY):
        _count(ours, one.cell, counted(TERMS, Days.BEFORE, one.kind, -one.balance))
    kinds = (*MONEY, "transit")
    for one in account_balances(session, on=until, programme=programme, kinds=kinds):
        _count(ours, one.cell, counted(TERMS, Days.UPTO, one.kind, -one.balance))
    for item in open_item_sums(session, on=until, programme=programme, kinds=("suspense",)):
        _count(ours, item.cell, counted(TERMS, Days.UPTO, item.kind, -item.balance))


def _movements(ours: Mapping[Cell, Figures], moved: Iterable[Movement]) -> None:
    for one in moved:
        place = Cell(one.fund, one.programme, one.unit, one.provider)
        came = one.debit - one.credit
        _count(ours, place, counted(TERMS, Days.WITHIN, one.kind, came, one.recipe))


def _count(ours: Mapping[Cell, Figures], place: Cell, terms: Iterable[tuple[str, int]]) -> None:
    if place in ours:
        add_up(ours[place], terms)
