"""Ten times the obligations: a second month behind a first one of the same size.

A month is all its steps, and writing them out: in a long month the database does much of that
meanwhile, in a short one all of it afterwards. The short one is the median of the rounds.
"""

from __future__ import annotations

import statistics

from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import STEPS, Month, opened, post_step, read_once, rehearse, write_out
from benchmarks.ledger.place import Place
from benchmarks.ledger.post import MEMORY_MB_MAX, first_month
from benchmarks.measure import Measured, measured

TIMES = 10
GROWTH_MAX = 11


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database."""
    few, many = obligations, obligations * TIMES
    short, [long] = _months(place, few, rounds), _months(place, many, 1)
    name = f"{place.kind}: month of {many:,} against {few:,}"
    wall = statistics.median(one.wall_seconds for one in short)
    cpu = statistics.median(one.cpu_seconds for one in short)
    bench.row(f"{name}, wall", long.wall_seconds, "s", against=wall)
    bench.row(f"{name}, CPU", long.cpu_seconds, "s", against=cpu, at_most=GROWTH_MAX)
    bench.row(
        f"{place.kind}: peak, {many:,} obligations", long.peak_mb, "MB", at_most=MEMORY_MB_MAX
    )


def _months(place: Place, obligations: int, rounds: int) -> list[Measured]:
    mould, months = first_month(place, obligations), []
    for _ in range(rounds):
        url = place.copy(mould)
        place.checkpoint()
        month = Month.numbered(2, obligations)
        months.append(apart(_whole_month, url, month, place.server_pid))
        place.drop(url)
    place.drop(mould)
    return months


def _whole_month(url: str, month: Month, server_pid: int | None) -> Measured:
    with opened(url) as database:
        read_once(database)
        rehearse(database, month)
        with measured(server_pid) as cost:
            for step in STEPS:
                post_step(database.unit_of_work, step, month)
            write_out(database)
    return cost
