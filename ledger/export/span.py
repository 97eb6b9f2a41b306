"""The days of an export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from ledger.periods import days_of
from ledger.tables import entry


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an export, both included. Raises ValueError when they are in wrong order.

    With a `budget_year` only entries of that year are of the span, and every entry of an
    earlier year is before it: so the January of one year and the adjustment period of the
    year before, which share their days, are two spans one after the other.
    """

    first: date
    last: date
    budget_year: int | None = None

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"the span ends on {self.last}, before it begins on {self.first}")

    @classmethod
    def of(cls, period: str) -> Span:
        """The span of a period, e.g. `2026-10` or `2026-13`; ValueError when it is none."""
        first, last = days_of(period)
        return cls(first, last, int(period[:4]))

    @property
    def within(self) -> ColumnElement[bool]:
        """Whether an entry is of the span."""
        of_days = entry.c.effective_on.between(self.first, self.last)
        if self.budget_year is None:
            return of_days
        return and_(of_days, entry.c.fiscal_year == self.budget_year)

    @property
    def before(self) -> ColumnElement[bool]:
        """Whether an entry is of the days or budget years before the span."""
        earlier = entry.c.effective_on < self.first
        if self.budget_year is None:
            return earlier
        of_year = entry.c.fiscal_year == self.budget_year
        return or_(entry.c.fiscal_year < self.budget_year, and_(of_year, earlier))


def whole_span(session: Session) -> Span | None:
    """From the first to the last day that the books speak of; None when they are empty."""
    days = func.min(entry.c.effective_on), func.max(entry.c.effective_on)
    first, last = session.execute(select(*days)).one()
    return None if first is None else Span(first, last)
