"""Run one benchmark, or all: `python -m benchmarks [NAME [ARGUMENT...]]`.

Exit code 0 when every row that has a target meets it, 1 when one does not, 2 for an
unknown name.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.harness import Bench

FRAME = {"__main__", "harness", "measure", "processes"}


def names() -> list[str]:
    """The benchmarks there are, in order of name."""
    return sorted(
        one.name for one in pkgutil.iter_modules(benchmarks.__path__) if one.name not in FRAME
    )


def main(arguments: list[str]) -> int:
    chosen = arguments[:1] or names()
    for name in chosen:
        if name not in names():
            print(f"no benchmark {name!r}; there are: {', '.join(names())}", file=sys.stderr)
            return 2
    finished = [_run(name, arguments[1:]) for name in chosen]
    return 0 if all(bench.ok for bench in finished) else 1


def _run(name: str, arguments: list[str]) -> Bench:
    bench: Bench = importlib.import_module(f"benchmarks.{name}").run(arguments)
    bench.finish()
    return bench


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
