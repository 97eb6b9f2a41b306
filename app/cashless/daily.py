"""A campaign day by day: accounts gained, those there are, and what they are of the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.cashless.progress import Progress
from app.indicators.rates import percent


@dataclass(frozen=True, slots=True)
class CampaignDay:
    """One day: `gained` people who went from cash to an account, `reached` those with an account
    at its end, out of `target`; the percentage may exceed 100."""

    day: date
    gained: int
    reached: int
    target: int

    @property
    def percent(self) -> str | None:
        """Of the target, two decimals."""
        return percent(self.reached, self.target)


def daily(whole: Progress, first: date, last: date) -> Iterator[CampaignDay]:
    """Every day from `first` to `last`, both included; nothing without a target.

    What there was on a day is what there is now less what was gained after it.
    """
    if whole.target is None:
        return
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    reached = whole.targeted - sum(whole.per_day.get(day, 0) for day in days)
    for day in days:
        gained = whole.per_day.get(day, 0)
        reached += gained
        yield CampaignDay(day, gained, reached, whole.target)
