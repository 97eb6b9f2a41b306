"""What settled the grain of the books: `python -m benchmarks prototype_ledger [ITEMS]`.

The same accruals and commitments four ways, A B C D A B C D, by INSERT..SELECT: the books as they
are (running balance on the posting, checked by the seal), the same tables without a trigger
(the floor), and balances cached in rows of their own, kept by the program or, as ours are, by
the database. Then 64 writers on 50 hot accounts of
PostgreSQL, queueing on the account or colliding on the sequence.
"""

from __future__ import annotations

import hashlib
import statistics
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from sqlalchemy import Engine, column, select, table, text
from sqlalchemy.orm import Session

from benchmarks.harness import KINDS, Bench, BenchDatabase, Measured, bench_database
from ledger import journal
from ledger.chart import Cell, open_accounts
from ledger.errors import Conflict
from ledger.journal import EntryDraft, post, post_many
from ledger.posting_rows import ITEMS_MAX
from ledger.triggers import postgresql_append_only, sqlite_append_only
from tests.ledger.books import create_books, engine_for

ITEMS, ROUNDS = 200_000, 3
WRITERS, HOT, EACH = 64, 50, 20
NOW = datetime(2026, 10, 5, tzinfo=UTC)
CELL = Cell("local", "pension", "01273", "banka")
WAYS = ("ours", "floor", "cached by program", "cached by trigger")
RECIPES = ("accrue", "commit")
GIVEN = table("given", column("item"), column("amount"))

CACHED = (
    "create table cached_posting (entry_id bigint not null, line bigint not null,"
    " account_id bigint not null, item bigint not null, debit bigint not null,"
    " credit bigint not null, primary key (entry_id, line),"
    " check (debit >= 0 and credit >= 0 and (debit = 0) <> (credit = 0)))",
    "create index cached_posting_account on cached_posting (account_id, item, entry_id)",
    "create table cached_balance (account_id bigint not null, item bigint not null,"
    " guard bigint not null, debits bigint not null, credits bigint not null,"
    " primary key (account_id, item), check (guard = 0 or (guard = 1 and credits >= debits)"
    " or (guard = 2 and debits >= credits)))",
)
# `n` are the new postings of one entry and one account; guard 1 for payable and commitment.
NEW = "(select * from cached_posting where entry_id = :entry and account_id = :account)"
CACHED_UPDATE = (
    "update cached_balance set debits = debits + n.debit, credits = credits + n.credit"
    f" from {NEW} n where cached_balance.account_id = n.account_id"
    " and cached_balance.item = n.item"
)
CACHED_INSERT = (
    "insert into cached_balance select n.account_id, n.item, :guard, n.debit, n.credit"
    f" from {NEW} n where not exists (select 1 from cached_balance b"
    " where b.account_id = n.account_id and b.item = n.item)"
)


# The same, kept by the database: a row trigger on SQLite, a statement trigger on PostgreSQL.
TRIGGERS = {
    "sqlite": (
        "create trigger cached_keep after insert on cached_posting begin"
        " insert into cached_balance select new.account_id, new.item,"
        " case when new.item = 0 then 0 else 1 end, 0, 0 where not exists (select 1 from"
        " cached_balance b where b.account_id = new.account_id and b.item = new.item);"
        " update cached_balance set debits = debits + new.debit, credits = credits + new.credit"
        " where account_id = new.account_id and item = new.item; end",
    ),
    "postgresql": (
        "create function cached_keep() returns trigger language plpgsql as $$ begin"
        " update cached_balance b set debits = b.debits + n.debit, credits = b.credits + n.credit"
        " from fresh n where b.account_id = n.account_id and b.item = n.item;"
        " insert into cached_balance select n.account_id, n.item,"
        " case when n.item = 0 then 0 else 1 end, n.debit, n.credit from fresh n"
        " where not exists (select 1 from cached_balance b"
        " where b.account_id = n.account_id and b.item = n.item); return null; end $$",
        "create trigger cached_keep after insert on cached_posting referencing new table as fresh"
        " for each statement execute function cached_keep()",
    ),
}


