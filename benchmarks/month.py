"""A province's month: `python -m benchmarks month [--sizes N,N] [--databases KIND,KIND]`.

The demo's September and October; October is measured, when people are known and something is
carried over. Each run is a process of its own with a database of its own, so that peaks of
memory are its own. What An Sinh costs is the CPU of our process and of the database's; making
workbooks, the sandbox bank and printing documents are rows of their own. Each step is told on
stderr as it ends.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.cli.demo.documents import write_documents
from app.cli.demo.result import conclude
from app.cli.demo.run import BANKS_WORK, WORKBOOKS, Demo, Order
from benchmarks.harness import KINDS, Bench, bench_database
from benchmarks.processes import SIDES, Cost, Meter

SIZES = (1_000, 10_000, 100_000)
SCENARIO = "cao-bang-2026-10"
DOCUMENTS, PROOFS = "documents", "proofs at the end"
APART = (WORKBOOKS, BANKS_WORK, DOCUMENTS)
MEMORY_MB_MAX = 600
MARGINAL_MAX = 1.2


@dataclass
class Month:
    """What one run gave: the measured month's cost by step, peaks in MB (all but what makes the
    input, and that), whether all held."""

    kind: str
    people: int
    steps: dict[str, Cost]
    earlier: Cost
    peak_mb: dict[str, float]
    ok: bool
    input_mb: float = 0.0

    @property
    def total(self) -> Cost:
        """The measured month without what is no part of its work: input, the bank, documents."""
        whole = Cost()
        for name, cost in self.steps.items():
            if name not in APART:
                whole.add(cost.wall, cost.cpu)
        return whole


def run(arguments: list[str]) -> Bench:
    """Every size on every database; rows by step, then what is judged."""
    chosen = _chosen(arguments)
    bench = Bench("month", "October after September, of made-up people")
    for kind in chosen.databases:
        months = []
        for people in chosen.sizes:
            months.append(_apart(kind, people, chosen.documents))
            _rows(bench, months[-1])
            bench.write()
        _marginal(bench, kind, months)
    return bench


def _chosen(arguments: list[str]) -> Any:
    parser = argparse.ArgumentParser(prog="python -m benchmarks month")
    parser.add_argument("--sizes", type=_numbers, default=SIZES)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=KINDS)
    parser.add_argument("--no-documents", dest="documents", action="store_false")
    return parser.parse_args(arguments)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(one) for one in text.split(",")))


def _apart(kind: str, people: int, documents: bool) -> Month:
    """One run in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(one_month, kind, people, documents).result()


def one_month(kind: str, people: int, documents: bool) -> Month:
    """Run both months of `people` on a new database; the second one's costs."""
    with tempfile.TemporaryDirectory(prefix="ansinh-month-") as folder, bench_database(kind) as db:
        meter = Meter(db.server_pid, partial(print, file=sys.stderr, flush=True))
        order = Order(SCENARIO, people, 1, 1, db.url, Path(folder))
        with closing(Demo(order, watch=meter.watch)) as demo:
            demo.run()
            with meter.watch(demo.main_period, PROOFS):
                outcome = conclude(demo, documents=False)
            if documents:
                with meter.watch(demo.main_period, DOCUMENTS):
                    write_documents(demo, demo.clock.now(), [])
            main = demo.main_period
        meter.stop()
    steps = {name: cost for (period, name), cost in meter.costs.items() if period == main}
    peaks, made = meter.peak_mb(apart=(WORKBOOKS,)), meter.peak_mb(only=WORKBOOKS)
    return Month(kind, people, steps, _earlier(meter, main), peaks, outcome.ok, made["client"])


def _earlier(meter: Meter, main: str) -> Cost:
    whole = Cost()
    for (period, name), cost in meter.costs.items():
        if period != main and name not in APART:
            whole.add(cost.wall, cost.cpu)
    return whole


def _rows(bench: Bench, month: Month) -> None:
    place = f"{month.kind} {month.people:,}"
    for name, cost in month.steps.items():
        _costs(bench, f"{place}: {name}", cost)
    _costs(bench, f"{place}: the month", month.total)
    bench.row(f"{place}: the month before, wall", month.earlier.wall, "s")
    for side in SIDES:
        if month.peak_mb[side]:
            peak = month.peak_mb[side]
            bench.row(f"{place}: peak of a process, {side}", peak, "MB", at_most=MEMORY_MB_MAX)
    bench.row(f"{place}: apart, peak of a process while workbooks are made", month.input_mb, "MB")
    bench.row(f"{place}: every proof holds", int(month.ok), "", at_least=1)


def _costs(bench: Bench, name: str, cost: Cost) -> None:
    bench.row(f"{name}, wall", cost.wall, "s")
    for side in SIDES:
        if cost.cpu[side] >= 0.005:
            bench.row(f"{name}, CPU {side}", cost.cpu[side], "s")


def _marginal(bench: Bench, kind: str, months: list[Month]) -> None:
    """CPU per further 1,000 people in each range of sizes, against the range below it."""
    before: float | None = None
    for small, large in pairwise(months):
        thousands = (large.people - small.people) / 1000
        marginal = (large.total.ours - small.total.ours) / thousands
        bench.row(
            f"{kind}: CPU per further 1,000 people, {small.people:,} to {large.people:,}",
            marginal,
            "s",
            against=before,
            at_most=MARGINAL_MAX if before else None,
        )
        before = marginal
