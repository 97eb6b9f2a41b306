"""The sealer and the anchors."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ledger.anchors import AnchorFile, falsely_signed, signed_head
from ledger.chain import GENESIS, Head, head, seal_all, seal_chain
from ledger.errors import AnchorError
from ledger.periods import close_period
from ledger.proof import prove_entries
from ledger.proof_chain import prove_anchors, prove_chain
from ledger.tables import chain_link, entry_seal
from ledger.totals import latest_totals
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


def _file(folder: Path, private: str = "") -> AnchorFile:
    return AnchorFile(folder / "elsewhere", folder / "keys" / "seal.key", private)


def test_anchors_are_signed_and_kept_in_order(books: Books, tmp_path: Path) -> None:
    file = _file(tmp_path)
    assert (file.read(), file.public_key) == ([], None)
    first = file.add(books.session, NOW)
    books.month()
    close_period(books.session, "pension", "2026-10", NOW)
    second = file.add(books.session, NOW)
    assert file.add(books.session, NOW + timedelta(hours=1)) == second, "nothing new"
    assert file.read() == [first, second]
    assert [(one.position, one.closed) for one in (first, second)] == [(0, 0), (6, 1)]
    assert second.link == head(books.session).link
    assert (tmp_path / "keys" / "seal.key").stat().st_mode & 0o777 == 0o600
    assert file.public_key
    assert falsely_signed([first, second], file.public_key) == []
    for change in ({"position": 5}, {"closed": 0}, {"at": "2026-10-05T08:30:01+00:00"}):
        assert falsely_signed([first, replace(second, **change)], file.public_key) == [2]
    assert falsely_signed([first, replace(second, key="", signature="")], file.public_key) == [2]


def test_lines_of_an_older_version_carry_no_signature(books: Books, tmp_path: Path) -> None:
    file = _file(tmp_path)
    file.path.parent.mkdir()
    file.path.write_text(json.dumps({"position": 0, "link": GENESIS, "at": "x"}) + "\n")
    signed = file.add(books.session, NOW)
    assert file.public_key
    assert [one.key != "" for one in file.read()] == [False, True]
    assert falsely_signed(file.read(), file.public_key) == []
    assert prove_anchors(books.session, file.read(), file.public_key).ok
    older = file.read()[:1]
    assert prove_anchors(books.session, older).ok
    assert not prove_anchors(books.session, older, file.public_key).ok, "its lines were taken away"
    bare = replace(signed, key="", signature="")
    assert falsely_signed([*file.read(), bare], file.public_key) == [3]


def test_another_key_is_not_taken_for_ours(books: Books, tmp_path: Path) -> None:
    file = _file(tmp_path)
    file.add(books.session, NOW)
    with pytest.raises(AnchorError, match="another key"):
        _file(tmp_path, "ab" * 32).add(books.session, NOW)
    with pytest.raises(AnchorError, match="64 hex digits"):
        _file(tmp_path / "new", "ab").add(books.session, NOW)
    theirs = signed_head(books.session, NOW, "ab" * 32)
    assert file.public_key
    proof = prove_anchors(books.session, [*file.read(), theirs], file.public_key)
    assert proof.figures["first"] == ["line 2: not signed by this key"]


@pytest.mark.parametrize(
    "line",
    [
        "x",
        "{}",
        "[1]",
        '{"position":3,"link":"a","at":"x"}',
        f'{{"position":"3","link":"{"a" * 64}","at":"x"}}',
        f'{{"position":3,"link":"{"a" * 64}","at":"x","closed":"1"}}',
        f'{{"position":3,"link":"{"a" * 64}","at":"x","more":1}}',
        "",
    ],
)
def test_a_spoilt_anchor_file_is_told(books: Books, tmp_path: Path, line: str) -> None:
    file = _file(tmp_path)
    file.add(books.session, NOW)
    file.path.write_text(f"{file.path.read_text()}{line}\n")
    with pytest.raises(AnchorError, match="line 2 is not an anchor"):
        file.read()


def test_control_totals_go_with_the_chain(books: Books) -> None:
    """Written at each sealing for what moved; a database that has none begins with the chain."""
    books.month()
    seal_all(books.session)
    books.post("fund_bank", 70)
    seal_all(books.session)
    totals = {(one.kind, one.programme): one for one in latest_totals(books.session)}
    assert totals["bank", "pension"][4:] == (3_670, 1_800, 7)
    assert totals["payable", "pension"][4:] == (1_800, 2_400, 6)
    assert ("bank", "merit") not in totals
    proof = prove_entries(books.session, fast=True)[-1]
    assert (proof.name, proof.ok) == ("control_totals", True)
    assert len(proof.figures) == 3
