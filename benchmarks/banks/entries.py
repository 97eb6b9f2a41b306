"""What banks send, read into bank lines.

A made-up camt.054 of single debits goes into an empty book. The measure is CPU (client and
database) against a bare `lxml.etree.iterparse` with one `findtext` a field.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.banks import read, statements
from benchmarks.harness import Bench
from benchmarks.ledger.place import place
from benchmarks.measure import Measured

BARE_SHARE_MIN = 0.55


def into_lines(bench: Bench, chosen: Any) -> None:
    """As many entries as payments were asked for, on each database."""
    with TemporaryDirectory(prefix="ansinh-bench-") as folder:
        path = Path(folder) / "big.xml"
        statements.write(path, chosen.payments)
        for kind in chosen.database:
            with place(kind) as where:
                _rows(bench, kind, chosen.payments, read.compared(where, path, chosen.rounds))
            bench.write()


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
