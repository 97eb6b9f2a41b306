"""A filled database of every kept release is upgraded: nothing is lost, everything still holds."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app import schema
from app.clock import TIME_ZONE
from app.db import Database
from app.indicators.cashless import compute
from app.migrations.upgrade import config_for, upgrade
from app.schema.of_lines import UNDONE
from app.units.lookup import facts
from ledger import triggers
from ledger.balances import account_balances, trial_balance
from ledger.chain import seal_all
from ledger.chart import Cell, open_accounts
from ledger.errors import PeriodClosed
from ledger.journal import EntryDraft, post
from ledger.periods import first_open_day
from tests.support import releases
from tests.support.postgres import PostgresServer
from tests.support.releases import Kept
from tests.support.schemas import schema_of, tables_of

# The last migration of each release.
MIGRATION = {"0.1.0": "0001", "0.2.0": "0006", "0.3.0": "0014", "0.4.0": "0028"}
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=TIME_ZONE)
CELL = Cell("local", "pension", "01447", "banka")
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="module", params=releases.versions())
def version(request: pytest.FixtureRequest) -> str:
    """Each release that is kept."""
    return str(request.param)


@dataclass(frozen=True)
class Original:
    """A database of which each test is given a copy: its kind, the folder of the installation, its
    file or name; the server of one that has a name."""

    kind: str
    home: Path
    name: str
    server: PostgresServer | None = None

    @contextmanager
    def copied(self, folder: Path) -> Iterator[str]:
        """The URL of a copy, a file of it in `folder`; gone afterwards."""
        if self.server is None:
            yield f"sqlite:///{shutil.copy(self.name, folder / 'kept.db')}"
            return
        copy = self.server.create_database("kept", template=self.name)
        yield self.server.url(copy)
        self.server.drop_database(copy)


@pytest.fixture(scope="module", params=KINDS)
def original(
    version: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Original]:
    """A release as it was kept, unpacked once."""
    kind = request.param
    home = tmp_path_factory.mktemp(f"release-{kind}")
    releases.unpack(version, kind, home)
    if kind == "sqlite":
        yield Original(kind, home, str(home / releases.INSIDE[kind]))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database("release")
    releases.load(home / releases.INSIDE[kind], server.url(name))
    yield Original(kind, home, name, server)
    server.drop_database(name)


@pytest.fixture(scope="module")
def renewed(original: Original, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Original]:
    """The same after the upgrade, done once."""
    with original.copied(tmp_path_factory.mktemp("renewed")) as url:
        with closing(Database(url, owner=True)) as database:
            upgrade(database.engine)
        place = make_url(url).database
        assert place is not None
        yield replace(original, name=place)


def _kept(version: str, one: Original, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Kept]:
    patch.setenv("ANSINH_HOME", str(one.home))
    with one.copied(folder) as url, closing(Database(url, owner=True)) as database:
        yield Kept(version, one.home, url, database)


@pytest.fixture
def kept(
    version: str, original: Original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    """A copy of that installation's database, not upgraded yet."""
    yield from _kept(version, original, tmp_path, monkeypatch)


@pytest.fixture
def upgraded(
    version: str, renewed: Original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Kept]:
    """A copy of it after the upgrade."""
    yield from _kept(version, renewed, tmp_path, monkeypatch)


