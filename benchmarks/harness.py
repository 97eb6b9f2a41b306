"""The frame of a benchmark: a database of its own, rows against targets, one table.

def run(arguments: list[str]) -> Bench:
    bench = Bench("month", "one month of 10,000 people")
    with bench_database("postgresql") as database, database.measured() as cost:
        ...
    bench.row("CPU per 1,000 people", cost.cpu_seconds / 10, "s", at_most=2.0)
    return bench
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Comparison, Measured, compare, measured
from tests.support.postgres import BENCH_SETTINGS, postgres_server

RESULTS = Path(__file__).resolve().parents[1] / "var" / "bench"
KINDS = ("sqlite", "postgresql")

__all__ = ["KINDS", "Bench", "Comparison", "Measured", "bench_database", "compare", "measured"]


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is value / against; `ok` is None where there is no target."""

    measure: str
    value: float
    unit: str
    against: float | None = None
    ratio: float | None = None
    target: float | None = None
    ok: bool | None = None


@dataclass
class Bench:
    """The rows of one benchmark; `finish` prints them and writes `var/bench/<name>.json`."""

    name: str
    title: str = ""
    results: Path = RESULTS
    rows: list[Row] = field(default_factory=list)

    def row(
        self,
        measure: str,
        value: float,
        unit: str,
        *,
        against: float | None = None,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> Row:
        """Add a figure, judged by its ratio when `against` is given, else by its value."""
        ratio = value / against if against else None
        judged = value if ratio is None else ratio
        ok: bool | None = None
        if at_most is not None:
            ok = judged <= at_most
        elif at_least is not None:
            ok = judged >= at_least
        target = at_most if at_most is not None else at_least
        self.rows.append(Row(measure, value, unit, against, ratio, target, ok))
        return self.rows[-1]

    def costs(self, step: str, cost: Measured) -> None:
        """The four figures of one step: wall and CPU seconds, highest peak of each side."""
        self.row(f"{step}: wall", cost.wall_seconds, "s")
        self.row(f"{step}: CPU client", cost.client_cpu_seconds, "s")
        self.row(f"{step}: CPU database", cost.backend_cpu_seconds, "s")
        self.row(f"{step}: peak", cost.peak_mb, "MB")

    @property
    def ok(self) -> bool:
        """No row misses its target."""
        return all(row.ok is not False for row in self.rows)

    def write(self) -> Path:
        """Write the rows there are, so that a run that is broken off leaves its figures."""
        self.results.mkdir(parents=True, exist_ok=True)
        path = self.results / f"{self.name}.json"
        rows = [asdict(row) for row in self.rows]
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path

    def finish(self, console: Console | None = None) -> Path:
        """Print the table and write the rows; the path of the file."""
        path = self.write()
        (console or Console()).print(self._table())
        return path

    def _table(self) -> Table:
        table = Table(title=f"{self.name}: {self.title}", caption=machine())
        for heading in ("measure", "value", "unit", "against", "ratio", "target", "ok"):
            table.add_column(heading, justify="left" if heading in {"measure", "unit"} else "right")
        for row in self.rows:
            verdict = {None: "", True: "yes", False: "[red]NO[/red]"}[row.ok]
            figures = (row.against, row.ratio, row.target)
            table.add_row(row.measure, _shown(row.value), row.unit, *map(_shown, figures), verdict)
        return table


@dataclass(frozen=True)
class BenchDatabase:
    """An empty database of one benchmark: its URL, its server's process, how to level it."""

    kind: str
    url: str
    server_pid: int | None
    checkpoint: Callable[[], None]

    def measured(self) -> AbstractContextManager[Measured]:
        """Measure a block with this database's backends."""
        return measured(self.server_pid)


@contextmanager
def bench_database(kind: str) -> Iterator[BenchDatabase]:
    """A new database of `kind` (see KINDS) on disk: SQLite file or own server."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder:
            yield BenchDatabase(kind, f"sqlite:///{folder}/bench.db", None, lambda: None)
        return
    with postgres_server(BENCH_SETTINGS) as server:
        url = server.url(server.create_database("bench"))
        yield BenchDatabase(kind, url, server.pid, server.checkpoint)


def machine() -> str:
    """Where it was measured, in a line."""
    memory = psutil.virtual_memory().total / 1_000_000_000
    return (
        f"{psutil.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}"
    )


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.3f}"
