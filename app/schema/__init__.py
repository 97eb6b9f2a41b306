"""The whole schema of the house, and the rules that the database keeps for the rooms.

`create` makes every table; `install_rules` (re)makes every trigger and the tables of legal
moves. Both are called by the migrations and by tests, never by a room.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, text

from app.schema.erasing import WIPED, erase_statements, exactly_erased
from app.schema.fixed import MOVES, fixed
from app.schema.following import postgresql_following, sqlite_following
from app.schema.frozen import BORN, FROZEN
from app.schema.guards import (
    GUARDS,
    REFERS,
    SETS,
    Guard,
    postgresql_guard,
    postgresql_set_guard,
    sqlite_guard,
    sqlite_set_guard,
)
from app.schema.guards.schedule import LOCKED
from app.schema.lists import APPEND_ONLY, KEPT, NO_REPLACE
from ledger import rule_check, triggers
from ledger.schema import metadata

__all__ = ["APPEND_ONLY", "KEPT", "MOVES", "create", "drop_rules", "install_rules", "missing_rules"]

# What a file said was said when it was read; nothing is hung on it afterwards.
_READ_UP = "('applied', 'quarantined')"

# (trigger, table) of every rule that stands in a database.
_RULES = {
    "sqlite": "select name, tbl_name from sqlite_master where type = 'trigger'",
    "postgresql": "select t.tgname, c.relname from pg_trigger t"
    " join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid"
    " where not t.tgisinternal and c.relnamespace = current_schema()::regnamespace"
    " and p.pronamespace = c.relnamespace",
}


def create(connection: Connection) -> None:
    """Make every table that is missing, and every rule anew."""
    metadata.create_all(connection)
    install_rules(connection)


def install_rules(connection: Connection) -> None:
    """Make triggers and tables of what is so (moves, pairs of roles) anew; harmless to repeat."""
    triggers.install(connection)
    for statement in _rules(connection):
        connection.execute(text(statement))
    for table, rows in fixed():
        connection.execute(table.delete())
        connection.execute(table.insert(), list(rows))


def drop_rules(connection: Connection) -> None:
    """Take every trigger away, those of earlier versions too, so that tables may be altered.

    `install_rules` makes today's anew, in the same transaction. A trigger that calls a function
    from outside this schema is somebody else's and stays.
    """
    quoted = connection.dialect.identifier_preparer.quote
    for name, table in connection.execute(text(_RULES[connection.dialect.name])).all():
        tail = "" if connection.dialect.name == "sqlite" else f" on {quoted(table)}"
        connection.execute(text(f"drop trigger {quoted(name)}{tail}"))


def missing_rules(connection: Connection) -> list[str]:
    """Names of rules that a fresh database would have and this one lacks, or tells otherwise."""
    statements = (*triggers.statements(connection), *_rules(connection))
    wanted, found = rule_check.told(connection, statements), rule_check.standing(connection)
    for table, rows in fixed():
        wanted[table.name] = tuple(sorted(" ".join(map(str, row.values())) for row in rows))
        standing = connection.execute(select(table))
        found[table.name] = tuple(sorted(" ".join(map(str, row)) for row in standing))
    return sorted(name for name, rule in wanted.items() if found.get(name) != rule)


def _rules(connection: Connection) -> Iterable[str]:
    if connection.dialect.name == "sqlite":
        return _sqlite_rules()
    schema = connection.execute(text("select current_schema()")).scalar_one()
    return _postgresql_rules(connection.dialect.identifier_preparer.quote(schema))


def _sqlite_rules() -> Iterable[str]:
    for table, unique in APPEND_ONLY.items():
        yield from triggers.sqlite_append_only(table, unique)
        if table in WIPED:
            yield f"drop trigger if exists {table}_no_update"
            yield (
                f"create trigger {table}_no_update before update on {table}"
                f" when not ({_erased(table, 'sqlite')})"
                f" begin select raise(abort, '{table} is append-only'); end"
            )
    yield "drop trigger if exists erasure_erases"
    erased = "; ".join(erase_statements("sqlite"))
    yield f"create trigger erasure_erases after insert on erasure begin {erased}; end"
    for table, unique in NO_REPLACE.items():
        yield from triggers.sqlite_no_replace(table, unique)
    for guard in GUARDS:
        yield from sqlite_guard(guard)
    for guard in SETS:
        yield from sqlite_set_guard(guard)
    for table, columns in FROZEN.items():
        changed = " or ".join(f"old.{one} is not new.{one}" for one in columns)
        if table in WIPED:
            changed = f"({changed}) and not ({_erased(table, 'sqlite')})"
        yield f"drop trigger if exists {table}_frozen"
        yield (
            f"create trigger {table}_frozen before update on {table} when {changed}"
            f" begin select raise(abort, '{table}: a written fact cannot change'); end"
        )
    for table in ("bank_report", "bank_line"):
        yield f"drop trigger if exists {table}_late"
        yield (
            f"create trigger {table}_late before insert on {table}"
            f" when (select state from inbound_file where id = new.file_id) in {_READ_UP}"
            f" begin select raise(abort, '{table}: the file was read already'); end"
        )
    for table, state in BORN.items():
        yield f"drop trigger if exists {table}_born"
        yield (
            f"create trigger {table}_born before insert on {table} when new.state <> '{state}'"
            f" begin select raise(abort, '{table}: begins as {state}'); end"
        )
    for table in KEPT:
        yield f"drop trigger if exists {table}_kept"
        yield (
            f"create trigger {table}_kept before delete on {table}"
            f" begin select raise(abort, '{table}: rows are kept'); end"
        )
    yield from _sqlite_payroll_lines()
    yield from sqlite_following()


def _sqlite_payroll_lines() -> Iterable[str]:
    for act, row in (("insert", "new"), ("delete", "old")):
        undone = " or new.undone <> 0" if act == "insert" else ""
        yield f"drop trigger if exists payroll_line_{act}"
        yield (
            f"create trigger payroll_line_{act} before {act} on payroll_line"
            f" when (select state from payroll where id = {row}.payroll_id) <> 'draft'{undone}"
            " begin select raise(abort, 'payroll_line: submitted lines cannot change'); end"
        )
    yield "drop trigger if exists payroll_line_locked"
    yield (
        "create trigger payroll_line_locked before insert on payroll_line when exists (select 1"
        f" from payroll p where p.id = new.payroll_id and {LOCKED.format(schema='')})"
        " begin select raise(abort, 'payroll_line: the list of this month is locked'); end"
    )


def _postgresql_rules(schema: str) -> Iterable[str]:
    """Every table that a function reads is named with its schema: else it would believe a
    temporary table of the same name, which any writer may make."""
    for table in APPEND_ONLY:
        yield from triggers.postgresql_append_only(table)
        if table in WIPED:
            yield from _postgresql_erasable(table, schema)
    yield from _postgresql_erasing(schema)
    for guard in GUARDS:
        yield from postgresql_guard(guard, schema)
    for guard in (*SETS, *REFERS):
        yield from postgresql_set_guard(guard, schema)
    for table, columns in FROZEN.items():
        changed = " or ".join(f"old.{one} is distinct from new.{one}" for one in columns)
        if table in WIPED:
            changed = f"({changed}) and not ({_erased(table, 'postgresql', f'{schema}.')})"
        frozen = Guard(f"{table}_frozen", table, changed, f"{table}: a written fact cannot change")
        yield from postgresql_guard(frozen, schema)
    for table in ("bank_report", "bank_line"):
        yield from _postgresql_touched(
            f"{table}_late",
            table,
            "insert",
            "new",
            f"select 1 from {schema}.inbound_file f where f.state in {_READ_UP} and f.id in"
            " (select distinct t.file_id from touched t)",
            f"{table}: the file was read already",
        )
    for table, state in BORN.items():
        yield from _postgresql_touched(
            f"{table}_born",
            table,
            "insert",
            "new",
            f"select 1 from touched t where t.state <> '{state}'",
            f"{table}: begins as {state}",
        )
    for table in KEPT:
        yield f"drop trigger if exists {table}_kept on {table}"
        yield (
            f"create trigger {table}_kept before delete or truncate on {table}"
            " for each statement execute function append_only()"
        )
    yield from _postgresql_payroll_lines(schema)
    yield from postgresql_following(schema)


def _erased(table: str, dialect: str, schema: str = "") -> str:
    columns = [column.name for column in metadata.tables[table].columns]
    return exactly_erased(table, columns, dialect, schema)


def _postgresql_erasable(table: str, schema: str) -> Iterable[str]:
    """An append-only table whose rows may be erased, row by row, and never change else."""
    yield f"drop trigger if exists {table}_append_only on {table}"
    yield (
        f"create trigger {table}_append_only before delete or truncate on {table}"
        " for each statement execute function append_only()"
    )
    kept = f"not ({_erased(table, 'postgresql', f'{schema}.')})"
    guard = Guard(f"{table}_no_update", table, kept, f"{table} is append-only")
    yield from postgresql_guard(guard, schema)


def _postgresql_erasing(schema: str) -> Iterable[str]:
    """What an erasure does is done with the owner's rights, as the row is written."""
    erased = "; ".join(erase_statements("postgresql", f"{schema}."))
    yield (
        "create or replace function erasure_erases() returns trigger language plpgsql"
        f" security definer set search_path = {schema}, pg_temp as $$ begin {erased};"
        " return null; end $$"
    )
    yield "drop trigger if exists erasure_erases on erasure"
    yield (
        "create trigger erasure_erases after insert on erasure"
        " for each row execute function erasure_erases()"
    )


