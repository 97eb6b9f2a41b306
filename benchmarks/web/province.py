"""A province to look at: a small one whose months are paid and closed by the demo's driver, with a
month whose lists wait for their last approval; multiplied until it has the payments asked for.

It is kept: the next run of the same size uses it again.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from app.cli.demo.run import Demo, Order
from app.cli.demo.timeline import Step
from app.clock import FixedClock
from app.db import Database
from app.disbursement.tables import instruction
from app.jobs import counting
from app.jobs.runtime import Progress, Runtime, silent
from app.migrations.upgrade import upgrade
from app.privacy import open_keyring
from app.web.site import read_installation
from benchmarks.web.multiplied import multiply
from ledger.schema import metadata

SCENARIO = "cao-bang-2026-10"
OPEN_MONTH = frozenset({"import", "open_payrolls", "submit", "check"})
COMPLETE = "complete"
FILE, SMALL = "web.db", "small.db"
_CHUNK = 50_000
_FAST = ("journal_mode = delete", "synchronous = off", "cache_size = -800000")


class Province(Demo):
    """The demo's months; the last one is open. The bank's faults fall into the month before it."""

    def __init__(self, order: Order, progress: Progress = silent) -> None:
        super().__init__(order, progress)
        self.open_period = self.periods[-1]
        self.main_period = self.periods[-2]

    def _step(self, step: Step) -> None:
        if step.period != self.open_period or step.act in OPEN_MONTH:
            super()._step(step)


def made(folder: Path, people: int, months: int, payments: int) -> Path:
    """The province's SQLite file in `folder`, made if it is not there; beside it the small one."""
    small, large = folder / SMALL, folder / FILE
    if not (folder / COMPLETE).exists():
        folder.mkdir(parents=True, exist_ok=True)
        order = Order(SCENARIO, people, months, 1, _url(small), folder)
        with closing(Province(order)) as province:
            province.run()
        shutil.copyfile(small, large)
        enlarge(_url(large), payments)
        (folder / COMPLETE).touch()
    for one in (small, large):
        with closing(Database(_url(one), owner=True)) as database:
            upgrade(database.engine)
    count(_url(large), folder)
    return large


def _url(path: Path) -> str:
    return f"sqlite:///{path}"


def enlarge(url: str, payments: int) -> None:
    """Multiply a small province until it has so many payments."""
    with closing(Database(url, owner=True)) as database:
        engine = database.engine
        if database.is_sqlite:
            with engine.connect() as connection:
                _tell(connection, *_FAST)
        with engine.begin() as connection:
            there = connection.scalar(select(func.count()).select_from(instruction)) or 1
            multiply(connection, -(-payments // there))
        if database.is_sqlite:
            with engine.connect() as connection:
                _tell(connection, "journal_mode = wal", "optimize = 0x10002")
        else:
            _go_on(engine)


def _go_on(engine: Engine) -> None:
    """PostgreSQL: numbers given by the database go on after the highest; its planner looks."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if "id" in table.columns and (sequence := _sequence(connection, table.name)):
                last = f"select coalesce(max(id), 1) from {table.name}"
                connection.execute(text(f"select setval('{sequence}', ({last}))"))
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("vacuum analyze"))


def _tell(connection: Connection, *pragmas: str) -> None:
    raw = connection.connection.driver_connection
    assert raw is not None
    for one in pragmas:
        raw.execute(f"pragma {one}")


def count(url: str, folder: Path) -> None:
    """What the jobs keep for the pages, at the moment at which the province stands."""
    with closing(Database(url)) as database:
        with database.view() as session:
            moment = read_installation(session).moment
        assert moment is not None
        keyring = open_keyring(folder / "keys")
        clock = FixedClock(moment)
        counting.count_months(
            Runtime(database=database, clock=clock, keyring=keyring, home=folder, worker="bench")
        )


def copied(folder: Path, url: str, payments: int) -> None:
    """The small province's rows in an empty PostgreSQL database, then multiplied there."""
    with closing(Database(url, owner=True)) as database:
        upgrade(database.engine)
        with database.engine.begin() as connection:
            connection.execute(text("set local session_replication_role = replica"))
            names = ", ".join(one.name for one in metadata.sorted_tables)
            connection.execute(text(f"truncate {names}"))
            with closing(Database(_url(folder / SMALL))) as small, small.engine.connect() as rows:
                for table in metadata.sorted_tables:
                    _copy(rows, connection, table.name, [one.name for one in table.columns])
    enlarge(url, payments)
    count(url, folder)


def _copy(source: Connection, target: Connection, table: str, columns: list[str]) -> None:
    raw, driver = source.connection.driver_connection, target.connection.driver_connection
    assert raw is not None
    assert driver is not None
    names = ", ".join(columns)
    read = raw.execute(f"select {names} from {table}")
    with driver.cursor() as cursor, cursor.copy(f"copy {table} ({names}) from stdin") as copy:
        while rows := read.fetchmany(_CHUNK):
            for row in rows:
                copy.write_row(row)


def _sequence(connection: Connection, table: str) -> str | None:
    query = text("select pg_get_serial_sequence(:name, 'id')")
    found: str | None = connection.scalar(query, {"name": table})
    return found
