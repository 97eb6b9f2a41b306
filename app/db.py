"""The only place that opens and commits transactions.

SQLite: WAL, full synchronisation, foreign keys, recursive triggers, BEGIN IMMEDIATE for
writers; the library must be free of the WAL-reset bug (fixed in 3.51.3, 3.50.7 and 3.44.6),
else the journal mode is DELETE; what the application may do is guarded (`app/guard.py`).
PostgreSQL: durable settings and the rights of the login are checked at start.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import copy
from functools import partial
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.errors import Remembered, SettingsError
from app.guard import guard
from app.rights import ADD, CHANGE, READ, REMOVE, Rights, rights_on

T = TypeVar("T")

RETRIES_MAX = 8
RETRY_CODES = ("40001", "40P01")
APART_MAX = 5
SAFE_SQLITE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
PATIENCE_MS = 30_000
"""How long a writer waits for the pen of a SQLite file: fifty who approve at once take turns."""
STATEMENTS_KEPT = 3_000
"""Statements that stay put together; a month asks 2,000 different ones. Of the 128 that SQLite's
driver keeps of itself each was gone before it came again, and a write means all rules anew."""


class Database:
    """One database of one province: units of work that write, views that only read.

    As `owner` a SQLite file is opened without the guard, to make tables and rules, to copy
    and to restore. On PostgreSQL the login decides what is allowed. `patience` is how many seconds
    a writer waits for its turn, 0 for as long as a person would; `rights` are the application's or
    fewer. `for_pages` is a service that many ask for few rows at a time.
    """

    def __init__(
        self,
        url: str,
        schema: str = "",
        *,
        owner: bool = False,
        patience: float = 0,
        rights: Rights = rights_on,
        for_pages: bool = False,
    ) -> None:
        self.url = make_url(url)
        self.schema = schema
        self.rights = rights
        self._check: Callable[[Session], None] = _unchecked
        wait = round(patience * 1000)
        self._again = RLock()
        plans = _FEW_ROWS if for_pages else ""
        self.engine = (
            _sqlite(url, None if owner else rights, wait or PATIENCE_MS)
            if self.is_sqlite
            else _postgresql(url, schema, wait, plans)
        )
        # Of a pool of its own: whoever waits for one of these holds a connection already.
        few = {"pool_size": APART_MAX, "max_overflow": 0}
        self._beside = (
            self.engine if self.is_sqlite else _postgresql(url, schema, wait, plans, **few)
        )

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def checked(self, check: Callable[[Session], None]) -> Database:
        """The same database, whose every unit of work ends with `check` too, in its transaction:
        what it raises undoes the work."""
        before, same = self._check, copy(self)

        def both(session: Session) -> None:
            before(session)
            check(session)

        same._check = both
        return same

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session whose work is committed at the end, or not at all."""
        with _plain(self.engine, _refuse_codes if self.is_sqlite else self._apart) as session:
            yield session
            self._check(session)

    @contextmanager
    def signed_work(self) -> Iterator[Session]:
        """A unit of work in which officers confirm with codes; a wrong one is kept though the work
        be undone. SQLite writes down what it would have to undo: not for bulk."""
        with self._signed(self.engine) as session:
            yield session
            self._check(session)

    def _signed(self, engine: Engine) -> AbstractContextManager[Session]:
        return _remembering(engine) if self.is_sqlite else _plain(engine, self._apart)

    @contextmanager
    def _apart(self, *names: str) -> Iterator[Session]:
        """A transaction of its own, committed at its end, in which there is one at a time with
        each of these names; a `Remembered` that it raises is written in it."""
        with _kept(self._beside) as session:
            for name in names:
                session.execute(_ALONE, {"name": name})
            yield session

    @contextmanager
    def view(self) -> Iterator[Session]:
        """A session for reading; whatever it did is rolled back."""
        engine = self.engine.execution_options(ansinh_reads=True)
        with Session(engine) as session:
            yield session
            session.rollback()

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A view in which every question is answered as of one moment, however long it takes."""
        engine = self.engine.execution_options(ansinh_reads=True)
        if not self.is_sqlite:  # there a reader sees one moment anyway
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with Session(engine) as session:
            if not self.is_sqlite:
                session.execute(text("set local idle_in_transaction_session_timeout = 0"))
            yield session
            session.rollback()

    def serializable(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one serializable `signed_work`, again when another was in the way.

        `work` must carry a unique key of its own, since a lost reply of a commit looks like
        a failure, and the work that is run again must find that it was done. Where many come at
        once: what runs again does so alone, no other work of this process begins meanwhile.
        """
        engine = self.engine
        if not self.is_sqlite:
            engine = engine.execution_options(isolation_level="SERIALIZABLE")
        with self._again:
            pass
        with ExitStack() as alone:
            for attempt in range(RETRIES_MAX):
                try:
                    with self._signed(engine) as session:
                        result = work(session)
                        self._check(session)
                        return result
                except OperationalError as error:
                    if attempt + 1 == RETRIES_MAX or _code(error) not in RETRY_CODES:
                        raise
                    if not attempt:
                        alone.enter_context(self._again)  # until it is done
                    time.sleep(0.02 * 2**attempt)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()
        self._beside.dispose()


# No row is locked for it: the service may not change an officer's row.
_ALONE = text("select pg_advisory_xact_lock(hashtextextended(current_schema() || ':' || :name, 0))")


@contextmanager
def _plain(engine: Engine, apart: Callable[..., Any]) -> Iterator[Session]:
    """A transaction; `info["apart"]` opens what is kept though it be taken back."""
    with Session(engine, info={"apart": apart}) as session, session.begin():
        yield session


def _refuse_codes(*_: str) -> Any:
    raise AssertionError("codes are looked at in signed_work")


