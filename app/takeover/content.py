"""A checked take-over as it is stored, and the digest that two persons confirm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.takeover.tables import take_over, take_over_balance, take_over_unpaid
from ledger.chart import Cell


class Balance(NamedTuple):
    """A balance of a cell, in đồng; `row` is that of the file."""

    row: int
    cell: Cell
    kind: str
    amount: int
    note: str


class Unpaid(NamedTuple):
    """An unpaid obligation tied to our person and enrolment; `row` is that of the file."""

    row: int
    cell: Cell
    person_id: int
    enrolment_id: int
    period: str
    component: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """What is taken over: balances at the end of a day, and obligations not paid by then."""

    balances_on: date
    balances: Sequence[Balance]
    unpaid: Sequence[Unpaid]

    @property
    def cells(self) -> list[Cell]:
        """Every cell of the balances, in order."""
        return sorted({one.cell for one in self.balances}, key=_codes)

    @property
    def total(self) -> int:
        """The sum of all balances, as a check figure."""
        return sum(one.amount for one in self.balances)

    @property
    def unpaid_total(self) -> int:
        """What is owed to people."""
        return sum(one.amount for one in self.unpaid)

    @property
    def digest(self) -> str:
        """SHA-256 over the content, whatever the order of rows and the form of the file."""
        told: list[Any] = ["take-over", 1, self.balances_on.isoformat()]
        told.append(sorted((*_codes(one.cell), *one[2:]) for one in self.balances))
        told.append(sorted((*_codes(one.cell), *one[2:]) for one in self.unpaid))
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _codes(cell: Cell) -> tuple[str, str, str, str]:
    return cell.fund, cell.programme, cell.unit, cell.provider


def stored(session: Session, take_over_id: int) -> Content:
    """The content of a loaded file as it stands in the database."""
    day = session.execute(
        select(take_over.c.balances_on).where(take_over.c.id == take_over_id)
    ).scalar_one()
    return Content(
        day,
        [
            Balance(row.line, _cell(row), row.kind, row.amount, row.note)
            for row in _rows(session, take_over_balance, take_over_id)
        ],
        [
            Unpaid(row.line, _cell(row), row.person_id, row.enrolment_id, row.period,
                   row.component, row.amount, row.reason)
            for row in _rows(session, take_over_unpaid, take_over_id)
        ],
    )  # fmt: skip


def _rows(session: Session, table: Any, take_over_id: int) -> Iterable[Any]:
    query = select(table).where(table.c.take_over_id == take_over_id).order_by(table.c.line)
    return session.execute(query)


def _cell(row: Any) -> Cell:
    return Cell(row.fund, row.programme, row.unit, row.provider)
