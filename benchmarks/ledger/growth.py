"""Ten times the obligations: a second month behind a first one of the same size.

A month is all its steps, and writing them out: in a long month the database does much of that
meanwhile, in a short one all of it afterwards. Short and long take turns; the growth is the
median of the pairs.
"""

from __future__ import annotations

import statistics

from benchmarks.harness import Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import STEPS, Month, opened, post_step, read_once, rehearse, write_out
from benchmarks.ledger.place import Place
from benchmarks.ledger.post import MEMORY_MB_MAX, first_month
from benchmarks.measure import Comparison, Measured, measured

TIMES = 10
GROWTH_MAX = 11


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database."""
    few, many = obligations, obligations * TIMES
    moulds = {size: first_month(place, size) for size in (few, many)}
    short, long = list[Measured](), list[Measured]()
    for left in reversed(range(rounds)):
        for size, months in ((few, short), (many, long)):
            # The last round takes the first months themselves: alone in the server's memory.
            url = place.copy(moulds[size]) if left else moulds[size]
            place.checkpoint()
            month = Month.numbered(2, size)
            months.append(apart(_whole_month, url, month, place.server_pid))
            place.drop(url)
    _rows(bench, f"{place.kind}: month of {many:,}", f"{few:,}", Comparison(long, short))


def _rows(bench: Bench, month: str, short: str, growth: Comparison) -> None:
    seconds = statistics.median(one.cpu_seconds for one in growth.ours)
    against = statistics.median(one.cpu_seconds for one in growth.theirs)
    bench.row(f"{month}, CPU, against {short}", seconds, "s", against=against)
    bench.row(f"{month}, growth by wall", growth.wall_ratio, "x")
    bench.row(f"{month}, growth by CPU", growth.cpu_ratio, "x", at_most=GROWTH_MAX)
    peak = max(one.peak_mb for one in growth.ours)
    bench.row(f"{month}, peak of a process", peak, "MB", at_most=MEMORY_MB_MAX)


def _whole_month(url: str, month: Month, server_pid: int | None) -> Measured:
    with opened(url) as database:
        read_once(database)
        rehearse(database, month)
        with measured(server_pid) as cost:
            for step in STEPS:
                post_step(database.unit_of_work, step, month)
            write_out(database)
    return cost
