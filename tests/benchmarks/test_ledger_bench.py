"""The bench of the books at tiny size: it measures what it says it does. No speed is judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Row, select

from benchmarks import ledger
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger import plain
from benchmarks.ledger.books import STEPS, Month, make_books, opened, post_month, post_step
from benchmarks.ledger.place import Place
from ledger.items import open_item_sums
from ledger.proof import verify
from ledger.tables import posting
from tests.support.postgres import PostgresServer

OBLIGATIONS = 100
RETURNED = 2
POST = {
    "bytes a posting, all tables and indexes": 230,
    "peak of the posting process": 300,
}
TARGETS = {
    "sqlite": {
        **POST,
        "speed, mean of the steps": 0.5,
        "month of 1,000, growth by CPU": 11,
        "month of 1,000, peak of a process": 300,
        "verify, CPU": 90,
        "verify, every proof holds": 1,
        "verify --fast, CPU": 15,
        "verify --fast, every proof holds": 1,
    },
    "postgresql": {
        **POST,
        "speed, mean of the steps": 0.4,
        "peak of a backend": 300,
        "balance of one item, CPU": 1,
        "history of an item of ten years, CPU": 1,
        "trial balance, CPU": 5,
        "sum of 500 items, CPU": 500,
    },
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    server: PostgresServer | None = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
    return Place(request.param, tmp_path, server)


def _postings(url: str) -> list[Row[tuple[int, ...]]]:
    with opened(url) as database, database.view() as session:
        return list(session.execute(select(posting).order_by(posting.c.entry_id, posting.c.line)))


def test_two_months_are_sound_books(where: Place) -> None:
    url = where.create()
    make_books(url, OBLIGATIONS)
    with opened(url) as database:
        for number in (1, 2):
            post_month(database, Month.numbered(number, OBLIGATIONS))
        with database.view() as session:
            assert all(proof.ok for proof in verify(session))
            [open_items] = open_item_sums(session)
    assert open_items.items == 2 * RETURNED


def test_the_other_way_writes_the_same_rows(where: Place) -> None:
    mould = where.create()
    make_books(mould, OBLIGATIONS)
    month, copy = Month.numbered(1, OBLIGATIONS), where.copy(mould)
    with opened(mould) as database:
        for step in STEPS:
            post_step(database.unit_of_work, step, month)
        plain.make_ready(database, month, where.folder)
    with opened(copy, owner=True) as database:
        plain.drop_triggers(database)
        for step in STEPS:
            plain.write(database, plain.load(database, step, month, where.folder))
    assert _postings(copy) == _postings(mould)
    assert len(_postings(copy)) == 2 + (OBLIGATIONS + 1) + (OBLIGATIONS + 1 + 4) + (RETURNED + 1)


def test_every_part_gives_its_rows(where: Place, tmp_path: Path) -> None:
    """Each part on one kind at least; they are the same on both, and take a second each."""
    parts = {"sqlite": ("post", "growth", "verify"), "postgresql": ("post", "reads")}[where.kind]
    bench = Bench("ledger", results=tmp_path)
    for part, kinds in (ledger.PARTS[name] for name in parts):
        assert kinds == KINDS
        part(bench, where, OBLIGATIONS, 1)
    rows = json.loads(bench.write().read_text("utf-8"))
    judged = {row["measure"].removeprefix(f"{where.kind}: "): row for row in rows if row["target"]}
    assert {name: row["target"] for name, row in judged.items()} == TARGETS[where.kind]
    assert all(row["value"] > 0 for row in judged.values())


@pytest.mark.long
@pytest.mark.postgres
def test_hordak_posts_on_the_same_server(postgres: PostgresServer, tmp_path: Path) -> None:
    bench = Bench("ledger", results=tmp_path)
    part, kinds = ledger.PARTS["peer"]
    part(bench, Place("postgresql", tmp_path, postgres), OBLIGATIONS, 1)
    assert kinds == ("postgresql",)
    [times] = [row for row in bench.rows if row.target == 15]
    assert times.value > 0


def test_only_what_is_asked_for_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        ledger.run(["--only", "pots"])
    assert "pots" in capsys.readouterr().err
