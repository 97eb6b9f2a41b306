"""The twelve frauds on a small month: each is caught, and a planted success shows as missed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.cli.cheat import line, verdict
from app.cli.frauds import books, people, releases
from app.cli.frauds.bench import FOUND, MISSED, REFUSED, Attempt, Bench
from app.cli.frauds.catalogue import FRAUDS, Fraud, Tried
from app.cli.frauds.files import edited, other_bytes, replaced
from app.cli.frauds.stage import prepare
from app.cli.main import cli
from app.cli.options import open_house

ANCHORS = ("anchors.jsonl", "anchor.pub")


@pytest.fixture(scope="session")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demo of 60 people, made by the command itself."""
    out = tmp_path_factory.mktemp("month")
    order = ["demo", "--people", "60", "--out", str(out), "--no-documents"]
    assert CliRunner().invoke(cli, order).exit_code == 0
    return out


@pytest.fixture(scope="session")
def stage_folder(month: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench on the staged copy; made once, restored for each test."""
    folder = tmp_path_factory.mktemp("cheat")
    house = open_house(f"sqlite:///{month / 'ansinh.db'}")
    return Bench(prepare(house, folder / "stage"), folder / "copy")


@pytest.fixture
def bench(stage_folder: Bench) -> Iterator[Bench]:
    yield stage_folder
    stage_folder.restore()


@pytest.mark.long
def test_every_fraud_is_refused_or_found(month: Path) -> None:
    url = f"sqlite:///{month / 'ansinh.db'}"
    answered = CliRunner().invoke(cli, ["cheat", "--database", url, "--json"])
    tried = json.loads(answered.stdout)
    assert [one["number"] for one in tried] == list(range(1, 13))
    assert [one["fraud"] for one in tried if one["outcome"] not in (REFUSED, FOUND)] == []
    assert all(one["by"] and one["attempts"] for one in tried)
    assert answered.exit_code == 0


@pytest.mark.long
def test_the_database_itself_is_left_alone(month: Path, bench: Bench) -> None:
    house = open_house(f"sqlite:///{month / 'ansinh.db'}")
    with house.database.view() as session:
        drafts = session.scalar(text("select count(*) from payroll where state <> 'closed'"))
    assert drafts == 0  # the next month was begun on the copy only
    assert all(proof.ok for proof in house.prove())


@pytest.mark.long
def test_a_cut_journal_is_missed_when_nobody_kept_anchors(bench: Bench) -> None:
    """With the anchors gone it is found by the key that they were signed with."""
    tried = list(books.truncate_journal(bench))
    assert [one.outcome for one in tried] == [REFUSED, FOUND, FOUND]
    for hidden, outcome in ((ANCHORS[:1], FOUND), (ANCHORS, MISSED)):
        for name in hidden:
            (bench.stage.folder / name).rename(bench.stage.folder / f"{name}.kept")
        bench.restore()
        try:
            *_, whole = books.truncate_journal(bench)
        finally:
            for name in hidden:
                (bench.stage.folder / f"{name}.kept").rename(bench.stage.folder / name)
        assert whole.outcome == outcome


@pytest.mark.long
def test_what_no_rule_and_no_proof_looks_at_is_missed(bench: Bench) -> None:
    renamed = bench.sql("đổi tên cán bộ", "update officer set name = 'x' where id = 1")
    assert renamed.outcome == MISSED


@pytest.mark.long
def test_a_rule_that_was_removed_no_longer_refuses(bench: Bench) -> None:
    with bench.file.unit_of_work() as session:
        session.execute(text("drop trigger posting_no_update"))
    changed = bench.sql("sửa", "update posting set debit = debit + 1 where debit > 0")
    assert changed.outcome == FOUND


@pytest.mark.long
def test_a_mistake_of_the_attempt_is_an_error_and_no_refusal(bench: Bench) -> None:
    with pytest.raises(RuntimeError):
        bench.sql("không đụng dòng nào", "update officer set name = 'x' where id = -1")

    def wrong(session: Session) -> None:
        session.execute(text("update no_such_table set x = 1"))

    with pytest.raises(Exception, match="no such table"):
        bench.do("sai câu lệnh", wrong)


@pytest.mark.long
@pytest.mark.parametrize(
    ("fraud", "how", "by"),
    [
        (people.code_twice, "cùng mã cho lô thứ hai", "Mã xác thực này đã dùng rồi"),
        (releases.release_early, "trước khi tiền Kho bạc về", "tiền đã về chỉ còn"),
        (people.approve_own, "SQL ghi mình là người duyệt", "or by a maker"),
    ],
)
def test_each_is_stopped_by_the_rule_made_for_it(
    bench: Bench, fraud: object, how: str, by: str
) -> None:
    attempts = {one.how: one for one in fraud(bench)}  # type: ignore[operator]
    assert attempts[how].outcome == REFUSED
    assert by in attempts[how].by


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([REFUSED, REFUSED], REFUSED),
        ([REFUSED, FOUND], FOUND),
        ([FOUND, MISSED, REFUSED], MISSED),
        ([], MISSED),
    ],
)
def test_a_fraud_is_as_good_as_its_best_attempt(outcomes: list[str], expected: str) -> None:
    attempts = tuple(Attempt(f"cách {n}", one, "luật") for n, one in enumerate(outcomes))
    assert Tried(FRAUDS[0], attempts).outcome == expected


def test_a_missed_fraud_is_named_on_its_line() -> None:
    fraud = Fraud(9, "Cắt đuôi sổ nhật ký", books.truncate_journal)
    missed = Tried(fraud, (Attempt("xoá cả bút toán", MISSED, "không gì cả"),))
    assert "LỌT" in line(missed)
    assert "xoá cả bút toán" in line(missed)
    assert "1 gian lận LỌT" in verdict([missed], 1)


def test_cheating_needs_a_finished_training_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ansinh.db'}"
    assert CliRunner().invoke(cli, ["db", "upgrade", "--database", url]).exit_code == 0
    answered = CliRunner().invoke(cli, ["cheat", "--database", url])
    assert answered.exit_code != 0
    assert "tập huấn" in str(answered.exception)


def test_a_forger_changes_text_in_xml_and_in_workbooks() -> None:
    assert replaced(b"<Id>123</Id>", "123", "456") == b"<Id>456</Id>"
    assert other_bytes(b"<a/>\n").startswith(b"<a/>")
    assert edited(b"abc", lambda part: part.upper()) == b"ABC"