def run(arguments: list[str]) -> Bench:
    """Measure both databases; ratios are ours to the others, above 1 ours is dearer."""
    items = int(arguments[0]) if arguments else ITEMS
    bench = Bench("prototype_ledger", f"{items:,} items, accrue and commit")
    for kind in KINDS:
        costs: dict[str, list[Measured]] = {name: [] for name in WAYS}
        for _ in range(ROUNDS):
            for name, kept in costs.items():
                kept.append(_measure(kind, name, items))
        for other in WAYS[1:]:
            _compare(bench, kind, costs["ours"], costs[other], f"ours against {other}")
        rate = statistics.median(2 * items / one.wall_seconds for one in costs["ours"])
        bench.row(f"{kind}: postings a second", rate, "1/s")
    for name in ("queue", "collide"):
        rate, retries = _writers(name)
        bench.row(f"{WRITERS} writers {name}: entries a second", rate, "1/s")
        bench.row(f"{WRITERS} writers {name}: tries an entry", 1 + retries, "")
    return bench


def _compare(
    bench: Bench, kind: str, ours: list[Measured], theirs: list[Measured], what: str
) -> None:
    for unit, cost in (("CPU", _cpu), ("wall", _wall)):
        value, against = (statistics.median(map(cost, side)) for side in (ours, theirs))
        bench.row(f"{kind}: {what}, {unit}", value, "s", against=against)


def _cpu(one: Measured) -> float:
    return one.cpu_seconds


def _wall(one: Measured) -> float:
    return one.wall_seconds


def _measure(kind: str, name: str, items: int) -> Measured:
    with bench_database(kind) as database:
        engine = engine_for(database.url)
        with engine.begin() as connection:
            _prepare(connection.exec_driver_sql, items)
        create_books(engine, CELL)
        if name == "floor":
            _drop_triggers(engine)
        if name.startswith("cached"):
            _create_cached(engine, kept_by_trigger=name == "cached by trigger")
        database.checkpoint()
        with database.measured() as cost:
            _post_all(engine, items, _HOW.get(name, _ours))
        engine.dispose()
    return cost


def _prepare(execute: Callable[[str], object], items: int) -> None:
    execute("create table given (item bigint primary key, amount bigint not null)")
    execute(
        "insert into given with recursive g(i) as (select 1 union all select i + 1 from g"
        f" where i < {items}) select i, 500000 + mod(i, 7) * 1000 from g"
    )


def _drop_triggers(engine: Engine) -> None:
    sqlite = "select name, tbl_name from sqlite_master where type = 'trigger'"
    postgresql = "select tgname, tgrelid::regclass::text from pg_trigger where not tgisinternal"
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        for name, of in connection.execute(text(sqlite if is_sqlite else postgresql)).all():
            connection.exec_driver_sql(f"drop trigger {name}{'' if is_sqlite else f' on {of}'}")


def _create_cached(engine: Engine, *, kept_by_trigger: bool) -> None:
    kind = engine.dialect.name
    kept = TRIGGERS[kind] if kept_by_trigger else ()
    with engine.begin() as connection:
        for statement in (*CACHED, *_append_only(kind), *kept):
            connection.exec_driver_sql(statement)


def _append_only(kind: str) -> Iterable[str]:
    """The cached design needs an append-only journal as well."""
    if kind == "sqlite":
        return sqlite_append_only("cached_posting", "entry_id = new.entry_id and line = new.line")
    return [one.replace("%", "%%") for one in postgresql_append_only("cached_posting")]


def _post_all(engine: Engine, items: int, write: Callable[[Session, str, int, int], None]) -> None:
    """One transaction an entry, as the payroll does it."""
    with Session(engine) as session:
        for recipe in RECIPES:
            for first in range(1, items + 1, ITEMS_MAX):
                write(session, recipe, first, min(first + ITEMS_MAX - 1, items))
                session.commit()


