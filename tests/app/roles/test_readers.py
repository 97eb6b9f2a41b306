"""Who only reads: auditors through their views, without identifiers; the backup everything."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.cli.main import cli
from app.db import Database
from app.roles import page, views
from app.roles.grants import view_columns
from app.roles.logins import make_login
from ledger.balances import account_balances
from tests.factories import House, row
from tests.support.command import run_ansinh
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer, find_binaries, postgres_server
from tests.support.stages import tables_filled

pytestmark = pytest.mark.postgres
AUDITOR, BACKUP = "test_auditing", "test_saving"
# These are empty after one quiet month.
EMPTY = {"repair", "suspense_item"}


@pytest.fixture(scope="module")
def house(
    mould: Mould, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A closed month, a login of an auditor and one of the backup."""
    made = mould.on_postgresql(tables_filled, tmp_path_factory.mktemp("readers"), postgres)
    with made.owner.engine.begin() as connection:
        make_login(connection, AUDITOR, "auditor")
        make_login(connection, BACKUP, "backup")
        connection.execute(
            text(
                "insert into audit_event (at, actor, action, object, detail)"
                " values (now(), 'maker.01273', 'web:person:read', 'person:1', 'CCCD 004145000001')"
            )
        )
    yield made
    made.close()


@pytest.fixture
def auditor(house: House, postgres: PostgresServer) -> Iterator[Database]:
    with closing(Database(postgres.url(str(house.owner.url.database), AUDITOR))) as database:
        yield database


def refused(database: Database, statement: str, why: str) -> None:
    with pytest.raises(DBAPIError, match=why), database.engine.begin() as connection:
        connection.execute(text(statement))


def test_an_auditor_reads_every_view_by_its_name_alone(auditor: Database, house: House) -> None:
    with auditor.engine.connect() as connection:
        assert connection.scalar(text("show search_path")) == "public_audit"
        assert connection.scalar(text("show default_transaction_read_only")) == "on"
        counts = {
            one.name: connection.scalar(text(f"select count(*) from {one.name}"))
            for one in views.views()
        }
    assert {name for name, count in counts.items() if not count} == EMPTY
    for name in ("posting", "payroll_line", "instruction", "bank_line", "obligation", "closing"):
        assert counts[name] == house.ask(f"select count(*) from {name}"), name


def test_the_auditors_balances_are_those_of_the_books(auditor: Database, house: House) -> None:
    with auditor.engine.connect() as connection:
        rows = connection.execute(text("select path, balance from trial_balance")).all()
        moved = connection.execute(text("select sum(debits), sum(credits) from turnover")).one()
    with house.database.view() as session:
        known = {one.path: one.balance for one in account_balances(session) if one.balance}
    assert {path: amount for path, amount in rows if amount} == known
    assert sum(known.values()) == 0
    assert moved[0] == moved[1] > 0


def test_an_auditor_sees_nobody(auditor: Database) -> None:
    """Names, identity numbers, accounts, keys and secrets are in no view."""
    with auditor.engine.connect() as connection:
        shown = "\n".join(
            str(tuple(one))
            for view in views.views()
            for one in connection.execute(text(f"select * from {view.name}"))
        )
    person = row(1)
    for secret in (person.name, person.citizen_id, person.account, person.holder_name, "CCCD 004"):
        assert secret not in shown
    assert "****1000" in shown
    assert "CCCD ****0001" in shown
    names = {column for view in views.views() for column in re.findall(r"\w+", view.query)}
    hidden = {"citizen_key", "citizen_cipher", "account_key", "account_cipher", "phone_cipher"}
    hidden |= {"totp_secret", "person_key", "seal", "counterparty", "holder", "birth"}
    assert names & hidden == set()


