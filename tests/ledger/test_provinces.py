"""Two provinces as two schemas of one PostgreSQL: neither sees, holds up or judges the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Thread

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from ledger.anchors import public_key, signed_head
from ledger.balances import account_balances, trial_balance
from ledger.chain import head, seal_all, voucher_of
from ledger.errors import Overdrawn, PeriodClosed
from ledger.periods import close_period, is_closed
from ledger.proof import verify
from tests.ledger.books import NOW, PENSION, Books, create_books, engine_for
from tests.ledger.test_guards import header

pytestmark = pytest.mark.postgres
PRIVATE = "22" * 32


@dataclass
class Provinces:
    """Two sessions, each in a schema of its own, and the engines behind them."""

    north: Books
    south: Books

    def __iter__(self) -> Iterator[Books]:
        return iter((self.north, self.south))


@pytest.fixture
def provinces(postgres_url: str) -> Iterator[Provinces]:
    """The same empty books twice; the second schema has a name that must be quoted."""
    engines = [_province(postgres_url, schema) for schema in ("province_04", "Province 08")]
    with Session(engines[0]) as north, Session(engines[1]) as south:
        yield Provinces(Books(north, engines[0]), Books(south, engines[1]))
    for engine in engines:
        engine.dispose()


def _province(url: str, schema: str) -> Engine:
    engine = engine_for(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f'create schema "{schema}"')
    engine.dispose()

    @event.listens_for(engine, "connect")
    def _path(connection: object, _: object) -> None:
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'set search_path = "{schema}"')
        connection.commit()  # type: ignore[attr-defined]

    create_books(engine, PENSION)
    return engine


def test_both_are_written_at_once(provinces: Provinces) -> None:
    """The same keys, accounts and items in two open transactions: nobody waits for the other."""
    for books in provinces:
        books.session.execute(text("set lock_timeout = '2s'"))
        books.month()
    provinces.south.session.rollback()
    provinces.north.session.commit()
    assert provinces.north.balance("payable", item=2) == 600
    assert account_balances(provinces.south.session) == []
    for books in provinces:
        assert all(proof.ok for proof in verify(books.session))


def test_each_is_judged_by_its_own_rows(provinces: Provinces) -> None:
    """Money and obligations of one pay for nothing in the other; keys are taken in one only."""
    north, south = provinces
    north.month()
    north.post_many("accrue", {1: 500}, key="due")
    north.session.commit()
    with pytest.raises(Overdrawn):
        south.post_many("commit", {1: 500})
    south.session.rollback()
    assert south.post_many("accrue", {1: 300}, key="due").is_new
    south.session.commit()
    with pytest.raises(Overdrawn):
        south.post_many("commit", {1: 500})
    south.session.rollback()
    assert [books.balance("payable", item=1) for books in provinces] == [500, 300]


def test_a_close_closes_one_and_waits_for_one(provinces: Provinces) -> None:
    north, south = provinces
    south.post("fund_bank", 5)  # still being written while the other closes
    north.session.execute(text("set lock_timeout = '2s'"))
    assert close_period(north.session, "pension", "2026-10", NOW)
    north.session.commit()
    south.session.commit()
    with pytest.raises(PeriodClosed):
        north.post("fund_bank", 5)
    north.session.rollback()
    assert not is_closed(south.session, "pension", "2026-10")
    south.post("fund_bank", 6)
    south.session.commit()
    for books in provinces:
        assert all(proof.ok for proof in verify(books.session))


def test_a_writer_who_stands_elsewhere_meets_the_same_rules(provinces: Provinces) -> None:
    """The rules see their own schema only, whatever the writer's search path says."""
    north, south = provinces
    north.month()
    close_period(north.session, "pension", "2026-10", NOW)
    north.session.commit()
    forged = header().replace("into entry", "into province_04.entry")
    shadow = "create temporary table closed_period (programme text, period text)"
    for statements in (forged, f"{shadow}; {forged}"):
        with pytest.raises(DatabaseError, match="period closed"), south.engine.begin() as one:
            one.exec_driver_sql(statements)


def test_chains_totals_and_anchors_are_apart(provinces: Provinces) -> None:
    north, south = provinces
    north.month()
    numbers = [south.post("fund_bank", amount).entry_id for amount in (5, 6)]
    for books in provinces:
        books.session.commit()
    sealers = [Thread(target=_seal, args=(books.engine,)) for books in provinces]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join(10)
    assert [head(books.session).position for books in provinces] == [6, 2]
    vouchers = voucher_of(south.session, numbers)
    assert [vouchers[one].number for one in numbers] == [1, 2]
    assert sum(line.debit for line in trial_balance(south.session)) == 11
    anchors = [signed_head(books.session, NOW, PRIVATE) for books in provinces]
    for books, own, other in zip(provinces, anchors, anchors[::-1], strict=True):
        assert _failing(books, own) == []
        assert _failing(books, other) == ["anchors"]


def _seal(engine: Engine) -> None:
    with Session(engine) as session:
        seal_all(session)
        session.commit()


def _failing(books: Books, *anchors: object) -> list[str]:
    public = public_key(PRIVATE)
    return [one.name for one in verify(books.session, anchors, public) if not one.ok]  # type: ignore[arg-type]