def _ours(session: Session, recipe: str, first: int, last: int) -> None:
    chosen = select(GIVEN.c.item, GIVEN.c.amount).where(GIVEN.c.item.between(first, last))
    count, total = _totals(session, first, last)
    draft = EntryDraft(f"{recipe}:{first}", recipe, CELL, date(2026, 10, 5), NOW, "bench")
    post_many(session, draft, chosen, count=count, total=total)


def _totals(session: Session, first: int, last: int) -> tuple[int, int]:
    query = "select count(*), sum(amount) from given where item between :a and :b"
    count, total = session.execute(text(query), {"a": first, "b": last}).one()
    return int(count), int(total)


def _cached_by_trigger(session: Session, recipe: str, first: int, last: int) -> None:
    _cached(session, recipe, first, last, keep=False)


def _cached(session: Session, recipe: str, first: int, last: int, *, keep: bool = True) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # New tables have no statistics: without this the joins below take 20 times as long.
        session.execute(text("set local enable_nestloop = off"))
    count, total = _totals(session, first, last)
    entry = first + (0 if recipe == "accrue" else 10**7)
    sides = "0, amount" if recipe == "accrue" else "amount, 0"
    control = f"{total}, 0" if recipe == "accrue" else f"0, {total}"
    session.execute(
        text(
            f"insert into cached_posting select {entry}, row_number() over (order by item), 1,"
            f" item, {sides} from given where item between {first} and {last}"
        )
    )
    account = 2 if recipe == "accrue" else 3
    session.execute(
        text(f"insert into cached_posting values ({entry}, {count + 1}, {account}, 0, {control})")
    )
    for number, guard in ((1, 1), (account, 0)) if keep else ():
        given = {"entry": entry, "account": number}
        found = session.execute(text(CACHED_UPDATE), given).rowcount  # type: ignore[attr-defined]
        if not found:
            session.execute(text(CACHED_INSERT), {**given, "guard": guard})
    sums = "select sum(debit) - sum(credit) from cached_posting where entry_id = :entry"
    if session.scalar(text(sums), {"entry": entry}):
        raise RuntimeError("does not balance")
    parts = "line || '|' || account_id || '|' || item || '|' || debit || '|' || credit"
    join = "group_concat" if session.get_bind().dialect.name == "sqlite" else "string_agg"
    lines = f"select {join}({parts}, '|' order by line) from cached_posting where entry_id = :entry"
    hashlib.sha256(session.scalars(text(lines), {"entry": entry}).one().encode()).hexdigest()


_HOW = {"cached by program": _cached, "cached by trigger": _cached_by_trigger}


@contextmanager
def _hot(database: BenchDatabase) -> Iterator[tuple[Engine, list[Cell]]]:
    engine = engine_for(database.url)
    cells = [Cell("local", "pension", f"unit-{number}", "banka") for number in range(HOT)]
    create_books(engine)
    with Session(engine) as session:
        open_accounts(session, cells)
        session.commit()
    yield engine, cells
    engine.dispose()


def _writers(name: str) -> tuple[float, float]:
    """Entries a second, and repetitions an entry, with or without the queue on the account."""
    queue, retries = journal._hold, [0]
    with bench_database("postgresql") as database, _hot(database) as (engine, cells):

        def work(seed: int) -> None:
            for number in range(EACH):
                cell = cells[(seed * 7 + number * 3) % HOT]
                draft = EntryDraft(f"{seed}:{number}", "fund_bank", cell, NOW.date(), NOW, "bench")
                while not _tried(engine, draft):
                    retries[0] += 1

        if name == "collide":
            journal._hold = lambda session, controls: None
        try:
            with database.measured() as cost:
                threads = [threading.Thread(target=work, args=(one,)) for one in range(WRITERS)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        finally:
            journal._hold = queue
    entries = WRITERS * EACH
    return entries / cost.wall_seconds, retries[0] / entries


def _tried(engine: Engine, draft: EntryDraft) -> bool:
    with Session(engine) as session:
        try:
            post(session, draft, 5)
            session.commit()
        except Conflict:
            return False
    return True
