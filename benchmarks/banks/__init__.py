"""What banks send, read into bank lines: `python -m benchmarks banks`.

A made-up camt.054 of single debits goes into an empty book. The measure is CPU (client and
database) against a bare `lxml.etree.iterparse` with one `findtext` a field.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.banks import read, statements
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.place import place
from benchmarks.measure import Measured

ENTRIES = 1_000_000
BARE_SHARE_MIN = 0.55


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks banks")
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("banks", f"a camt.054 with {chosen.entries:,} entries into bank lines")
    with TemporaryDirectory(prefix="ansinh-bench-") as folder:
        path = Path(folder) / "big.xml"
        statements.write(path, chosen.entries)
        for kind in chosen.database or KINDS:
            with place(kind) as where:
                _rows(bench, kind, chosen.entries, read.compared(where, path, chosen.rounds))
            bench.write()
    return bench


def _rows(bench: Bench, kind: str, entries: int, found: read.Comparison) -> None:
    def per_second(runs: list[Measured]) -> float:
        return entries / sorted(one.cpu_seconds for one in runs)[len(runs) // 2]

    ours, theirs = per_second(found.ours), per_second(found.theirs)
    bench.row(
        f"{kind}: entries a CPU second against bare iterparse",
        ours,
        "entries/s",
        against=theirs,
        at_least=BARE_SHARE_MIN,
    )
    bench.costs(f"{kind}: reading in", max(found.ours, key=lambda one: one.cpu_seconds))
