"""A database's schema as values that can be compared, read from the database's own catalogue.

The order of columns is left out: a column that was added later stands last.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, inspect, text

from app import schema

Rows = list[tuple[Any, ...]]

# What each catalogue is asked. Constraints in the pretty form, which a dump leaves as it is.
_POSTGRESQL = {
    "columns": "select table_name, column_name, udt_name, is_nullable, column_default, is_identity"
    " from information_schema.columns where table_schema = current_schema()",
    "tables": "select relname, relkind, relpersistence, reloptions::text from pg_class"
    " where relnamespace = current_schema()::regnamespace and relkind <> 'i'",
    "constraints": "select conrelid::regclass::text, conname, convalidated,"
    " pg_get_constraintdef(oid, true) from pg_constraint"
    " where connamespace = current_schema()::regnamespace",
    "indexes": "select tablename, indexname, indexdef from pg_indexes"
    " where schemaname = current_schema()",
}
_POSTGRESQL_TRIGGERS = (
    "select tgname, tgenabled, pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid)"
    " from pg_trigger t join pg_class c on c.oid = t.tgrelid"
    " where not tgisinternal and c.relnamespace = current_schema()::regnamespace"
)
_SQLITE = {
    "columns": 'select m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden'
    " from sqlite_master m, pragma_table_xinfo(m.name) x where m.type = 'table'",
    "tables": "select name, type, wr, strict from pragma_table_list where schema = 'main'",
    "indexes": "select m.name, case l.origin when 'c' then l.name end, l.\"unique\", l.partial,"
    " (select group_concat(i.name) from pragma_index_info(l.name) i),"
    " (select s.sql from sqlite_master s where s.name = l.name)"
    " from sqlite_master m, pragma_index_list(m.name) l where m.type = 'table'",
}
_SQLITE_TRIGGERS = "select name, sql from sqlite_master where type = 'trigger'"


def tables_of(connection: Connection) -> dict[str, Rows]:
    """Tables, columns, constraints and indexes, each kind sorted."""
    queries = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    found = {kind: _rows(connection, query) for kind, query in queries.items()}
    if connection.dialect.name == "sqlite":
        found["constraints"] = sorted(_sqlite_constraints(connection), key=repr)
    return found


def schema_of(connection: Connection) -> dict[str, Rows]:
    """The same with triggers, and the legal moves that they look up."""
    sqlite = connection.dialect.name == "sqlite"
    found = tables_of(connection)
    found["triggers"] = _rows(connection, _SQLITE_TRIGGERS if sqlite else _POSTGRESQL_TRIGGERS)
    for name, table, _ in schema.MOVES:
        found[f"moves of {name}"] = _rows(connection, f"select * from {table.name}")
    return found


def _rows(connection: Connection, query: str) -> Rows:
    """What a query gives, sorted, without what only Alembic's own table has."""
    here = str(inspect(connection).default_schema_name)
    rows = (tuple(_plain(value, here) for value in row) for row in connection.execute(text(query)))
    return sorted((row for row in rows if "alembic_version" not in repr(row)), key=repr)


def _plain(value: Any, here: str) -> Any:
    """A value without the schema's name and without the line breaks of a statement."""
    if not isinstance(value, str):
        return value
    return " ".join(value.replace(f"{here}.", "").replace(f"TO '{here}'", "TO 'here'").split())


def _sqlite_constraints(connection: Connection) -> Rows:
    """Keys, references and checks, from the text of CREATE TABLE (references have no names)."""
    asked = inspect(connection)
    found: Rows = []
    for table in asked.get_table_names():
        key = asked.get_pk_constraint(table)
        found.append((table, key["name"], tuple(sorted(key["constrained_columns"]))))
        for unique in asked.get_unique_constraints(table):
            found.append((table, unique["name"], tuple(unique["column_names"])))
        for check in asked.get_check_constraints(table):
            found.append((table, check["name"], " ".join(check["sqltext"].split())))
        for one in asked.get_foreign_keys(table):
            said = (one["constrained_columns"], one["referred_table"], one["referred_columns"])
            found.append((table, repr(said), repr(one["options"])))
    return [row for row in found if row[0] != "alembic_version"]
