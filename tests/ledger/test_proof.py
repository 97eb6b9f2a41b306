"""Tampering with the owner's rights: every trigger and key off, then the proofs look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from ledger.anchors import Anchor
from ledger.chain import GENESIS, head, link_of, seal_all
from ledger.proof import Proof, verify
from tests.ledger.books import NOW, Books

Change = str | Callable[[Connection], None]


def _rewrite_chain(connection: Connection) -> None:
    """Seal everything anew, as an owner would after a change: correct, but another chain."""
    entries = connection.execute(
        text(
            "select c.position, c.entry_id, c.fiscal_year, s.digest from chain_link c"
            " join entry_seal s on s.entry_id = c.entry_id order by c.position"
        )
    ).all()
    connection.execute(text("delete from chain_link"))
    link = GENESIS
    for number, row in enumerate(entries, start=1):
        link = link_of(link, number, row.fiscal_year, number, row.digest)
        connection.execute(
            text("insert into chain_link values (:p, :e, :y, :v, :l)"),
            {"p": number, "e": row.entry_id, "y": row.fiscal_year, "v": number, "l": link},
        )


def _drop_last_entry(connection: Connection) -> None:
    last = connection.execute(text("select max(entry_id) from chain_link")).scalar_one()
    for table, column in (
        ("chain_link", "entry_id"),
        ("posting", "entry_id"),
        ("entry_seal", "entry_id"),
        ("entry", "id"),
    ):
        connection.execute(text(f"delete from {table} where {column} = {last}"))


def _drop_last_entry_and_rewrite(connection: Connection) -> None:
    connection.execute(text("delete from chain_link where entry_id = 2"))
    _drop_last_entry(connection)
    _rewrite_chain(connection)


def _swap_links(connection: Connection) -> None:
    connection.execute(text("update chain_link set entry_id = -1 where position = 2"))
    connection.execute(text("update chain_link set entry_id = 2 where position = 3"))
    connection.execute(text("update chain_link set entry_id = 3 where position = 2"))


def _insert_entry(connection: Connection) -> None:
    connection.execute(
        text(
            "insert into entry select 77, 'slipped in', kind, programme, currency, effective_on,"
            " recorded_at, fiscal_year, reason, source, null, content, null from entry"
            " where id = 1"
        )
    )


# What is changed, and the proofs that have to notice it.
TAMPERINGS: dict[str, tuple[Change, set[str]]] = {
    "amount of one posting": (
        "update posting set credit = credit + 1 where entry_id = 2 and line = 1",
        {"entries_balance", "balances_recomputed", "debits_equal_credits", "control_totals"},
    ),
    "both sides of an entry": (
        "update posting set debit = debit * 2, credit = credit * 2 where entry_id = 2",
        {"entries_balance", "balances_recomputed"},
    ),
    "sides, seal and balances alike": (
        "update posting set debit = debit * 2, credit = credit * 2, balance = balance * 2;"
        "update entry_seal set total = total * 2",
        {"digests"},
    ),
    "running balance": (
        "update posting set balance = balance + 1 where item = 2 and seq = 3",
        {"balances_recomputed"},
    ),
    "running balance hidden behind the next": (
        "update posting set balance = -5 where item = 2 and seq = 2",
        {"balances_recomputed", "nothing_below_zero"},
    ),
    "sequence": (
        "update posting set seq = seq + 5 where item = 2 and seq = 3",
        {"balances_recomputed"},
    ),
    "money moved to another person": (
        "update posting set item = 8 where entry_id in (2, 3) and item = 1",
        {"digests"},
    ),
    "money moved to another account": (
        "update posting set account_id = (select id from account where kind = 'advance'"
        " and programme = 'pension') where account_id = (select id from account"
        " where kind = 'bank' and programme = 'pension')",
        {"digests"},
    ),
    "line removed": (
        "delete from posting where entry_id = 2 and line = 2",
        {"entries_balance", "balances_recomputed", "debits_equal_credits"},
    ),
    "lines exchanged": (
        "update posting set line = line + 10 where entry_id = 2;"
        "update posting set line = 2 where entry_id = 2 and line = 11;"
        "update posting set line = 1 where entry_id = 2 and line = 12;"
        "update posting set line = 3 where entry_id = 2 and line = 13",
        {"digests"},
    ),
    "date of an entry": ("update entry set effective_on = '2026-09-30' where id = 2", {"digests"}),
    "moment of an entry": (
        "update entry set recorded_at = '2026-09-30T08:30:00.000000+00:00' where id = 2",
        {"digests"},
    ),
    "reason of an entry": ("update entry set reason = 'x' where id = 2", {"digests"}),
    "source of an entry": ("update entry set source = 'x' where id = 2", {"digests"}),
    "recipe of an entry": ("update entry set kind = 'x' where id = 2", {"digests"}),
    "key of an entry": ("update entry set key = 'x' where id = 2", {"digests"}),
    "content of a key": ("update entry set content = 'x' where id = 2", {"digests"}),
    "currency of an entry": (
        "update entry set currency = 'USD' where id = 2",
        {"entries_balance"},
    ),
    "programme of an entry": (
        "update entry set programme = 'merit' where id = 2",
        {"entries_balance"},
    ),
    "fiscal year of an entry": ("update entry set fiscal_year = 2025 where id = 2", {"chain"}),
    "digest with its entry": (
        "update entry set reason = 'x' where id = 2;"
        "update entry_seal set digest = 'x' where entry_id = 2",
        {"digests", "chain"},
    ),
    "entry slipped in": (_insert_entry, {"entries_balance"}),
    "postings of no entry": (
        "insert into posting select 88, line, account_id, item, seq + 50, debit, credit, balance"
        " from posting where entry_id = 1",
        {"entries_balance", "balances_recomputed"},
    ),
    "seal removed": (
        "delete from entry_seal where entry_id = 2",
        {"entries_balance", "chain"},
    ),
    "seal of no entry": (
        "insert into entry_seal values (77, 2, 5, 'x')",
        {"entries_balance"},
    ),
    "entry removed": (
        "delete from posting where entry_id = 2; delete from entry_seal where entry_id = 2;"
        "delete from entry where id = 2",
        {"chain", "balances_recomputed"},
    ),
    "guard of an account": ("update account set guard = 0 where kind = 'bank'", {"chart"}),
    "path of an account": (
        "update account set path = 'bank/x' where kind = 'bank' and programme = 'pension'",
        {"chart", "digests"},
    ),
    "currency of an account": (
        "update account set currency = 'USD' where kind = 'bank'",
        {"entries_balance"},
    ),
    "link": ("update chain_link set link = 'x' where position = 2", {"chain", "anchors"}),
    "last link": ("update chain_link set link = 'x' where position = 6", {"chain", "anchors"}),
    "voucher": ("update chain_link set voucher = 99 where position = 2", {"chain"}),
    "position": ("update chain_link set position = 99 where position = 2", {"chain", "anchors"}),
    "order of the chain": (_swap_links, {"chain"}),
    "gap in the chain": ("delete from chain_link where position = 2", {"chain", "anchors"}),
    "tail of the chain": ("delete from chain_link where position > 4", {"anchors"}),
    "tail of the journal": (_drop_last_entry, {"anchors"}),
    "chain rewritten": (_drop_last_entry_and_rewrite, {"anchors"}),
    "everything deleted": (
        "delete from chain_link; delete from posting; delete from entry_seal; delete from entry",
        {"anchors"},
    ),
}


@pytest.fixture(scope="module")
def month(shared_engine: Engine) -> Engine:
    """A committed, sealed month of six entries."""
    with Session(shared_engine) as session:
        Books(session, shared_engine).month()
        session.commit()
        seal_all(session)
        session.commit()
    return shared_engine


@pytest.fixture
def anchors(month: Engine) -> list[Anchor]:
    """Anchors of every position, as taken along the month."""
    with Session(month) as session:
        links = session.execute(text("select position, link from chain_link")).all()
    return [Anchor(0, GENESIS, "x"), *(Anchor(row.position, row.link, "x") for row in links)]


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
        proofs = {proof.name: proof for proof in verify(session, anchors)}
    assert all(proof.ok for proof in proofs.values())
    assert proofs["entries_balance"].figures["entries"] == 6
    assert proofs["entries_balance"].figures["postings"] == 16
    assert proofs["debits_equal_credits"].figures["debits"] == 10_800
    assert proofs["chain"].figures["links"] == 6
    assert proofs["chain"].figures["waiting"] == 0
    assert proofs["anchors"].figures["anchors"] == 7


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
        assert _failing(verify(session, anchors)) >= expected


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