def _postgresql_payroll_lines(schema: str) -> Iterable[str]:
    for act, rows in (("insert", "new"), ("delete", "old")):
        undone = " union all select 1 from touched t where t.undone <> 0" if act == "insert" else ""
        yield from _postgresql_touched(
            f"payroll_line_{act}",
            "payroll_line",
            act,
            rows,
            f"select 1 from {schema}.payroll p where p.state <> 'draft' and p.id in"
            f" (select distinct t.payroll_id from touched t){undone}",
            "payroll_line: submitted lines cannot change",
        )
    yield from _postgresql_touched(
        "payroll_line_locked",
        "payroll_line",
        "insert",
        "new",
        f"select 1 from {schema}.payroll p where {LOCKED.format(schema=f'{schema}.')} and p.id in"
        " (select distinct t.payroll_id from touched t)",
        "payroll_line: the list of this month is locked",
    )
    for act in ("insert", "update"):
        yield from _postgresql_touched(
            f"payroll_line_refers_{act}",
            "payroll_line",
            act,
            "new",
            _refers_to_nothing("payroll_line", schema),
            "payroll_line: refers to what is not there",
        )


def _refers_to_nothing(table: str, schema: str) -> str:
    """Which touched rows break a foreign key of the table; no row is locked, since none goes."""
    keys = sorted(metadata.tables[table].foreign_keys, key=lambda key: key.parent.name)
    return " union all ".join(
        f"select 1 from touched t where not exists (select 1 from {schema}.{key.column.table.name}"
        f" r where r.{key.column.name} = t.{key.parent.name})"
        for key in keys
    )


def _postgresql_touched(
    name: str, table: str, act: str, rows: str, wrong: str, message: str
) -> Iterable[str]:
    """A statement trigger with a transition table, so that a bulk insert is checked once."""
    yield (
        f"create or replace function {name}() returns trigger language plpgsql as $$ begin"
        f" if exists ({wrong}) then"
        f" raise exception '{message}' using errcode = '23514'; end if; return null; end $$"
    )
    yield f"drop trigger if exists {name} on {table}"
    yield (
        f"create trigger {name} after {act} on {table}"
        f" referencing {rows} table as touched for each statement execute function {name}()"
    )
