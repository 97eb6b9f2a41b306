"""The day and the budget year of an entry about an old year; whether that year is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.clock import local_date
from app.errors import Refused
from ledger.chart import Cell
from ledger.journal import EntryDraft
from ledger.periods import closed_through, first_open_day, is_closed, period_of
from ledger.recipes import RECIPES
from ledger.years import last_adjustment_day


@dataclass(frozen=True, slots=True)
class Dated:
    """The day an entry bears, and its budget year (that of the day unless still in adjustment)."""

    effective_on: date
    fiscal_year: int


def dated(
    session: Session, programme: str, year: int, day: date, cell: Cell | None = None
) -> Dated:
    """Where an entry of a day about budget year `year` goes; `cell` where it moves its money.

    In January it belongs to the year itself while the adjustment period is open; after that, or
    where the day or its month is closed, to the first open day and that day's year.
    """
    if cell is not None and (last := closed_through(session, cell)) is not None:
        day = max(day, last + timedelta(days=1))
    in_adjustment = day.year == year + 1 and day <= last_adjustment_day(year)
    if in_adjustment and not is_closed(session, programme, period_of(day, year)):
        return Dated(day, year)
    open_day = first_open_day(session, programme, day)
    return Dated(open_day, open_day.year)


def draft(
    key: str, recipe: str, cell: Cell, when: Dated, now: datetime, source: str, year: int
) -> EntryDraft:
    """The header of such an entry; its reason names the budget year whatever its day."""
    return EntryDraft(
        key=key,
        recipe=recipe,
        cell=cell,
        effective_on=when.effective_on,
        recorded_at=now,
        source=source,
        reason=f"{RECIPES[recipe].says} (năm ngân sách {year})",
        fiscal_year=when.fiscal_year,
    )


def require_over(year: int, now: datetime) -> None:
    """Raise Refused while the budget year has not ended."""
    today = local_date(now)
    if today <= date(year, 12, 31):
        raise Refused(
            f"Năm ngân sách {year} chưa hết: hôm nay là {today:%d/%m/%Y}.",
            f"Làm từ ngày 01/01/{year + 1}; trước đó xem `ansinh year-end plan`.",
        )