@contextmanager
def _remembering(engine: Engine) -> Iterator[Session]:
    """A transaction of SQLite of which, when it raises `Remembered`, nothing is left but what that
    writes: whoever waits for its turn to write does not come in between."""
    with _kept(engine) as session:
        session.info["apart"] = lambda *_: nullcontext(session)
        with session.begin_nested():
            yield session


@contextmanager
def _kept(engine: Engine) -> Iterator[Session]:
    """A transaction that is committed also when it raises `Remembered`, with what that writes."""
    refused: Remembered | None = None
    with Session(engine) as session, session.begin():
        try:
            yield session
        except Remembered as error:
            error.remember(session)
            refused = error
    if refused is not None:
        raise refused


def _unchecked(_: Session) -> None:
    """Nothing stands in the way of a commit."""


def _code(error: OperationalError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")


def _sqlite(url: str, rights: Rights | None, wait: int) -> Engine:
    """Without `rights` as owner: no guard stands."""
    driver, version = _sqlite_driver()
    kept = {"cached_statements": STATEMENTS_KEPT}
    engine = create_engine(url, module=driver, query_cache_size=STATEMENTS_KEPT, connect_args=kept)
    wal = _is_safe(version)

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in (*_pragmas(wal), f"busy_timeout = {wait}"):
            connection.execute(f"pragma {pragma}")
        if rights is not None:
            connection.set_authorizer(partial(guard, rights=rights))

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get("ansinh_reads")
        connection.exec_driver_sql("begin" if reads else "begin immediate")

    return engine


def _pragmas(wal: bool) -> tuple[str, ...]:
    return (
        "journal_mode = wal" if wal else "journal_mode = delete",
        "synchronous = full" if wal else "synchronous = extra",
        "foreign_keys = on",
        "recursive_triggers = on",
        "trusted_schema = off",
        "cache_size = -65536",
    )


def _sqlite_driver() -> tuple[Any, tuple[int, ...]]:
    try:
        from pysqlite3 import dbapi2 as driver
    except ImportError:  # no wheel for this platform: the interpreter's own library
        import sqlite3 as driver
    return driver, tuple(driver.sqlite_version_info)


def _is_safe(version: tuple[int, ...]) -> bool:
    """Free of the WAL-reset bug, by library version."""
    return any(version >= fixed and version[:2] == fixed[:2] for fixed in SAFE_SQLITE) or (
        version >= max(SAFE_SQLITE)
    )


# Whoever waits for a page is one of many: no second process for one of them. A row is found by its
# key, in memory or on a disk without a head, not by reading a table to its end.
_FEW_ROWS = " -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"


def _postgresql(url: str, schema: str, wait: int, plans: str = "", **pool: int) -> Engine:
    """With a `wait` in milliseconds whoever asks would rather be told no than wait longer."""
    locks = f"{wait}ms -c statement_timeout={20 * wait}ms" if wait else "30s"
    options = f"-c lock_timeout={locks} -c idle_in_transaction_session_timeout=300s -c jit=off"
    # What is streamed is read to its end: not a plan for the first tenth of it.
    options += f" -c cursor_tuple_fraction=1{plans}"
    if schema:
        options += f" -c search_path={schema}"
    told = {"options": options, **({"connect_timeout": 2} if wait else {})}
    return create_engine(
        url, pool_pre_ping=True, query_cache_size=STATEMENTS_KEPT, connect_args=told, **pool
    )


def check_durable(database: Database) -> None:
    """Refuse a PostgreSQL that may lose what it acknowledged. Raises SettingsError."""
    if database.is_sqlite:
        return
    wanted = ("fsync", "full_page_writes", "synchronous_commit")
    with database.engine.connect() as connection:
        off = [n for n in wanted if connection.exec_driver_sql(f"show {n}").scalar() == "off"]
    if off:
        raise SettingsError([f"PostgreSQL: {', '.join(off)} phải bật (must be on)."])


# Every right on every table of the province, and whether the login has it.
_RIGHTS = text(
    """
    select c.relname, p.name, has_table_privilege(c.oid, p.name) as has
    from pg_class c cross join unnest(cast(:names as text[])) as p(name)
    where c.relnamespace = to_regnamespace(current_schema()) and c.relkind = 'r'
    order by c.relname, p.name
    """
)
_OWNED = text(
    """
    select count(*) from pg_class c where c.relnamespace = to_regnamespace(current_schema())
    and c.relkind in ('r', 'v', 'S') and pg_has_role(current_user, c.relowner, 'member')
    """
)
_EVERY_RIGHT = (READ, ADD, CHANGE, REMOVE, "truncate", "references", "trigger")


def check_login(database: Database) -> None:
    """Refuse a PostgreSQL login that could lift the rules, or lacks a right. Raises SettingsError.

    Who owns the tables, may become their owner, or is a superuser can drop every trigger.
    """
    if database.is_sqlite:
        return
    with database.engine.connect() as connection:
        login = connection.scalar(text("select current_user"))
        owned = connection.scalar(_OWNED)
        rows = connection.execute(_RIGHTS, {"names": list(_EVERY_RIGHT)}).all()
    if owned:
        fault = "có quyền chủ các bảng (owner or superuser), tự gỡ được mọi luật"
    elif wrong := sorted(
        {row.relname for row in rows if row.has != (row.name in database.rights(row.relname))}
    ):
        fault = f"có quyền khác với quyền cần có trên: {', '.join(wrong[:5])}"
    else:
        return
    raise SettingsError(
        [
            f"PostgreSQL: tài khoản {login} {fault}. Chạy `ansinh db grant` bằng tài khoản chủ,"
            " rồi cho dịch vụ đăng nhập bằng tài khoản do `ansinh db login` tạo."
        ]
    )
