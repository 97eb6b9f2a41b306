"""Banks: what we write and read, against plain programs: `python -m benchmarks banks [..]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from benchmarks.banks import entries, write
from benchmarks.harness import KINDS, Bench

Part = Callable[[Bench, Any], None]
PARTS: dict[str, Part] = {
    "memory": write.in_memory,
    "strict": write.strict,
    "database": write.from_database,
    "entries": entries.into_lines,
}
"""Each part adds its rows; `--only` chooses."""
PAYMENTS = 1_000_000


def run(arguments: list[str]) -> Bench:
    """Every part, or the chosen ones."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks banks")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--database", choices=KINDS, action="append")
    parser.add_argument("--payments", type=int, default=PAYMENTS)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args(arguments)
    chosen.database = chosen.database or KINDS
    bench = Bench("banks", f"files of banks, {chosen.payments:,} payments")
    for name in chosen.only or PARTS:
        PARTS[name](bench, chosen)
        bench.write()
    return bench
