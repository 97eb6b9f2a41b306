"""The roles of a province on PostgreSQL: exactly their rights, and nothing of another province."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from app.db import Database, check_login
from app.errors import InputError, Refused, SettingsError
from app.migrations.upgrade import upgrade
from app.roles.grants import KINDS, grant, remembered, renew, withdraw_views
from app.roles.logins import make_login
from app.units.tables import fund
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres
DENIED = "permission denied"


@pytest.fixture
def owner(postgres_url: str) -> Iterator[Database]:
    """A province that its owner has just made."""
    with closing(Database(postgres_url, owner=True)) as database:
        upgrade(database.engine)
        yield database


def as_login(owner: Database, server: PostgresServer, name: str, kind: str) -> Database:
    """The same database with a login of a role, made as an administrator would."""
    with owner.engine.begin() as connection:
        make_login(connection, name, kind)
    return Database(server.url(str(owner.url.database), name), owner.schema)


def refused(database: Database, statement: str, why: str = DENIED) -> None:
    with pytest.raises(ProgrammingError, match=why), database.engine.begin() as connection:
        connection.execute(text(statement))


def roles_of(owner: Database, **asked: str) -> dict[str, str]:
    with owner.engine.begin() as connection:
        return grant(connection, asked)


def test_granted_twice_is_granted_once_and_what_was_added_by_hand_is_taken_back(
    owner: Database, postgres: PostgresServer
) -> None:
    roles = roles_of(owner)
    base = str(owner.url.database)
    assert roles == {kind: f"{base}_{kind}" for kind in KINDS}
    with closing(as_login(owner, postgres, f"{base}_service", "app")) as service:
        check_login(service)
        before = _rights(owner)
        with owner.engine.begin() as connection:
            connection.execute(text(f"grant update, truncate on posting to {roles['app']}"))
            connection.execute(text(f"revoke insert on hold from {roles['app']}"))
            connection.execute(text(f"grant select on person to {roles['auditor']}"))
        with pytest.raises(SettingsError, match="hold, posting"):
            check_login(service)
        assert roles_of(owner) == roles
        assert _rights(owner) == before
        check_login(service)


def _rights(owner: Database) -> list[tuple[str, ...]]:
    query = (
        "select n.nspname, c.relname, a.grantee::regrole::text, a.privilege_type from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a"
        " where n.nspname in ('public', 'public_audit') order by 1, 2, 3, 4"
    )
    with owner.view() as session:
        return [tuple(row) for row in session.execute(text(query))]


def test_an_upgrade_renews_what_was_granted(owner: Database, postgres: PostgresServer) -> None:
    base = str(owner.url.database)
    roles = roles_of(owner, app=f"{base}_x")
    before = _rights(owner)
    with closing(as_login(owner, postgres, f"{base}_y", "app")) as service:
        upgrade(owner.engine)
        assert _rights(owner) == before
        with owner.engine.begin() as connection:
            assert remembered(connection) == roles
            withdraw_views(connection)
            connection.execute(text("create table fresh (id bigint)"))
        with pytest.raises(SettingsError, match="fresh"):
            check_login(service)
        with owner.engine.begin() as connection:
            assert renew(connection)
        check_login(service)


def test_who_could_lift_the_rules_is_refused(
    owner: Database, postgres: PostgresServer, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="ansinh db grant"):
        check_login(owner)
    base = str(owner.url.database)
    roles_of(owner)
    with closing(as_login(owner, postgres, f"{base}_z", "app")) as service:
        check_login(service)
        with owner.engine.begin() as connection:
            connection.execute(text(f'grant {owner.url.username} to "{base}_z"'))
        with pytest.raises(SettingsError, match="gỡ được mọi luật"):
            check_login(service)
    with closing(Database(f"sqlite:///{tmp_path / 'any.db'}")) as database:
        check_login(database)


def test_a_role_that_may_more_is_refused(owner: Database) -> None:
    base = str(owner.url.database)
    with owner.engine.begin() as connection:
        connection.execute(text(f"create role {base}_admin createrole"))
        connection.execute(text(f"create role {base}_reader in role pg_read_all_data"))
        connection.execute(text(f"create role {base}_plain"))
    for name in (f"{base}_admin", f"{base}_reader", str(owner.url.username)):
        with pytest.raises((Refused, InputError)):
            roles_of(owner, auditor=name)
    assert roles_of(owner, auditor=f"{base}_plain")["auditor"] == f"{base}_plain"
    for wrong in ("", "Ông", "x" * 64, 'a"b'):
        with pytest.raises(InputError), owner.engine.begin() as connection:
            make_login(connection, wrong, "app")
    with pytest.raises(InputError):
        roles_of(owner, app="same", backup="same")
    with pytest.raises(Refused), owner.engine.begin() as connection:
        make_login(connection, f"{base}_admin", "app")


def test_only_the_owner_grants(postgres_url: str, sqlite_url: str, owner: Database) -> None:
    with closing(Database(sqlite_url, owner=True)) as file, pytest.raises(Refused, match="SQLite"):
        roles_of(file)
    with owner.engine.begin() as connection:
        with pytest.raises(Refused, match="ansinh db grant"):
            make_login(connection, "early", "app")
        connection.execute(text(f"create role {owner.url.database}_other"))
        connection.execute(text(f"set local role {owner.url.database}_other"))
        with pytest.raises(Refused, match="chủ"):
            grant(connection, {})


def test_two_provinces_do_not_see_each_other(postgres_url: str, postgres: PostgresServer) -> None:
    services: dict[str, tuple[Database, Database]] = {}
    for name in ("cao_bang", "lang_son"):
        with closing(Database(postgres_url, owner=True)) as plain, plain.engine.begin() as made:
            made.execute(text(f"create schema {name}"))
        with closing(Database(postgres_url, name, owner=True)) as owner:
            upgrade(owner.engine)
            assert roles_of(owner)["app"] == f"{name}_app"
            services[name] = (
                as_login(owner, postgres, f"{name}_service", "app"),
                as_login(owner, postgres, f"{name}_auditing", "auditor"),
            )
    for (name, (service, auditor)), other in zip(services.items(), reversed(services), strict=True):
        check_login(service)
        with service.unit_of_work() as session:
            session.execute(insert(fund).values(code=name, name=name))
            assert session.scalars(select(fund.c.code)).all() == [name]
        for table in ("fund", "posting", "installation"):
            refused(service, f"select * from {other}.{table}")
            refused(auditor, f"select * from {other}.{table}")
            refused(auditor, f"select * from {name}.{table}")
        refused(service, f"insert into {other}.fund values ('x', 'x')")
        refused(service, f"select {other}.hold_chain()")
        for who in (service, auditor):
            refused(who, f"select * from {other}_audit.journal")
        service.close()
        auditor.close()


def test_an_owner_who_is_no_superuser_can_do_all_of_it(
    owner: Database, postgres: PostgresServer
) -> None:
    """As in production: the database is his, and he may make roles."""
    name, base = "lone_province", str(owner.url.database)
    with owner.engine.begin() as connection:
        connection.execute(text(f"create role {base}_lone login createrole"))
        connection.execute(text(f"grant create on database {base} to {base}_lone"))
        connection.execute(text(f"create schema {name} authorization {base}_lone"))
    with closing(Database(postgres.url(base, f"{base}_lone"), name, owner=True)) as lone:
        upgrade(lone.engine)
        with pytest.raises(SettingsError, match="gỡ được mọi luật"):
            check_login(lone)
        for _ in range(2):
            assert roles_of(lone)["app"] == f"{name}_app"
            upgrade(lone.engine)
        with lone.engine.begin() as connection:
            make_login(connection, f"{base}_clerk", "app")
            make_login(connection, f"{base}_eyes", "auditor")
    with closing(Database(postgres.url(base, f"{base}_clerk"), name)) as service:
        check_login(service)
    eyes = Database(postgres.url(base, f"{base}_eyes"), f"{name}_audit")
    with closing(eyes) as auditor, auditor.view() as session:
        assert session.scalar(text("select count(*) from journal")) == 0