def test_an_auditor_writes_nothing(auditor: Database) -> None:
    loose = "set transaction read write; "
    for statement, why in (
        ("create temporary table mine (id int)", "read-only"),
        (f"{loose}update closed_period set closed_at = now()", "permission denied"),
        (f"{loose}insert into closed_period values ('pension', '2026-01', now())", "denied"),
        (f"{loose}delete from outcome", "permission denied"),
        (f"{loose}create view mine as select 1 as one", "permission denied"),
        ("select * from public.posting", "permission denied"),
        ("select * from public.person", "permission denied"),
        ("select public.hold_chain()", "permission denied"),
        ("select nextval('public.entry_id_seq')", "denied|read-only"),
    ):
        refused(auditor, statement, why)


def test_the_page_of_the_views_is_what_the_database_says(house: House) -> None:
    with house.owner.engine.connect() as connection:
        made = page.page(connection)
        found = view_columns(connection, "public_audit")
    assert page.PAGE.read_text("utf-8") == made, "run: python -m app.roles.page URL"
    assert {view for view, _ in found} == {one.name for one in views.views()}
    assert {column for _, column in found} == set(views.columns())


def test_the_backup_reads_everything_and_does_nothing_else(
    house: House, postgres: PostgresServer, tmp_path: Path
) -> None:
    name = str(house.owner.url.database)
    program = find_binaries() / "pg_dump"
    target = tmp_path / "dump.sql"
    done = subprocess.run(
        [program, "-h", postgres.folder, "-U", BACKUP, "-d", name, "-f", target],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    dumped = target.read_text("utf-8")
    for table in ("posting", "person", "act", "chain_link", "closing"):
        assert f"COPY public.{table} (" in dumped
    assert "CREATE TRIGGER posting_append_only" in dumped
    with closing(Database(postgres.url(name, BACKUP))) as backup:
        for statement in ("insert into fund values ('x', 'x')", "delete from hold", "truncate hold",
                          "select hold_chain()", "create table mine (id int)"):  # fmt: skip
            refused(backup, statement, "permission denied")


def test_a_login_with_a_password_is_made_by_command(house: House, tmp_path: Path) -> None:
    """The server is told the scrambled password only; a login keeps to its one role."""
    (tmp_path / "word").write_text("mật khẩu dài\n", "utf-8")
    url = house.owner.url.render_as_string()
    order = ["db", "login", "test_named", "--as", "app", "--database", url]
    for _ in range(2):
        done = CliRunner().invoke(cli, [*order, "--password-file", str(tmp_path / "word")])
        assert done.exit_code == 0, done.exception
        assert "test_app" in done.output
    with house.owner.engine.connect() as connection:
        word = connection.scalar(
            text("select rolpassword from pg_authid where rolname = 'test_named'")
        )
    assert str(word).startswith("SCRAM-SHA-256$")
    other = ["db", "login", "test_named", "--as", "backup", "--database", url]
    assert "test_app" in str(CliRunner().invoke(cli, other).exception)


@pytest.fixture(scope="module")
def durable() -> Iterator[PostgresServer]:
    """A server that keeps what it acknowledged, as a service asks for."""
    with postgres_server({}) as server:
        yield server


def test_a_service_does_not_start_with_the_owners_login(durable: PostgresServer) -> None:
    """It says the command that helps; with the application's own login all is well."""
    name = durable.create_database("province")
    url = durable.url(name)
    for order in (["upgrade"], ["grant"], ["login", "service", "--as", "app"]):
        done = CliRunner().invoke(cli, ["db", *order, "--database", url])
        assert done.exit_code == 0, done.exception
    for command in (["jobs", "run"], ["serve"]):
        refusal = run_ansinh([*command, "--database", url])
        assert refusal.returncode == 1
        assert "tài khoản ansinh có quyền chủ" in refusal.stderr
        assert "ansinh db grant" in refusal.stderr
    told = run_ansinh(["doctor", "--json", "--database", durable.url(name, "service")])
    checks = {one["name"]: one["ok"] for one in json.loads(told.stdout)["checks"]}
    assert checks["quyền của dịch vụ"] is True
    assert checks["luật trong cơ sở dữ liệu"] is True
