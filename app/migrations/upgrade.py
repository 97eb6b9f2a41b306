"""Running the migrations on an engine, without a configuration file.

Everything happens in one transaction: a database is at its old version with its old rules, or at
the newest one with today's.
"""

from __future__ import annotations

import re
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from app import schema
from app.errors import InputError
from app.migrations.statements import statements_of
from app.roles.grants import renew, withdraw_views
from app.units.departments import ship_departments
from ledger.chain import head
from ledger.chart import open_new_kinds
from ledger.schema import metadata
from ledger.totals import carry_totals

FOLDER = Path(__file__).parent
FIRST = "0001"


def upgrade(engine: Engine) -> str:
    """Bring the database to the newest version and make every rule anew; gives the version.

    On PostgreSQL the roles of the province are given their rights anew, where they exist.
    Raises InputError, with nothing changed, when the database is of a newer version than these
    migrations know, or has tables of ours that no release has made.
    """
    with engine.begin() as connection:
        config = config_for(connection)
        _alone(connection)
        _accept(config, connection)
        if connection.dialect.name == "postgresql":
            withdraw_views(connection)
        schema.drop_rules(connection)
        command.upgrade(config, "head")
        schema.install_rules(connection)
        _catch_up(connection)
        if connection.dialect.name == "postgresql":
            renew(connection)
        return _versions(connection)[0]


def config_for(connection: Connection) -> Config:
    """What Alembic's commands are told: where the migrations lie, and the connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _catch_up(connection: Connection) -> None:
    """Give the books of an earlier version what today's code writes as it goes along.

    Here and not in a migration, whose tables are those of its own time. Harmless to repeat.
    """
    with Session(connection, join_transaction_mode="rollback_only") as session:
        open_new_kinds(session)
        ship_departments(session)
        carry_totals(session, head(session).position)


def _alone(connection: Connection) -> None:
    """One upgrade of a province at a time; on SQLite a writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        key = "hashtextextended(current_schema() || '/upgrade', 0)"
        connection.execute(text(f"select pg_advisory_xact_lock({key})"))


def _accept(config: Config, connection: Connection) -> None:
    """See that the migrations know where this database stands."""
    versions = _versions(connection)
    if not versions:
        _adopt(config, connection)
    known = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    unknown = [one for one in versions if one not in known]
    if unknown:
        raise InputError(
            f"Cơ sở dữ liệu ở phiên bản {', '.join(unknown)}, mới hơn bản An Sinh đang cài"
            f" (chỉ biết đến {known[0]}). Chưa có gì bị thay đổi.",
            "Cài bản An Sinh mới hơn rồi chạy lại `ansinh db upgrade`;"
            " đừng mở dịch vụ bằng bản cũ này.",
        )


def _versions(connection: Connection) -> tuple[str, ...]:
    """What the database says of its version: one, or none when it was never written."""
    return MigrationContext.configure(connection).get_current_heads()


def _adopt(config: Config, connection: Connection) -> None:
    """Write the version into a database that lacks it: the demo of 0.1.0 left it out."""
    first = _first_tables()
    found = set(inspect(connection).get_table_names()) & (metadata.tables.keys() | first)
    if found == first:
        command.stamp(config, FIRST)
    elif found:
        raise InputError(
            "Cơ sở dữ liệu có bảng của An Sinh nhưng không ghi phiên bản nào, và không giống bản"
            f" 0.1.0: {_difference(first, found)}. Chưa có gì bị thay đổi.",
            "Dùng một cơ sở dữ liệu trống, hoặc khôi phục bản sao lưu.",
        )


def _first_tables() -> set[str]:
    """The names of the tables of 0.1.0, the same on both databases."""
    (path,) = (FOLDER / "versions").glob(f"{FIRST}_*.sqlite.sql")
    made = (re.match(r"CREATE TABLE (\w+)", one) for one in statements_of(path))
    return {one.group(1) for one in made if one}


def _difference(first: set[str], found: set[str]) -> str:
    """Which tables are missing and which are too many, the first few of each."""
    parts = (("thiếu bảng", first - found), ("thừa bảng", found - first))
    return "; ".join(f"{word} {', '.join(sorted(names)[:3])}" for word, names in parts if names)