@pytest.fixture
def empty(kept: Kept, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database of the same kind."""
    name = "sqlite_url" if kept.database.is_sqlite else "postgres_url"
    database = Database(request.getfixturevalue(name), owner=True)
    yield database
    database.close()


def test_the_migrations_make_the_tables_that_the_release_had(kept: Kept, empty: Database) -> None:
    """So the frozen statements are those of the release, to the last constraint."""
    with empty.engine.begin() as connection:
        command.upgrade(config_for(connection), MIGRATION[kept.version])
        made = tables_of(connection)
    with kept.database.engine.connect() as connection:
        assert tables_of(connection) == made


def test_upgraded_is_as_fresh_and_nothing_is_lost(kept: Kept, empty: Database) -> None:
    """The schema of today, every row of then, also after a second upgrade."""
    with empty.engine.begin() as connection:
        schema.create(connection)
        wanted = schema_of(connection)
    # Legal moves and pairs of roles are rules; a chart that has grown brings accounts of its own.
    rules = ("_move", "role_conflict")
    had = {name: n for name, n in kept.expected["rows"].items() if not name.endswith(rules)}
    assert had.pop("bank_line_incoming") == 0  # lines need no staging since
    for _ in range(2):
        upgrade(kept.database.engine)
        with kept.database.engine.connect() as connection:
            assert schema.missing_rules(connection) == []
            assert schema_of(connection) == wanted
        # Roles without a term became grants, one for one.
        now_called = {"officer_role": "role_grant"}
        renamed = {now_called.get(name, name): name for name in had}
        found = {renamed[name]: count for name, count in kept.rows(renamed).items()}
        assert found.pop("account") >= had["account"]
        assert found == {name: n for name, n in had.items() if name != "account"}


def test_what_is_written_anew_is_found_by_what_refers_to_it(upgraded: Kept) -> None:
    """A table that an upgrade writes anew on SQLite: no row is lost sight of, the file is sound,
    and a payroll that lines refer to cannot go."""
    with upgraded.database.engine.connect() as connection:
        keys = inspect(connection).get_unique_constraints("payroll")
        assert [one["column_names"] for one in keys] == [
            ["period", "unit_code", "programme", "kind", "number"]
        ]
        if upgraded.database.is_sqlite:
            assert connection.execute(text("pragma foreign_key_check")).all() == []
            assert connection.execute(text("pragma integrity_check")).all() == [("ok",)]
    with upgraded.database.engine.begin() as connection:
        schema.drop_rules(connection)
    with pytest.raises(DBAPIError), upgraded.database.engine.begin() as connection:
        connection.execute(text("delete from payroll"))


def test_what_the_books_said_they_still_say(upgraded: Kept) -> None:
    """Balances, trial balance and rates, against what plain SQL found in the release itself."""
    balances = upgraded.expected["balances"]
    report = upgraded.expected["report"]
    with upgraded.database.view() as session:
        found = {one.path: one.balance for one in account_balances(session)}
        trial = {
            (one.kind, one.programme): one.credit - one.debit for one in trial_balance(session)
        }
        clock = datetime.fromisoformat(facts(session)["clock"])
        figures = {one.code: (one.n, one.d) for one in compute(session, report["period"], clock)}
    assert found == balances
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for path, amount in balances.items():
        kind, _, programme, *_ = path.split("/")
        sums[kind, programme] += amount
    assert trial == sums
    assert figures == {one["code"]: (one["n"], one["d"]) for one in report["figures"]}


def test_every_proof_holds_and_the_books_go_on(upgraded: Kept) -> None:
    """A new entry is taken, sealed behind the old ones, and proven with them."""
    assert upgraded.wrong_proofs() == []
    with upgraded.database.unit_of_work() as session:
        day = first_open_day(session, CELL.programme, date(2026, 10, 20))
        assert day == date(2026, 11, 1)
        post(session, _draft(day), 5_000)
        assert seal_all(session) == 1
    assert upgraded.wrong_proofs() == []
    with upgraded.database.view() as session:
        path = "bank/local/pension/01447/banka"
        found = {one.path: one.balance for one in account_balances(session)}
    assert found[path] == upgraded.expected["balances"][path] - 5_000


def _draft(day: date) -> EntryDraft:
    return EntryDraft(f"after:{day}", "fund_bank", CELL, day, NOW, "test")


def test_a_month_that_was_closed_stays_closed(upgraded: Kept) -> None:
    with Session(upgraded.database.engine) as session, pytest.raises(PeriodClosed):
        post(session, _draft(date(2026, 10, 20)), 5_000)


def test_what_was_written_once_stays(upgraded: Kept) -> None:
    """UPDATE and DELETE of every row that a release left in an append-only table."""
    tables = upgraded.rows({*triggers.APPEND_ONLY, *schema.APPEND_ONLY, *UNDONE})
    assert all(tables[name] for name in ("entry", "posting", "entry_seal", "chain_link", "outcome"))
    for name in (one for one, count in tables.items() if count):
        column = schema.metadata.tables[name].columns.keys()[-1]
        for statement in (f'update {name} set "{column}" = "{column}"', f"delete from {name}"):
            with pytest.raises(DBAPIError), upgraded.database.engine.begin() as connection:
                connection.execute(text(statement))
    assert upgraded.rows(tables) == tables


def test_every_account_of_todays_chart_is_open(upgraded: Kept) -> None:
    """A kind of account that came later is opened where the release had accounts already."""
    with upgraded.database.view() as session:
        cells = {one.cell for one in account_balances(session, kinds=("bank", "advance"))}
        assert open_accounts(session, sorted(cells, key=str)) == 0
