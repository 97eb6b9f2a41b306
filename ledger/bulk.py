"""Rows from outside into a table: COPY on PostgreSQL, executemany on SQLite. No commit here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Insert,
    Select,
    Table,
    Text,
    bindparam,
    exists,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

CHUNK_ROWS = 5_000
TOGETHER = 500
"""Rows that SQLite is given at once. Inside a savepoint each statement of its own reads all that
the savepoint would put back, from the beginning."""


def chunks(rows: Iterable[Any], size: int = CHUNK_ROWS) -> Iterator[list[Any]]:
    """The rows in lists of at most `size`."""
    stream = iter(rows)
    while chunk := list(islice(stream, size)):
        yield chunk


def written(
    session: Session, statement: Executable, values: Mapping[str, Any] | None = None
) -> int:
    """Run a statement that writes, with the values of its named places; gives how many rows it
    wrote."""
    result = session.execute(statement, values, execution_options={"preserve_rowcount": True})
    return int(cast("CursorResult[Any]", result).rowcount)


def insert_one(session: Session, table: Table, **values: Any) -> int:
    """Insert a row into a table with an `id`; gives the id."""
    statement = insert(table).values(values).returning(table.c.id)
    return int(session.execute(statement).scalar_one())


def add_once(
    session: Session, table: Table, values: Mapping[str, Any], keys: Sequence[str]
) -> bool:
    """Insert a row in one statement unless one with these keys is there; whether it was new.

    Asks for nothing back: whoever may only add rows may run it.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        quiet = postgresql.insert(table).values(values).on_conflict_do_nothing()
        return written(session, quiet.inline()) == 1
    return written(session, _unless_known(table, values, keys)) == 1


def _unless_known(table: Table, values: Mapping[str, Any], keys: Sequence[str]) -> Insert:
    """SQLite has one writer, so that what is looked at here cannot change."""
    known = exists().where(*(table.c[key] == values[key] for key in keys))
    row = select(*(literal(value, table.c[name].type) for name, value in values.items()))
    return insert(table).from_select(list(values), row.where(~known))


def insert_rows(
    session: Session, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert tuples in the order of `columns`; gives how many. Values as the types take."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        return _copy(connection.connection.driver_connection, table, columns, rows)
    return _executemany(connection, table, columns, rows)


def refresh_statistics(session: Session, *tables: Table) -> None:
    """Tell PostgreSQL's planner how full tables are after bulk work on them.

    Its own daemon looks once a minute; until then a month that was just filled counts as
    empty, and joins over it are planned row by row. SQLite plans by the indexes alone.
    """
    if session.get_bind().dialect.name == "postgresql":
        for table in tables:
            session.execute(text("select refresh_statistics(:name)"), {"name": table.name})


def firm_id(session: Session, table: Table) -> int | None:
    """The highest id of a table below which no further row can appear; None while somebody is
    adding rows, whose ids may be lower than those seen already.

    For a reader who goes on from the last id he saw. Whoever writes holds a lock on the table from
    before he is given an id until he commits; SQLite has one writer, and this is he or nobody.
    """
    newest = int(session.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0)
    if session.get_bind().dialect.name == "sqlite":
        return newest
    return None if session.scalar(_ADDING, {"name": table.name}) else newest


_ADDING = text(
    """
    select exists (select 1 from pg_locks l where l.relation = to_regclass(:name)
      and l.database = (select oid from pg_database where datname = current_database())
      and l.mode = 'RowExclusiveLock' and l.pid <> pg_backend_pid())
    """
)


def found_by_key(query: Select[Any]) -> ColumnElement[bool]:
    """Whether a query about the row beside it finds any: it is looked up for that row. Of EXISTS
    PostgreSQL would compare everything there is, for however few rows."""
    return query.limit(1).scalar_subquery().is_not(None)


@contextmanager
def looked_up(session: Session) -> Iterator[None]:
    """Inside, PostgreSQL looks rows up by their keys and reads no table from its beginning.

    For the rows of one file, which are few beside those of all years. The planner takes them for
    fewer or for more than they are, and may read every payment there ever was for them. Not for a
    table whose rules compare the rows as they were with the rows as they are.
    """
    with _planned(session, dict.fromkeys(_READ_WHOLE, "off")):
        yield


@contextmanager
def joined_as_written(session: Session) -> Iterator[None]:
    """Inside, PostgreSQL makes explicit joins in the order in which they stand.

    For rows that this very transaction wrote: the planner's figures do not know them yet. It
    takes them for one row, and may then compare thousands with thousands.
    """
    with _planned(session, {"join_collapse_limit": "1"}):
        yield


_READ_WHOLE = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")
_FOR_THESE = {"plan_cache_mode": "force_custom_plan"}
"""Else a statement is planned once for all values from its eleventh run on, and no file's rows are
like those of all files."""


@contextmanager
def _planned(session: Session, settings: Mapping[str, str]) -> Iterator[None]:
    """Inside, PostgreSQL plans with these settings, and for the values that are given."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    outer = session.info.get("planned", {})
    ours = {**_FOR_THESE, **settings}
    _set(session, ours)
    session.info["planned"] = {**outer, **ours}
    try:
        yield
    finally:
        session.info["planned"] = outer
    _set(session, {name: outer.get(name) for name in ours})


def _set(session: Session, settings: Mapping[str, str | None]) -> None:
    """Settings of this transaction; None for what the connection began with."""
    session.execute(_setting(tuple(settings)), settings)


@cache
def _setting(names: Sequence[str]) -> Select[Any]:
    return select(*(func.set_config(name, bindparam(name, type_=Text), True) for name in names))


def _executemany(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Tuples straight to the driver: a dict for every row would cost more than SQLite does."""
    dialect = connection.dialect
    makers = (table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns)
    ready = [(place, make) for place, make in enumerate(makers) if make]
    names = ", ".join(f'"{name}"' for name in columns)
    into = f'insert into "{table.name}" ({names}) values '  # noqa: S608 - our names
    one = f"({', '.join('?' * len(columns))})"
    written = 0
    for chunk in chunks((_as_stored(row, ready) for row in rows), TOGETHER):
        if len(chunk) == TOGETHER:
            together = ", ".join([one] * TOGETHER)
            connection.exec_driver_sql(into + together, tuple(chain.from_iterable(chunk)))
        else:
            connection.exec_driver_sql(into + one, chunk)
        written += len(chunk)
    return written


def _as_stored(row: Sequence[Any], ready: Sequence[tuple[int, Callable[[Any], Any]]]) -> Any:
    """The row with the values that the column's type turns into others (days, moments)."""
    values = list(row)
    for place, make in ready:
        values[place] = make(values[place])
    return tuple(values)


def _copy(driver: Any, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    names = ", ".join(f'"{name}"' for name in columns)
    written = 0
    with driver.cursor() as cursor, cursor.copy(f'copy "{table.name}" ({names}) from stdin') as out:
        for row in rows:
            out.write_row(row)
            written += 1
    return written
