"""Every amount of the indicators against the books, by programme; a difference is never hidden.

- approved: the lines' amounts against what was accrued and is owed on their items;
- sent: what left the house with the month's lists against what the books put in transit;
- paid: credited and cash against the entries that their evidence names (less what the same
  entries paid of other months), and what rests on a provider's word, which posts nothing yet;
- left: on what was paid nothing may still be due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.disbursement.tables import batch, batch_event, instruction, outcome
from app.indicators.credited import came_back, is_listed, is_regular, paid_by
from app.payroll.tables import payroll, payroll_line
from ledger.recorded import select_entries, select_items
from ledger.schema import whole_sum

OWING = ("accrue", "reverse_accrual", "open_payable", "overpayment_offset", "lapse")
PARTS = ("approved", "sent", "paid", "left")


@dataclass(frozen=True, slots=True)
class Tie:
    """One amount of a programme: what the indicators say and what the books say, VND."""

    part: str
    programme: str
    figure: int
    books: int

    @property
    def difference(self) -> int:
        """What the indicators say beyond the books."""
        return self.figure - self.books

    def as_json(self) -> dict[str, str | int]:
        """The comparison as plain values."""
        return {
            "part": self.part,
            "programme": self.programme,
            "figure": self.figure,
            "books": self.books,
            "difference": self.difference,
        }


def tie_out(session: Session, period: str, until: datetime) -> list[Tie]:
    """Every amount of a month as of a moment, by part and programme."""
    queries = (_approved, _sent, _paid, _left)
    return [
        Tie(part, row[0], int(row[1] or 0), int(row[2] or 0))
        for part, query in zip(PARTS, queries, strict=True)
        for row in session.execute(query(period, until))
    ]


def differences(ties: Iterable[Tie]) -> list[Tie]:
    """Those that differ."""
    return [one for one in ties if one.difference]


def _lines(period: str, until: datetime, *columns: Any) -> Select[Any]:
    line = payroll_line.c
    return (
        select(payroll.c.programme, line.obligation_id, line.amount, *columns)
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == line.payroll_id)
        .join(obligation, and_(obligation.c.id == line.obligation_id, is_regular()))
        .where(is_listed(period, until))
    )


def _books(until: datetime) -> Subquery:
    return select_items("payable", until, OWING).subquery("books")


def _approved(period: str, until: datetime) -> Select[Any]:
    line, books = _lines(period, until).subquery("line"), _books(until)
    return (
        select(line.c.programme, whole_sum(line.c.amount), whole_sum(books.c.owed))
        .outerjoin(books, books.c.item == line.c.obligation_id)
        .group_by(line.c.programme)
        .order_by(line.c.programme)
    )


def _sent(period: str, until: datetime) -> Select[Any]:
    """By batch: a batch is of one list, and goes into transit as one entry."""
    left = (
        select(batch_event.c.batch_id)
        .where(batch_event.c.batch_id == batch.c.id, batch_event.c.at <= until)
        .where(batch_event.c.state.in_(("sent", "answered", "done")))
    )
    gone = (
        select(payroll.c.programme, batch.c.id, whole_sum(instruction.c.amount).label("amount"))
        .join_from(instruction, batch, batch.c.id == instruction.c.batch_id)
        .join(payroll, payroll.c.id == batch.c.payroll_id)
        .where(is_listed(period, until), left.exists())
        .group_by(payroll.c.programme, batch.c.id)
        .subquery("gone")
    )
    entries = select_entries(until).subquery("entries")
    named = literal("batch:").concat(cast(gone.c.id, Text))
    put = and_(entries.c.source == named, entries.c.recipe == "send")
    return (
        select(gone.c.programme, whole_sum(gone.c.amount), whole_sum(entries.c.total))
        .outerjoin(entries, put)
        .group_by(gone.c.programme)
        .order_by(gone.c.programme)
    )


def _paid(period: str, until: datetime) -> Select[Any]:
    """Each entry that proves a payment of the month: all it paid, and what of it is the month's."""
    paid = _evidence(period, until).subquery("evidence")
    entries = select_entries(until).subquery("entries")
    named = select(paid.c.entry_id).distinct()
    every = (
        select(outcome.c.entry_id, whole_sum(instruction.c.amount).label("amount"))
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .where(outcome.c.entry_id.in_(named))
        .group_by(outcome.c.entry_id)
        .subquery("every")
    )
    by_entry = (
        select(paid.c.programme, paid.c.entry_id, whole_sum(paid.c.amount).label("amount"))
        .group_by(paid.c.programme, paid.c.entry_id)
        .subquery("by_entry")
    )
    posted = entries.c.total - every.c.amount + by_entry.c.amount
    # Without an entry there is a provider's word only: nothing is posted that could differ.
    books = case((by_entry.c.entry_id.is_(None), by_entry.c.amount), else_=posted)
    return (
        select(by_entry.c.programme, whole_sum(by_entry.c.amount), whole_sum(books))
        .outerjoin(entries, entries.c.id == by_entry.c.entry_id)
        .outerjoin(every, every.c.entry_id == by_entry.c.entry_id)
        .group_by(by_entry.c.programme)
        .order_by(by_entry.c.programme)
    )


def _evidence(period: str, until: datetime) -> Select[Any]:
    """A row for each payment of the month's lines: its amount and the entry that proves it.

    What a provider called paid and our account was debited for later is proved by that debit.
    """
    debit = outcome.alias("debit")
    later = (
        select(func.max(debit.c.entry_id))
        .where(debit.c.instruction_id == outcome.c.instruction_id, debit.c.state == "settled")
        .where(debit.c.recorded_at <= until, debit.c.undone_by == 0)
        .scalar_subquery()
    )
    proof = func.coalesce(outcome.c.entry_id, later).label("entry_id")
    line = _lines(period, until).subquery("line")
    return (
        select(line.c.programme, instruction.c.amount, proof)
        .join_from(line, instruction, instruction.c.obligation_id == line.c.obligation_id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(paid_by(until), ~came_back(instruction.c.id, until))
    )


def _left(period: str, until: datetime) -> Select[Any]:
    """What the books still owe on lines that were paid: nothing."""
    line, books = _lines(period, until).subquery("line"), _books(until)
    made = (
        select(instruction.c.obligation_id)
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(paid_by(until), ~came_back(instruction.c.id, until))
    )
    return (
        select(line.c.programme, literal(0), whole_sum(func.abs(books.c.balance)))
        .join(books, books.c.item == line.c.obligation_id)
        .where(line.c.obligation_id.in_(made))
        .group_by(line.c.programme)
        .order_by(line.c.programme)
    )
