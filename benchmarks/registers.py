"""The lists of a month read, checked and applied: `python -m benchmarks registers`.

The same made-up people twice: as one list a commune, which the job of the month takes in, and as
one list of everybody, which an officer takes in after its difference was computed. September is
the first list: nobody is known. October's is an ordinary one: everybody is, few change.
Writing the files is not measured.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from app.beneficiaries.workbook import read_workbook
from app.clock import SystemClock
from app.demo.population import population
from app.demo.workbooks import write_workbook
from app.jobs.payrolls import import_registers
from app.jobs.registers import import_list
from app.jobs.runtime import Runtime
from app.migrations.upgrade import upgrade
from app.privacy import Keyring
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place, place
from benchmarks.measure import Measured, measured

PEOPLE = 100_000
MONTHS = ("2026-09", "2026-10")
SECONDS_MAX = 60
MANY_MB_MAX = 300
ONE_MB_MAX = 450
ONE_COMMUNE = "01273"
KEY = b"b" * 32
MANY, ONE = "a list a commune", "one list"


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks registers")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("registers", f"lists of {chosen.people:,} made-up people")
    with tempfile.TemporaryDirectory(prefix="ansinh-bench-") as folder:
        lists = apart(make, chosen.people, Path(folder))
        for kind in chosen.database or KINDS:
            with place(kind) as where:
                for name, limit in ((MANY, MANY_MB_MAX), (ONE, ONE_MB_MAX)):
                    _rows(bench, f"{kind}, {name}", _months(where, name, lists), limit)
            bench.write()
    return bench


def make(people: int, folder: Path) -> dict[str, dict[str, list[Path]]]:
    """Write the lists of both months both ways; gives their paths by month and way."""
    made = population("cao-bang-2026-10", people, 1)
    lists: dict[str, dict[str, list[Path]]] = {}
    for month in MONTHS:
        communes = [(code, list(rows)) for code, rows in made.month(month)]
        everybody = [row for _, rows in communes for row in rows if row.event != "move_in"]
        many = [
            write_workbook(folder / f"{code}-{month}.xlsx", code, month, rows)
            for code, rows in communes
        ]
        whole = write_workbook(folder / f"{month}.xlsx", ONE_COMMUNE, month, everybody)
        lists[month] = {MANY: many, ONE: [whole]}
    return lists


def _rows(bench: Bench, name: str, costs: Sequence[Measured], memory_limit: int) -> None:
    for month, cost in zip(MONTHS, costs, strict=True):
        bench.row(f"{name}, {month}: wall", cost.wall_seconds, "s")
        bench.row(f"{name}, {month}: CPU", cost.cpu_seconds, "s", at_most=SECONDS_MAX)
    peak = max(cost.peak_mb for cost in costs)
    bench.row(f"{name}: largest process", peak, "MB", at_most=memory_limit)


def _months(where: Place, name: str, lists: dict[str, dict[str, list[Path]]]) -> list[Measured]:
    url = where.create()
    with opened(url, owner=True) as database:
        upgrade(database.engine)
    take = _take_many if name == MANY else _take_one
    costs = []
    for month in MONTHS:
        where.checkpoint()
        costs.append(apart(take, url, month, lists[month][name], where.server_pid))
        with opened(url, owner=True) as database, database.engine.begin() as connection:
            found = connection.execute(text("select count(*) from person")).scalar_one()
            print(f"{name} {month}: {found:,} people")
    where.drop(url)
    return costs


def _take_many(url: str, month: str, paths: list[Path], server_pid: int | None) -> Measured:
    with opened(url, owner=True) as database:
        runtime = Runtime(database, SystemClock(), Keyring(KEY), paths[0].parent, "bench")
        with measured(server_pid) as cost:
            errors = import_registers(runtime, paths, month, "bench")
        if errors:
            raise SystemExit(errors[0].message)
    return cost


def _take_one(url: str, month: str, paths: list[Path], server_pid: int | None) -> Measured:
    with opened(url, owner=True) as database, measured(server_pid) as cost:
        result = read_workbook(paths[0], expected_period=month)
        import_list(database, Keyring(KEY), result, SystemClock().now())
    return cost
