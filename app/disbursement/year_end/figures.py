"""What a budget year leaves in each cell: computed from the books, never kept.

By entries of the year and of those before it, whatever day they bear, so that January's work
of the new year does not blur the old one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.disbursement.tables import batch, instruction
from app.disbursement.year_end.tables import PLACE, carry_over, treasury_due
from app.units.tables import contract
from ledger.chart import Cell
from ledger.schema import whole_sum
from ledger.years import select_year_items, year_balances

ASSETS = ("bank", "advance", "unallocated", "unexplained", "claim")
SOURCES = ("funding", "treasury", "suspense", "opening")
ON_THE_WAY = ("transit", "commitment")


@dataclass(slots=True)
class CellYear:
    """One cell as a budget year leaves it, in đồng; every figure is 0 or above but `opening`.

    `unpaid` is what is still owed to `unpaid_items` obligations. `carried` is covered by
    carry-over decisions, `due_later` is accepted for handing back by an entry of the year after.
    """

    bank: int = 0
    advance: int = 0
    unallocated: int = 0
    unexplained: int = 0
    claim: int = 0
    funding: int = 0
    treasury: int = 0
    suspense: int = 0
    opening: int = 0
    transit: int = 0
    commitment: int = 0
    unpaid_items: int = 0
    unpaid: int = 0
    carried: int = 0
    due_later: int = 0

    @property
    def spent(self) -> int:
        """What went out for good and is not settled yet: what came in and is no longer there.

        Below zero where payments of an earlier, settled year came back.
        """
        came = self.funding + self.treasury + self.suspense + self.opening
        there = self.bank + self.advance + self.unallocated + self.unexplained + self.claim
        return came - there

    @property
    def unspent(self) -> int:
        """Money at the provider that is neither on its way, nor in question, nor owed already."""
        held = self.bank + self.advance + self.unallocated
        return held - self.transit - self.suspense - self.treasury - self.due_later

    @property
    def to_return(self) -> int:
        """What must go back to the Treasury: no carry-over decision covers it."""
        return max(0, self.unspent - self.carried)

    @property
    def recovered(self) -> int:
        """The part of `to_return` that an earlier, settled year had spent and that came back."""
        return min(self.to_return, max(0, -self.spent))

    @property
    def over_carried(self) -> int:
        """By how much carry-over decisions exceed what is there."""
        return max(0, self.carried - max(0, self.unspent))

    def as_json(self) -> dict[str, int]:
        """Every figure by name."""
        told = ("spent", "unspent", "to_return", "recovered", "over_carried")
        return {**asdict(self), **{name: getattr(self, name) for name in told}}


def figures(session: Session, year: int) -> dict[Cell, CellYear]:
    """Every cell that the year leaves with any figure, by cell in order.

    What people are owed is summed item by item: seconds for a province's year.
    """
    found = _money(session, year)
    _unpaid(session, year, found)
    return _in_order(found)


def money_figures(session: Session, year: int) -> dict[Cell, CellYear]:
    """The same without what is owed to people (`unpaid`, `unpaid_items` stay 0), on which none of
    the other figures depends; read by the accounts of money alone."""
    return _in_order(_money(session, year))


def _money(session: Session, year: int) -> dict[Cell, CellYear]:
    found: dict[Cell, CellYear] = {}
    for one in year_balances(session, year, kinds=(*ASSETS, *SOURCES, *ON_THE_WAY)):
        cell = found.setdefault(one.cell, CellYear())
        amount = -one.balance if one.kind in ASSETS else one.balance
        setattr(cell, one.kind, amount)
    for place, amount in carried(session, year).items():
        found.setdefault(place, CellYear()).carried = amount
    for place, amount in _due_later(session, year).items():
        found.setdefault(place, CellYear()).due_later = amount
    return found


def _in_order(found: dict[Cell, CellYear]) -> dict[Cell, CellYear]:
    kept = [(place, cell) for place, cell in found.items() if any(asdict(cell).values())]
    return dict(sorted(kept, key=lambda one: sort_key(one[0])))


def sort_key(cell: Cell) -> tuple[str, str, str, str]:
    """Cells by paying unit, programme, provider, fund."""
    return cell.unit, cell.programme, cell.provider, cell.fund


def _unpaid(session: Session, year: int, found: dict[Cell, CellYear]) -> None:
    """Obligations that the year leaves unpaid, by the contract that last tried to pay them."""
    items = select_year_items(year, "payable").subquery("items")
    owed = (
        select(
            items.c.fund,
            items.c.programme,
            obligation.c.unit_code,
            _last_provider().label("provider"),
            items.c.balance,
        )
        .join(obligation, obligation.c.id == items.c.item)
        .subquery("owed")
    )
    keys = (owed.c.fund, owed.c.programme, owed.c.unit_code, owed.c.provider)
    rows = session.execute(select(*keys, func.count(), whole_sum(owed.c.balance)).group_by(*keys))
    for fund, programme, unit, provider, count, total in rows:
        cell = found.setdefault(Cell(fund, programme, unit, provider or ""), CellYear())
        cell.unpaid_items, cell.unpaid = count, int(total)


def _last_provider() -> ColumnElement[Any]:
    return (
        select(contract.c.provider)
        .select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(instruction.c.obligation_id == obligation.c.id)
        .order_by(instruction.c.attempt.desc())
        .limit(1)
        .scalar_subquery()
    )


def decisions(session: Session, year: int) -> list[Any]:
    """The carry-over decisions in force: the newest row of each number in a cell, not of 0."""
    newer = carry_over.alias("newer")
    same = [newer.c[name] == carry_over.c[name] for name in ("budget_year", *PLACE, "number")]
    replaced = select(newer.c.id).where(newer.c.id > carry_over.c.id, *same).exists()
    rows = session.execute(
        select(carry_over)
        .where(carry_over.c.budget_year == year, carry_over.c.amount > 0, ~replaced)
        .order_by(carry_over.c.id)
    )
    return list(rows)


def carried(session: Session, year: int) -> dict[Cell, int]:
    """What carry-over decisions cover, by cell."""
    found: dict[Cell, int] = {}
    for row in decisions(session, year):
        place = Cell(row.fund, row.programme, row.unit, row.provider)
        found[place] = found.get(place, 0) + row.amount
    return found


def _due_later(session: Session, year: int) -> dict[Cell, int]:
    due, keys = treasury_due.c, [treasury_due.c[name] for name in PLACE]
    rows = session.execute(
        select(*keys, whole_sum(due.amount))
        .where(due.budget_year == year, due.fiscal_year > year)
        .group_by(*keys)
    )
    return {Cell(*row[:4]): int(row[4]) for row in rows}
