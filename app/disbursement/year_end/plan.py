"""The plan of a budget year's end: dates, every cell's figures, what goes back; reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.disbursement.year_end.carrying import Decision, decision_of
from app.disbursement.year_end.deadlines import Deadline, deadlines
from app.disbursement.year_end.figures import CellYear, decisions
from app.disbursement.year_end.handing_back import Due, due_digest, returnable
from app.disbursement.year_end.tables import treasury_due, treasury_refund
from ledger.chart import Cell
from ledger.schema import whole_sum


@dataclass(frozen=True, slots=True)
class Plan:
    """What a budget year leaves to do. Amounts in đồng.

    `accepted` was accepted for handing back so far, `refunded` has gone by slips. `digest` is the
    code of what is still to be accepted, '' when nothing is.
    """

    year: int
    as_of: datetime
    deadlines: Sequence[Deadline]
    cells: Mapping[Cell, CellYear]
    decisions: Sequence[Decision]
    due: Sequence[Due]
    digest: str
    accepted: int
    refunded: int

    def total(self, name: str) -> int:
        """The sum of a figure of the cells, e.g. 'to_return'."""
        return sum(int(getattr(cell, name)) for cell in self.cells.values())

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON-ready values."""
        return {
            "year": self.year,
            "as_of": self.as_of.isoformat(),
            "deadlines": [asdict(one) for one in self.deadlines],
            "cells": [
                {**asdict(place), **cell.as_json()} for place, cell in self.cells.items()
            ],
            "decisions": [asdict(one) for one in self.decisions],
            "due": [asdict(one) for one in self.due],
            "digest": self.digest,
            "accepted": self.accepted,
            "refunded": self.refunded,
        }  # fmt: skip


def plan(session: Session, year: int, now: datetime, cells: Mapping[Cell, CellYear]) -> Plan:
    """The plan as the books stand; before the year's end a preview. `cells` are `figures`, or
    `money_figures` where what people are owed is not told."""
    due = returnable(cells)
    return Plan(
        year=year,
        as_of=now,
        deadlines=deadlines(year),
        cells=cells,
        decisions=[decision_of(row) for row in decisions(session, year)],
        due=due,
        digest=due_digest(year, due) if due else "",
        accepted=_sum(session, treasury_due, year),
        refunded=_sum(session, treasury_refund, year),
    )


def _sum(session: Session, table: Any, year: int) -> int:
    query = select(whole_sum(table.c.amount)).where(table.c.budget_year == year)
    return int(session.scalar(query) or 0)
