"""How much money a contract has at its provider: what release and funding are measured by."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ledger.balances import account_balances, cell_balances
from ledger.chart import Cell
from ledger.items import open_item_sums


@dataclass(slots=True)
class Purse:
    """A contract's money in đồng: at the provider, on its way, parked, due back, committed.

    `lumps` is what the bank debited as one sum and has not confirmed: its payments are on their
    way still.
    """

    held: int = 0
    in_transit: int = 0
    suspense: int = 0
    owed: int = 0
    commitment: int = 0
    lumps: int = 0

    @property
    def free(self) -> int:
        """What may still be sent: neither on its way, nor of unknown origin, nor the Treasury's."""
        return self.held + self.lumps - self.in_transit - self.suspense - self.owed


def purses(session: Session, programme: str | None = None) -> dict[Cell, Purse]:
    """Every contract's purse by its cell; two queries."""
    found: dict[Cell, Purse] = {}
    kinds = ("bank", "advance", "transit", "treasury", "commitment")
    for one in account_balances(session, kinds=kinds, programme=programme):
        purse = found.setdefault(one.cell, Purse())
        if one.kind in ("bank", "advance"):
            purse.held -= one.balance
        elif one.kind == "transit":
            purse.in_transit += one.balance
        elif one.kind == "treasury":
            purse.owed += one.balance
        else:
            purse.commitment += one.balance
    for item in open_item_sums(session, programme=programme, kinds=("suspense", "unallocated")):
        if item.kind == "suspense":
            found.setdefault(item.cell, Purse()).suspense += item.balance
        else:
            found.setdefault(item.cell, Purse()).lumps -= item.balance
    return found


def purse_of(session: Session, cell: Cell) -> Purse:
    """One contract's purse; one query by index."""
    kinds = ("bank", "advance", "transit", "suspense", "treasury", "commitment", "unallocated")
    found = cell_balances(session, kinds, cell)
    return Purse(
        held=-found["bank"] - found["advance"],
        in_transit=found["transit"],
        suspense=found["suspense"],
        owed=found["treasury"],
        commitment=found["commitment"],
        lumps=-found["unallocated"],
    )
