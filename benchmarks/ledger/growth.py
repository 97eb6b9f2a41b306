"""Ten times the obligations: a second month behind a first one of the same size.

The cost of a month is that of all its steps; the small one is the median of the rounds.
"""

from __future__ import annotations

import statistics

from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import Month
from benchmarks.ledger.place import Place
from benchmarks.ledger.post import MEMORY_MB_MAX, Costs, first_month, post

TIMES = 10
GROWTH_MAX = 11


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database."""
    large = obligations * TIMES
    small_months = _months(place, obligations, rounds)
    [large_month] = _months(place, large, 1)
    for unit in ("wall", "cpu"):
        small = statistics.median(_total(one, unit) for one in small_months)
        name = f"{place.kind}: month of {large:,} against {obligations:,}, {unit}"
        goal = GROWTH_MAX if unit == "cpu" else None
        bench.row(name, _total(large_month, unit), "s", against=small, at_most=goal)
    peak = max(one.peak_mb for one in large_month.values())
    bench.row(f"{place.kind}: peak, {large:,} obligations", peak, "MB", at_most=MEMORY_MB_MAX)


def _months(place: Place, obligations: int, rounds: int) -> list[Costs]:
    mould, months = first_month(place, obligations), []
    for _ in range(rounds):
        url = place.copy(mould)
        place.checkpoint()
        months.append(apart(post, url, Month.numbered(2, obligations), place.server_pid))
        place.drop(url)
    place.drop(mould)
    return months


def _total(costs: Costs, unit: str) -> float:
    return sum(float(getattr(cost, f"{unit}_seconds")) for cost in costs.values())
