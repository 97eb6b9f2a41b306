"""Closing a month: the identity of decision 0007, per paying unit, fund, programme and provider.

opening + funding + credits not ours = credited + cash paid + fees and debits not ours
+ returned to Treasury + balance, and balance = in transit + suspense + unspent. `balance` is
the money at the provider: on the bank account, or as an open advance. What was paid is
counted from the instructions, the rest from the books, and the bank states its balance: three
sources that must agree, in Python here and as CHECKs in the table. What came over from an older
system in the month counts as its opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.balances import account_balances, item_movements, movements_between
from ledger.chart import Cell
from ledger.counting import CREDIT, Days, Lines, Terms, add_up, counted
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
EXPLAINED = Lines(("suspense",), EXPLAINED_IN, CREDIT)

TERMS: Terms = {
    "opening": (Lines(MONEY, days=Days.BEFORE), Lines(MONEY, TAKEN_OVER)),
    "funding": (Lines(MONEY, FUNDING),),
    "not_ours_in": (Lines(MONEY, NOT_OURS_IN), EXPLAINED),
    "fees_and_not_ours_out": (Lines(MONEY, NOT_OURS_OUT, CREDIT),),
    "back_to_treasury": (Lines(MONEY, TO_TREASURY, CREDIT),),
    "balance": (Lines(MONEY, days=Days.UPTO),),
    "in_transit": (Lines(("transit",), adds=CREDIT, days=Days.UPTO),),
    "suspense": (Lines(("suspense",), adds=CREDIT, days=Days.UPTO),),
    "unspent": (Lines((*MONEY, "transit", "suspense"), days=Days.UPTO),),
}
"""What the books tell of a month; what was paid, and what providers kept, comes from elsewhere."""


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
        _count(cells, one.cell, counted(TERMS, Days.BEFORE, one.kind, -one.balance))
    for one in account_balances(session, on=last, kinds=(*MONEY, "transit")):
        _count(cells, one.cell, counted(TERMS, Days.UPTO, one.kind, -one.balance))
    lumps: dict[Cell, int] = {}
    for item in open_item_sums(session, on=last, kinds=("suspense", "unallocated")):
        if item.kind == "suspense":
            _count(cells, item.cell, counted(TERMS, Days.UPTO, item.kind, -item.balance))
        else:
            lumps[item.cell] = -item.balance
    _movements(session, first, last, cells)
    for place, cell in cells.items():
        cell.credited, cell.cash_paid = paid.get(place, (0, 0))
        cell.fees_and_not_ours_out += kept.get(place, 0)
        if place in reported:
            cell.reported_balance = reported[place] + lumps.get(place, 0)
    return cells


def _count(cells: dict[Cell, Closed], place: Cell, terms: Iterable[tuple[str, int]]) -> None:
    add_up(cells.setdefault(place, Closed()), terms)


def _movements(session: Session, first: date, last: date, cells: dict[Cell, Closed]) -> None:
    money = (one for one in movements_between(session, first, last) if one.kind in MONEY)
    for one in (*money, *item_movements(session, first, last, ("suspense",))):
        place = Cell(one.fund, one.programme, one.unit, one.provider)
        moved = one.debit - one.credit
        _count(cells, place, counted(TERMS, Days.WITHIN, one.kind, moved, one.recipe))


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
