"""The sealer and the anchors."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.chain import GENESIS, Head, head, read_anchors, seal_all, seal_chain, write_anchor
from ledger.errors import LedgerError
from ledger.proof import prove_chain
from ledger.tables import chain_link, entry_seal
from tests.ledger.books import MERIT, NOW, PENSION, Books, create_books, engine_for


def test_the_chain_is_the_documented_one(scratch: Books) -> None:
    scratch.post("fund_bank", 5)
    scratch.post("fund_bank", 6, effective_on=date(2025, 12, 31))
    scratch.post("fund_bank", 7)
    assert head(scratch.session) == Head(0, GENESIS)
    assert [seal_chain(scratch.session, 2), seal_chain(scratch.session, 2)] == [2, 1]
    assert seal_chain(scratch.session, 2) == 0
    links = scratch.session.execute(
        select(chain_link, entry_seal.c.digest)
        .join(entry_seal, entry_seal.c.entry_id == chain_link.c.entry_id)
        .order_by(chain_link.c.position)
    ).all()
    vouchers = [(row.position, row.fiscal_year, row.voucher) for row in links]
    assert vouchers == [(1, 2026, 1), (2, 2025, 1), (3, 2026, 2)]
    link = "0" * 64
    for row in links:
        said = f"{link}|{row.position}|{row.fiscal_year}|{row.voucher}|{row.digest}"
        link = hashlib.sha256(said.encode()).hexdigest()
        assert row.link == link
    assert head(scratch.session) == Head(3, link)


@pytest.mark.postgres
def test_an_entry_that_commits_late_comes_later_in_the_chain(postgres_url: str) -> None:
    engine = engine_for(postgres_url)
    create_books(engine, PENSION, MERIT)
    with Session(engine) as slow, Session(engine) as quick:
        first = Books(slow, engine).post("fund_bank", 5, key="slow")
        second = Books(quick, engine).post("fund_bank", 6, key="quick", cell=MERIT)
        quick.commit()
        assert first.entry_id < second.entry_id
        assert seal_all(quick) == 1
        quick.commit()
        slow.commit()
        assert seal_all(quick) == 1
        order = quick.scalars(select(chain_link.c.entry_id).order_by(chain_link.c.position))
        assert list(order) == [second.entry_id, first.entry_id]
        assert prove_chain(quick).ok
    engine.dispose()


@pytest.mark.postgres
def test_sealers_do_not_tread_on_each_other(postgres_url: str) -> None:
    engine = engine_for(postgres_url)
    create_books(engine, PENSION)
    with Session(engine) as session:
        books = Books(session, engine)
        for number in range(40):
            books.post("fund_bank", number + 1)
        session.commit()
    sealed: list[int] = []

    def seal() -> None:
        with Session(engine) as session:
            while added := seal_chain(session, 5):
                sealed.append(added)
                session.commit()

    sealers = [threading.Thread(target=seal) for _ in range(6)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join(20)
    with Session(engine) as session:
        assert head(session).position == sum(sealed) == 40
        assert prove_chain(session).ok
    engine.dispose()


def test_anchors_are_kept_in_order(tmp_path: Path) -> None:
    path = tmp_path / "anchors.jsonl"
    assert read_anchors(path) == []
    first = write_anchor(path, Head(3, "a" * 64), NOW)
    second = write_anchor(path, Head(5, "b" * 64), NOW)
    assert read_anchors(path) == [first, second]
    assert first == replace(second, position=3, link="a" * 64)
    assert path.read_text() == (
        f'{{"position":3,"link":"{"a" * 64}","at":"2026-10-05T08:30:00+00:00"}}\n'
        f'{{"position":5,"link":"{"b" * 64}","at":"2026-10-05T08:30:00+00:00"}}\n'
    )


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "{}",
        "[1]",
        '{"position":3,"link":"a","at":"x"}',
        f'{{"position":"3","link":"{"a" * 64}","at":"x"}}',
        "",
    ],
)
def test_a_spoilt_anchor_file_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "anchors.jsonl"
    write_anchor(path, Head(3, "a" * 64), NOW)
    path.write_text(f"{path.read_text()}{line}\n")
    with pytest.raises(LedgerError, match="line 2 is not an anchor"):
        read_anchors(path)
