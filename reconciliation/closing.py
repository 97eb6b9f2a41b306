"""Closing a month: the identity of decision 0007, per paying unit, fund, programme and provider.

opening + funding + credits not ours = credited + cash paid + fees and debits not ours
+ returned to Treasury + balance, and balance = in transit + suspense + unspent. `balance` is
the money at the provider: on the bank account, or as an open advance. What was paid is
counted from the instructions, the rest from the books, and the bank states its balance: three
sources that must agree, in Python here and as CHECKs in the table. What came over from an older
system in the month counts as its opening.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.balances import account_balances, item_movements, movements_by_cell
from ledger.chart import Cell
from ledger.items import open_item_sums
from ledger.periods import close_period, days_of
from reconciliation.tables import closing

FUNDING = ("fund_bank", "fund_advance")
TAKEN_OVER = ("open_bank", "open_advance")
NOT_OURS_IN = ("park_credit", "claim_paid", "loss_paid", "overpayment_repaid")
NOT_OURS_OUT = ("claim_fee", "pay_fee", "claim_double", "park_debit", "send_back", "provider_loss")
TO_TREASURY = ("refund_bank", "refund_advance")
MONEY = ("bank", "advance", "unallocated")
# A line that waited to be explained and turned out to be a payment's counts with the payment from
# then on. The bank sees nothing of it.
EXPLAINED_IN = ("place_credit",)


@dataclass(slots=True)
class Closed:
    """One cell's month, in đồng. `reported` is the provider's own balance, None if not stated."""

    opening: int = 0
    funding: int = 0
    not_ours_in: int = 0
    credited: int = 0
    cash_paid: int = 0
    fees_and_not_ours_out: int = 0
    back_to_treasury: int = 0
    balance: int = 0
    in_transit: int = 0
    suspense: int = 0
    unspent: int = 0
    reported_balance: int | None = None

    @property
    def difference(self) -> int:
        """What the identity leaves unexplained; must be 0."""
        came = self.opening + self.funding + self.not_ours_in
        went = self.credited + self.cash_paid + self.fees_and_not_ours_out
        return came - went - self.back_to_treasury - self.balance

    @property
    def bank_difference(self) -> int:
        """Books against the provider's own statement; 0 where it states none."""
        return 0 if self.reported_balance is None else self.reported_balance - self.balance

    @property
    def closes(self) -> bool:
        """Whether the month may be closed."""
        return self.difference == 0 and self.bank_difference == 0 and self.unspent >= 0


def compute(
    session: Session,
    period: str,
    paid: Mapping[Cell, tuple[int, int]],
    reported: Mapping[Cell, int],
    kept: Mapping[Cell, int] = MappingProxyType({}),
) -> dict[Cell, Closed]:
    """Every cell's month. `paid` gives (credited, cash) net of returns, `kept` what providers kept
    of the returns, by cell; `reported` the provider's own balance.

    What a bank debited as one sum and has not confirmed is still there, its payments on their way:
    it is added to what the bank reports.
    """
    first, last = days_of(period)
    cells: dict[Cell, Closed] = {}
    for one in account_balances(session, on=first - timedelta(days=1), kinds=MONEY):
        cells.setdefault(one.cell, Closed()).opening -= one.balance
    for one in account_balances(session, on=last, kinds=(*MONEY, "transit")):
        cell = cells.setdefault(one.cell, Closed())
        if one.kind == "transit":
            cell.in_transit += one.balance
        else:
            cell.balance -= one.balance
    lumps: dict[Cell, int] = {}
    for item in open_item_sums(session, on=last, kinds=("suspense", "unallocated")):
        if item.kind == "suspense":
            cells.setdefault(item.cell, Closed()).suspense += item.balance
        else:
            lumps[item.cell] = -item.balance
    _movements(session, period, cells)
    for place, cell in cells.items():
        cell.credited, cell.cash_paid = paid.get(place, (0, 0))
        cell.unspent = cell.balance - cell.in_transit - cell.suspense
        cell.fees_and_not_ours_out += kept.get(place, 0)
        if place in reported:
            cell.reported_balance = reported[place] + lumps.get(place, 0)
    return cells


def _movements(session: Session, period: str, cells: dict[Cell, Closed]) -> None:
    for one in movements_by_cell(session, period):
        if one.kind not in MONEY:
            continue
        cell = cells.setdefault(Cell(one.fund, one.programme, one.unit, one.provider), Closed())
        came = one.debit - one.credit
        if one.recipe in TAKEN_OVER:
            cell.opening += came
        elif one.recipe in FUNDING:
            cell.funding += came
        elif one.recipe in NOT_OURS_IN:
            cell.not_ours_in += came
        elif one.recipe in NOT_OURS_OUT:
            cell.fees_and_not_ours_out -= came
        elif one.recipe in TO_TREASURY:
            cell.back_to_treasury -= came
    for one in item_movements(session, period, ("suspense",)):
        cell = cells.setdefault(Cell(one.fund, one.programme, one.unit, one.provider), Closed())
        if one.recipe in EXPLAINED_IN:
            cell.not_ours_in += one.credit - one.debit


def close(session: Session, period: str, cells: Mapping[Cell, Closed], now: datetime) -> list[Cell]:
    """Write the closings and close the period in the books; gives the cells that do not close.

    Nothing is written unless every cell closes.
    """
    wrong = [place for place, cell in cells.items() if not cell.closes]
    if wrong or is_closed(session, period):
        return wrong
    rows = [_row(period, place, cell, now) for place, cell in cells.items()]
    if rows:
        session.execute(insert(closing), rows)
    for programme in sorted({place.programme for place in cells}):
        close_period(session, programme, period, now)
    return []


def _row(period: str, place: Cell, cell: Closed, now: datetime) -> dict[str, object]:
    return {"period": period, **asdict(place), **asdict(cell), "closed_at": now}


def is_closed(session: Session, period: str) -> bool:
    """Whether the month's closings stand."""
    return (
        session.scalar(select(closing.c.period).where(closing.c.period == period).limit(1))
        is not None
    )
