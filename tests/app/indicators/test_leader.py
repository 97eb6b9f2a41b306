"""The leader's page: what it reads, what is printed, and that anybody can recompute it."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from app.indicators.leader import BELOW, HEADLINES, Leader, leader
from app.indicators.leader_printed import page
from app.indicators.said import Said
from app.printing.documents.leader_page import render_leader_page
from tests.app.indicators.months import september_paid
from tests.app.printing.reading import read_pdf
from tests.factories import SEPTEMBER, House
from tests.support.commands import ansinh, ansinh_json

pytestmark = pytest.mark.stage(of=september_paid)
SCRIPT = Path(__file__).parents[3] / "docs" / "recompute_rates.py"


def read(house: House) -> Leader:
    with house.database.view() as session:
        return leader(session, SEPTEMBER, house.clock.now())


def test_the_page_reads_the_month(house: House) -> None:
    found = read(house)
    assert [one.figure.code for one in found.headlines] == ["R1", "R1b", "R2", "R3"]
    assert [one.figure.code for one in found.below] == ["R5", "R6"]
    assert found.province == "Tỉnh Cao Bằng"
    assert sum(one.amount for one in found.bridge) == found.whole.amount == 2_000_000
    assert [(one.area.code, one.n, one.d) for one in found.lowest] == [("01273", 1, 2)]
    assert len(found.map) == 56
    assert [one.percent for one in found.months] == [None] * 11 + ["50.00"]
    assert found.timeliness.overdue == 2
    assert [one.target.code for one in found.targets] == ["R1", "R3"]


def test_a_commune_sees_its_own_month(house: House) -> None:
    def of(*areas: str) -> Leader:
        with house.database.view() as session:
            return leader(session, SEPTEMBER, house.clock.now(), frozenset(areas))

    assert of("01273").headlines == read(house).headlines
    other = of("01279")
    assert {one.figure.d for one in other.headlines} == {0}
    assert [one.percent for one in other.months] == [None] * 12
    assert other.lowest == other.map == ()


def test_the_first_page_stands_alone_in_vietnamese(house: House) -> None:
    out = io.BytesIO()
    shown = page(read(house), {}, 0, {"01273": Said(10, 9)}, synthetic=True)
    render_leader_page(shown, out)
    again = io.BytesIO()
    render_leader_page(shown, again)
    assert out.getvalue() == again.getvalue()
    pages = read_pdf(out.getvalue()).pages
    first = " ".join(pages[0])
    for text in ("Tỷ lệ người nhận không dùng tiền mặt", "50,00 %", "trên toàn danh sách",
                 "Số tiền đã trả", "Số người đã nhận tiền", "Mười xã thấp nhất",
                 "Bản đồ ô", "Danh sách tháng này", "Số chính thức"):  # fmt: skip
        assert text in first, text
    assert "Các chỉ số" in pages[1]
    last = " ".join(pages[-1])
    for text in ("Người dân nói gì", "C1 Khoản chi người dân xác nhận đã nhận 9 10 90,00 %"):
        assert text in last


def test_the_command_writes_the_document(house: House, tmp_path: Path) -> None:
    target = tmp_path / "thang.pdf"
    told = ansinh(house, "report", "month", "--period", SEPTEMBER, "--output", target)
    assert told.exit_code == 0, told.exception
    assert target.read_bytes().startswith(b"%PDF")
    for name in ("readiness", "league", "hours", "rates", "restated", "targets"):
        assert ansinh_json(house, "report", name, "--period", SEPTEMBER)["period"] == SEPTEMBER
    none = ansinh(house, "report", "month", "--period", "2020-01", "--output", target)
    assert "2020-01" in str(none.exception)


def test_anybody_recomputes_the_figures_from_the_books(house: House, tmp_path: Path) -> None:
    books, items = tmp_path / "books", tmp_path / "items.csv"
    export = ("ledger", "export", "--format", "csv", "--output", books)
    assert ansinh(house, *export).exit_code == 0
    told = ansinh_json(house, "report", "items", "--period", SEPTEMBER, "--output", items)
    assert told["lines"] == 4
    done = subprocess.run(
        [sys.executable, SCRIPT, books, items], capture_output=True, text=True, check=True
    )
    figures = ansinh_json(house, "report", "rates", "--period", SEPTEMBER)["values"][0]["figures"]
    shown = {*HEADLINES, *BELOW} - {"R3"}  # of accounts the books know nothing
    wanted = [f"{one['code']} {one['n']} {one['d']}" for one in figures if one["code"] in shown]
    assert done.stdout.splitlines() == wanted
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 30


def test_a_line_that_the_books_do_not_owe_is_found(house: House, tmp_path: Path) -> None:
    books, items = tmp_path / "books", tmp_path / "items.csv"
    ansinh(house, "ledger", "export", "--format", "csv", "--output", books)
    ansinh(house, "report", "items", "--period", SEPTEMBER, "--output", items)
    with items.open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["amount"] = "400000"
    with items.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    done = subprocess.run(
        [sys.executable, SCRIPT, books, items], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "the books owe 500000" in done.stderr
