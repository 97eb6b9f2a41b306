"""What banks booked, matched to the payments and posted: `python -m benchmarks recon [..]`.

As many lines as payments, each the debit of one, in files of 50,000 lines with an account for each
paying unit; then a file in which one payment in fifty comes back. Every file is applied as the job
does it, a unit of work each, on a database whose planner has not seen the lines. Beside it, in
turn: the same rows by plain statements, in a copy of the database without rules. Making people,
their books and the lines is timed apart; reading XML is measured by `banks`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.place import place
from benchmarks.measure import Comparison, Measured
from benchmarks.recon import applied, filled, plain

PAYMENTS = 1_000_000
SECONDS_MAX = {"postgresql": 60, "sqlite": 120}
MARGINAL_MAX = 1.2
MEMORY_MB_MAX = 400


def run(arguments: list[str]) -> Bench:
    """A tenth of the payments, then all of them, on both databases or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks recon")
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--database", choices=KINDS, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    bench = Bench("recon", f"{chosen.payments:,} bank lines of as many payments")
    for kind in chosen.database or KINDS:
        few, many = (
            _compared(bench, kind, size, chosen.rounds)
            for size in (chosen.payments // 10, chosen.payments)
        )
        _judged(bench, kind, chosen.payments, few, many)
        bench.write()
    return bench


def _compared(bench: Bench, kind: str, payments: int, rounds: int) -> Comparison:
    """Ours and the plain statements in turn, each in a copy of one database."""
    found, back = Comparison([], []), []
    with place(kind) as where:
        url = where.create()
        made = apart(filled.fill, url, payments, where.server_pid)
        for _ in range(rounds):
            for work, kept in ((applied.debits, found.ours), (plain.debits, found.theirs)):
                copy = where.copy(url)
                where.checkpoint()
                kept.append(apart(work, copy, where.server_pid))
                if work is applied.debits:
                    back.append(apart(applied.returns, copy, where.server_pid))
                where.drop(copy)
    name = f"{kind} {payments:,}"
    bench.costs(f"{name}: lines stored", made)
    bench.costs(f"{name}: matched and posted", _median(found.ours))
    bench.costs(f"{name}: one in {filled.ONE_IN} come back", _median(back))
    bench.costs(f"{name}: plain statements", _median(found.theirs))
    bench.row(f"{name}: CPU against plain statements", found.cpu_ratio, "x")
    return found


def _median(runs: Sequence[Measured]) -> Measured:
    return sorted(runs, key=lambda one: one.cpu_seconds)[len(runs) // 2]


def _further(few: Sequence[Measured], many: Sequence[Measured]) -> float:
    """CPU of each tenth after the first one, in times of that one's."""
    first = _median(few).cpu_seconds
    return (_median(many).cpu_seconds - first) / 9 / first


def _judged(bench: Bench, kind: str, payments: int, few: Comparison, many: Comparison) -> None:
    name = f"{kind}: {payments:,} lines matched and posted"
    bench.row(f"{name}, CPU", _median(many.ours).cpu_seconds, "s", at_most=SECONDS_MAX[kind])
    # With ten times the rows plain statements cost more a row as well: that is the database's.
    ours, theirs = _further(few.ours, many.ours), _further(few.theirs, many.theirs)
    what = f"{name}: a further tenth against the first, and the same of plain statements"
    bench.row(what, ours, "x", against=theirs, at_most=MARGINAL_MAX)
    peak = max(one.peak_mb for one in many.ours)
    bench.row(f"{name}: largest process", peak, "MB", at_most=MEMORY_MB_MAX)
