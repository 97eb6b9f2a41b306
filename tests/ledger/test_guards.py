"""What the database itself refuses, whoever writes: statements around the journal's functions.

Each runs against a committed month and has to fail at the latest when it is committed; after
all of them the books are still what they were.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ledger import triggers
from ledger.chain import seal_all
from ledger.periods import close_period
from ledger.proof import verify
from tests.ledger.books import MERIT, NOW, Books, create_books, engine_for

HEADER = (
    "insert into entry (id, key, kind, programme, currency, effective_on, recorded_at,"
    " fiscal_year, reason, source, content) values (900, 'forged', 'x', '{programme}',"
    " '{currency}', '{day}', '2026-10-05T00:00:00.000000+00:00', 2026, 'x', 'x', 'x')"
)
POSTING = "insert into posting values (900, {line}, (select id from account where path = '{path}')"
SEAL = "insert into entry_seal values (900, {postings}, {total}, 'x')"

BANK = "bank/local/pension/01273/banka"
FUNDING = "funding/local/pension/01273/banka"
PAYABLE = "payable/local/pension"
COMMITMENT = "commitment/local/pension/01273/banka"
MERIT_FUNDING = "funding/central/merit/01273/banka"


def header(programme: str = "pension", currency: str = "VND", day: str = "2026-10-05") -> str:
    """The header of entry 900."""
    return HEADER.format(programme=programme, currency=currency, day=day)


def line(number: int, path: str, item: int, seq: int, debit: int, credit: int, after: int) -> str:
    """A posting of entry 900."""
    start = POSTING.format(line=number, path=path)
    return f"{start}, {item}, {seq}, {debit}, {credit}, {after})"


def seal(postings: int = 2, total: int = 100) -> str:
    """The seal of entry 900."""
    return SEAL.format(postings=postings, total=total)


# After the month: bank -1,800 (4 postings: 3,000 in, 1,800 out, 600 back), funding 3,000 (1),
# item 1 of payable 0 (2 postings), item 2 of payable 600 (3 postings).
BANK_IN = line(1, BANK, 0, 4, 100, 0, -1900)
FUNDING_IN = line(2, FUNDING, 0, 2, 0, 100, 3100)
SOUND = (header(), BANK_IN, FUNDING_IN)

FORGERIES: dict[str, tuple[str, ...]] = {
    "no seal": SOUND,
    "no postings": (header(), seal()),
    "one posting": (header(), BANK_IN, seal(1)),
    "count differs": (*SOUND, seal(3)),
    "total differs": (*SOUND, seal(2, 99)),
    "sides differ": (header(), BANK_IN, line(2, FUNDING, 0, 2, 0, 99, 3099), seal()),
    "both sides of a posting": (header(), line(1, BANK, 0, 4, 100, 100, -1800)),
    "nothing on a posting": (header(), line(1, BANK, 0, 4, 0, 0, -1800)),
    "negative amount": (header(), line(1, BANK, 0, 4, 0, -100, -1900)),
    "amount out of range": (header(), line(1, BANK, 0, 4, 10**15 + 1, 0, -1800 - 10**15 - 1)),
    "posting without entry": (BANK_IN,),
    "posting after the seal": (*SOUND, seal(), line(3, BANK, 0, 5, 5, 0, -1905)),
    "posting into a committed entry": (BANK_IN.replace("(900, 1,", "(1, 9,"),),
    "seal without entry": (seal(),),
    "second seal": ("insert into entry_seal values (1, 2, 3000, 'x')",),
    "unknown account": (header(), line(1, "nowhere", 0, 1, 100, 0, -100), FUNDING_IN, seal()),
    "unknown account id": (
        header(),
        "insert into posting values (900, 1, 99999, 0, 1, 100, 0, -100)",
        FUNDING_IN,
        seal(),
    ),
    "other currency": (header(currency="USD"), BANK_IN, FUNDING_IN, seal()),
    "other programme": (header(programme="merit"), BANK_IN, FUNDING_IN, seal()),
    "two programmes": (header(), BANK_IN, line(2, MERIT_FUNDING, 0, 1, 0, 100, 100), seal()),
    "item on a control account": (header(), line(1, BANK, 5, 1, 100, 0, -100), FUNDING_IN, seal()),
    "no item on an itemised account": (
        header(),
        BANK_IN,
        line(2, PAYABLE, 0, 1, 0, 100, 100),
        seal(),
    ),
    "account below zero": (
        header(),
        line(1, FUNDING, 0, 2, 3001, 0, -1),
        line(2, BANK, 0, 4, 0, 3001, 1201),
        seal(2, 3001),
    ),
    "item drained twice": (
        header(),
        line(1, PAYABLE, 1, 3, 100, 0, -100),
        line(2, COMMITMENT, 0, 3, 0, 100, 100),
        seal(),
    ),
    "item drained from an older balance": (
        header(),
        line(1, PAYABLE, 1, 2, 500, 0, 0),
        line(2, COMMITMENT, 0, 3, 0, 500, 500),
        seal(2, 500),
    ),
    "item drained from an invented balance": (
        header(),
        line(1, PAYABLE, 1, 3, 100, 0, 400),
        line(2, COMMITMENT, 0, 3, 0, 100, 100),
        seal(),
    ),
    "sequence with a gap": (header(), line(1, BANK, 0, 9, 100, 0, -100), FUNDING_IN, seal()),
    "sequence from zero": (header(), line(1, BANK, 0, 0, 100, 0, -100), FUNDING_IN, seal()),
    "sequence below zero": (header(), line(1, BANK, 0, -1, 100, 0, -100), FUNDING_IN, seal()),
    "closed period": (header(day="2026-08-31"), BANK_IN, FUNDING_IN, seal()),
    "same key": (header().replace("'forged'", "'accrue'"), BANK_IN, FUNDING_IN, seal()),
    "same position in the chain": (
        *SOUND,
        seal(),
        "insert into chain_link values (1, 900, 2026, 99, 'x')",
    ),
    "same voucher": (*SOUND, seal(), "insert into chain_link values (99, 900, 2026, 1, 'x')"),
    "chain over nothing": ("insert into chain_link values (99, 900, 2026, 99, 'x')",),
    "same closed period": (
        "insert into closed_period select programme, period, closed_at, 9, 9 from closed_period",
    ),
    "same account": (
        "insert into account select 900, path, kind, fund, programme, unit, provider, currency,"
        " guard, itemised from account where id = 1",
    ),
}

COLUMNS = {
    "entry": "reason",
    "posting": "balance",
    "entry_seal": "digest",
    "chain_link": "link",
    "closed_period": "closed_at",
    "control_total": "debits",
    "account": "path",
}


@pytest.fixture(scope="module")
def month(shared_engine: Engine) -> Engine:
    """A committed month, sealed, with August closed."""
    with Session(shared_engine) as session:
        Books(session, shared_engine).month()
        close_period(session, "pension", "2026-08", NOW)
        session.commit()
        seal_all(session)
        session.commit()
    return shared_engine


@pytest.fixture
def unharmed(month: Engine) -> Iterator[Engine]:
    """The month, which is as it was after the test."""
    before = _dump(month)
    yield month
    assert _dump(month) == before


def _dump(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        tables = [f"select * from {table} order by 1, 2" for table in COLUMNS]
        return [connection.execute(text(query)).all() for query in tables]


def _refused(engine: Engine, *statements: str) -> None:
    with pytest.raises(DatabaseError):
        _run(engine, *statements)


def _run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_sound_entry_passes_so_that_the_forgeries_fail_for_their_reason(month: Engine) -> None:
    with month.connect() as connection:
        for statement in (*SOUND, seal()):
            connection.exec_driver_sql(statement)
        connection.rollback()


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused(unharmed: Engine, name: str) -> None:
    _refused(unharmed, *FORGERIES[name])


@pytest.mark.parametrize("table", COLUMNS)
def test_what_is_written_stays(unharmed: Engine, table: str) -> None:
    column = COLUMNS[table]
    _refused(unharmed, f"update {table} set {column} = {column}")
    _refused(unharmed, f"update {table} set {column} = {column} where 1 = 0 or 1 = 1")
    _refused(unharmed, f"delete from {table}")
    if unharmed.dialect.name == "postgresql":
        _refused(unharmed, f"truncate {table} cascade")
        _refused(unharmed, f"insert into {table} select * from {table} limit 1")
    else:
        _refused(unharmed, f"insert or replace into {table} select * from {table} limit 1")
        _refused(unharmed, f"replace into {table} select * from {table} limit 1")


OR_REPLACE = (
    "insert or replace into posting select 1, 99, account_id, item, seq, 1, 0, 0 from posting"
    " where entry_id = 2",
    "insert or replace into chain_link select 99, 99, fiscal_year, voucher, 'x' from chain_link",
    "insert or replace into entry select 99, key, kind, programme, currency, effective_on,"
    " recorded_at, fiscal_year, reason, source, reverses_id, content, corrects_id from entry",
    "update or replace posting set line = line + 1",
)


def test_or_replace_removes_nothing(unharmed: Engine) -> None:
    """Also on a connection that forgot `recursive_triggers`; PostgreSQL has no OR REPLACE."""
    for statement in OR_REPLACE:
        _refused(unharmed, "pragma recursive_triggers=off", statement)


def test_an_upsert_changes_nothing(unharmed: Engine) -> None:
    _refused(
        unharmed,
        "insert into entry_seal values (1, 2, 3000, 'x')"
        " on conflict (entry_id) do update set digest = 'x'",
    )


def test_the_books_still_hold(month: Engine) -> None:
    with Session(month) as session:
        assert [proof.name for proof in verify(session) if not proof.ok] == []


@pytest.mark.postgres
def test_sqlite_tables_made_after_postgresql_tables_need_the_seal_too(
    postgres_url: str, sqlite_url: str
) -> None:
    for url in (postgres_url, sqlite_url):
        engine = engine_for(url)
        create_books(engine)
        keys = inspect(engine).get_foreign_keys("entry")
        assert "entry_seal" in {key["referred_table"] for key in keys}
        engine.dispose()


def test_rules_are_not_laid_on_tables_without_the_seal(sqlite_url: str) -> None:
    engine = engine_for(sqlite_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table entry (id integer primary key) strict")
        with pytest.raises(RuntimeError, match="seal"):
            triggers.install(connection)
    engine.dispose()


def test_a_refused_entry_leaves_nothing(books: Books) -> None:
    """Caught and committed all the same: an entry without seal cannot be committed."""
    books.post_many("accrue", {1: 500}, cell=MERIT)
    books.session.commit()
    with pytest.raises(Exception, match="below zero"):
        books.post("commit", 501, debit_item=1, cell=MERIT)
    if books.engine.dialect.name == "sqlite":
        with pytest.raises(DatabaseError):
            books.session.commit()
    books.session.rollback()
    books.post("commit", 500, debit_item=1, cell=MERIT)
    books.session.commit()
