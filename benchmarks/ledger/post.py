"""A month of postings against the same rows without a rule: speed, bytes, memory.

A B A B A B: A is the books' own functions, B is `plain`. Each is a process of its own on a copy
of books that hold the first month, and writes the second. A step's speed is B's cost over A's:
1 would mean that the rules are free.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.harness import Bench
from benchmarks.ledger import plain
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import (
    STEPS,
    Month,
    make_books,
    opened,
    post_month,
    post_step,
    read_once,
    rehearse,
)
from benchmarks.ledger.place import Place
from benchmarks.ledger.sizes import bytes_of_books, postings
from benchmarks.measure import Measured, measured

SPEED_MIN = {"postgresql": 0.4, "sqlite": 0.5}
BYTES_MAX = 230
MEMORY_MB_MAX = 300

Costs = dict[str, Measured]


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of one database."""
    mould = first_month(place, obligations)
    month, ours, theirs = Month.numbered(2, obligations), list[Costs](), list[Costs]()
    for number in range(rounds):
        with _copied(place, mould) as url:
            place.checkpoint()
            ours.append(apart(post, url, month, place.server_pid))
            count = postings(url)
            if number == 0:
                _sizes(bench, place, url)
                _make_ready(bench, place, url, month)
        with _copied(place, mould) as url:
            _without_rules(url)
            place.checkpoint()
            theirs.append(apart(_copy_in, url, month, place.folder, place.server_pid))
            if postings(url) != count:
                raise RuntimeError(f"the other way wrote {postings(url)} postings, ours {count}")
    place.drop(mould)
    _speeds(bench, place.kind, ours, theirs)
    _memory(bench, place.kind, ours)


@contextmanager
def _copied(place: Place, mould: str) -> Iterator[str]:
    url = place.copy(mould)
    yield url
    place.drop(url)


def first_month(place: Place, obligations: int) -> str:
    """Books of one month, closed."""
    url = place.create()
    make_books(url, obligations)
    with opened(url) as database:
        post_month(database, Month.numbered(1, obligations))
    return url


def post(
    url: str, month: Month, server_pid: int | None, steps: Iterable[str] = tuple(STEPS)
) -> Costs:
    """What each step of a month costs by the books' own functions."""
    with opened(url) as database:
        read_once(database)
        rehearse(database, month)
        return {
            step: _cost(partial(post_step, database.unit_of_work, step, month), server_pid)
            for step in steps
        }


def _copy_in(url: str, month: Month, folder: Path, server_pid: int | None) -> Costs:
    costs = {}
    with opened(url) as database:
        read_once(database)
        for step in STEPS:
            chunks = plain.load(database, step, month, folder)
            costs[step] = _cost(partial(plain.write, database, chunks), server_pid)
    return costs


def _cost(work: Callable[[], object], server_pid: int | None) -> Measured:
    with measured(server_pid) as cost:
        work()
    return cost


def _make_ready(bench: Bench, place: Place, url: str, month: Month) -> None:
    with measured(place.server_pid) as cost, opened(url) as database:
        plain.make_ready(database, month, place.folder)
    bench.row(f"{place.kind}: rows made ready for the other way, CPU", cost.cpu_seconds, "s")


def _without_rules(url: str) -> None:
    with opened(url, owner=True) as database:
        plain.drop_triggers(database)


def _speeds(bench: Bench, kind: str, ours: list[Costs], theirs: list[Costs]) -> None:
    """A step's speed is the median of the rounds; the mean of the steps is judged."""
    speeds = []
    for step in STEPS:
        pairs = [(a[step], b[step]) for a, b in zip(ours, theirs, strict=True)]
        for side, name in enumerate(("ours", "plain")):
            seconds = statistics.median(pair[side].cpu_seconds for pair in pairs)
            bench.row(f"{kind}: {step}, CPU {name}", seconds, "s")
        for unit in ("wall", "cpu"):
            speeds.append(statistics.median(_spent(b, unit) / _spent(a, unit) for a, b in pairs))
            bench.row(f"{kind}: {step}, speed by {unit}", speeds[-1], "")
    mean = statistics.mean(speeds[1::2])
    bench.row(f"{kind}: speed, mean of the steps", mean, "", at_least=SPEED_MIN[kind])


def _spent(cost: Measured, unit: str) -> float:
    return float(getattr(cost, f"{unit}_seconds"))


def _memory(bench: Bench, kind: str, ours: list[Costs]) -> None:
    every = [cost for costs in ours for cost in costs.values()]
    own = max(cost.client_peak_mb for cost in every)
    bench.row(f"{kind}: peak of the posting process", own, "MB", at_most=MEMORY_MB_MAX)
    if kind != "sqlite":
        backend = max(cost.backend_peak_mb for cost in every)
        bench.row(f"{kind}: peak of a backend", backend, "MB", at_most=MEMORY_MB_MAX)


def _sizes(bench: Bench, place: Place, url: str) -> None:
    size = bytes_of_books(url) / postings(url)
    bench.row(
        f"{place.kind}: bytes a posting, all tables and indexes", size, "B", at_most=BYTES_MAX
    )
