"""Tampering with the owner's rights: every trigger and key off, then the proofs look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ledger.anchors import Anchor, public_key, signed_head
from ledger.chain import GENESIS, head, seal_all
from ledger.periods import close_period
from ledger.proof import Proof, verify
from tests.ledger.books import NOW, Books
from tests.ledger.tampering import TAMPERINGS

PRIVATE = "01" * 32
PUBLIC = public_key(PRIVATE)


@pytest.fixture(scope="module")
def month(shared_engine: Engine) -> Engine:
    """A committed, sealed month of six entries, August closed behind it."""
    with Session(shared_engine) as session:
        Books(session, shared_engine).month()
        session.commit()
        close_period(session, "pension", "2026-08", NOW)
        session.commit()
    return shared_engine


@pytest.fixture
def anchors(month: Engine) -> list[Anchor]:
    """Anchors of every position, as an earlier version took them along, and the signed head."""
    with Session(month) as session:
        links = session.execute(text("select position, link from chain_link")).all()
        signed = signed_head(session, NOW, PRIVATE)
    taken = (Anchor(row.position, row.link, "x") for row in links)
    return [Anchor(0, GENESIS, "x"), *taken, signed]


@contextmanager
def _owner(engine: Engine) -> Iterator[Session]:
    """A session in which no rule holds; everything it does is undone."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("rollback")
            connection.exec_driver_sql("pragma foreign_keys=off")
            connection.exec_driver_sql("begin immediate")
            names = connection.exec_driver_sql(
                "select name from sqlite_master where type='trigger'"
            )
            for (name,) in names.all():
                connection.exec_driver_sql(f"drop trigger {name}")
        else:
            connection.exec_driver_sql("set local session_replication_role = replica")
        yield Session(connection)
        connection.rollback()
        connection.invalidate()


def _failing(proofs: list[Proof]) -> set[str]:
    return {proof.name for proof in proofs if not proof.ok}


def test_untouched_books_hold(month: Engine, anchors: list[Anchor]) -> None:
    with Session(month) as session:
        proofs = {proof.name: proof for proof in verify(session, anchors, PUBLIC)}
    assert all(proof.ok for proof in proofs.values())
    assert proofs["entries_balance"].figures["entries"] == 6
    assert proofs["entries_balance"].figures["postings"] == 16
    assert proofs["debits_equal_credits"].figures["debits"] == 10_800
    assert proofs["chain"].figures["links"] == 6
    assert proofs["chain"].figures["waiting"] == 0
    assert proofs["anchors"].figures["anchors"] == 8
    assert proofs["anchors"].figures["signed"] == 1
    assert proofs["closed_periods"].figures["closed"] == 1


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(month: Engine, anchors: list[Anchor], name: str) -> None:
    change, expected = TAMPERINGS[name]
    with _owner(month) as session:
        connection = session.connection()
        if callable(change):
            change(connection)
        else:
            for statement in change.split(";"):
                assert connection.execute(text(statement)).rowcount
        assert _failing(verify(session, anchors, PUBLIC)) >= expected


@pytest.mark.parametrize("name", ["whole entry slipped into the chain", "amount forged throughout"])
def test_anchors_of_the_forger_do_not_help(month: Engine, anchors: list[Anchor], name: str) -> None:
    """He can make the database agree with itself, and sign it, but not with our key."""
    change, _ = TAMPERINGS[name]
    assert callable(change)
    with _owner(month) as session:
        change(session.connection())
        assert _failing(verify(session)) == set()
        forged = [*anchors[:-1], signed_head(session, NOW, "02" * 32)]
        assert "anchors" in _failing(verify(session, forged, PUBLIC))


def test_a_proof_names_the_offenders(month: Engine) -> None:
    with _owner(month) as session:
        session.execute(text("update posting set balance = balance + 1 where entry_id = 2"))
        session.execute(text("update entry set reason = 'x' where id in (1, 4)"))
        figures = {proof.name: proof.figures for proof in verify(session)}
    assert figures["digests"]["first"] == [1, 4]
    assert figures["balances_recomputed"]["broken"] >= 4
    assert [2, 1] in figures["balances_recomputed"]["first"]
    assert figures["chain"]["broken"] == 0


def test_entries_in_many_ranges_are_all_read(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.proof.RANGE_POSTINGS", 5)
    books.month()
    for number in range(20):
        books.post("fund_bank", number + 1)
    books.session.commit()
    figures = {proof.name: (proof.ok, proof.figures) for proof in verify(books.session)}
    assert figures["entries_balance"][0]
    assert figures["entries_balance"][1]["entries"] == 26
    assert figures["digests"][1]["postings"] == 56


def test_entries_that_wait_for_the_sealer_are_named(books: Books) -> None:
    books.post("fund_bank", 5)
    seal_all(books.session)
    books.post("fund_bank", 6, recorded_at=NOW + timedelta(hours=1))
    books.session.commit()
    chain = next(proof for proof in verify(books.session) if proof.name == "chain")
    assert (chain.ok, chain.figures["waiting"]) == (True, 1)
    assert chain.figures["oldest_waiting"] == "2026-10-05T09:30:00+00:00"


def test_empty_books_hold(books: Books) -> None:
    assert _failing(verify(books.session)) == set()
    assert head(books.session).position == 0
