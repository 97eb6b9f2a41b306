"""The parallel month: the older system's list beside ours, line by line, both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from app.takeover.parallel_file import HEADINGS, read_parallel
from tests.factories import ASSISTANCE, OCTOBER, SEPTEMBER, House, in_cash, row
from tests.support.commands import ansinh, ansinh_json

PENSION = "Hưu trí xã hội"


def parallel_month(house: House) -> None:
    """Two lists; in October everybody has arrears of a rate known late; 5 is new."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3))
    house.list_month(SEPTEMBER)
    house.register(OCTOBER, row(1), row(2), in_cash(3), row(5, start_period=OCTOBER))
    house.list_month(OCTOBER)


pytestmark = pytest.mark.stage(of=parallel_month)


def their_list(path: Path, *lines: tuple[Any, ...]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    sheet = book.add_worksheet("Tháng 10")
    sheet.write_row(0, 0, ["DANH SÁCH CHI TRẢ"])
    for number, line in enumerate((HEADINGS, *lines), 2):
        sheet.write_row(number, 0, line)
    book.close()
    return path


def theirs(number: int, amount: object = 540_000, arrears: object = 120_000) -> tuple[Any, ...]:
    return row(number).citizen_id, row(number).name, PENSION, amount, arrears


def test_each_line_is_the_same_or_has_its_reason(house: House) -> None:
    """1 as here, 2 in two lines, 3 without the arrears, 5 missing there, 9 known to nobody."""
    path = their_list(house.home / "cu.xlsx", theirs(1), theirs(2, 500_000, 0),
                      theirs(2, "40.000", 120_000), theirs(3, 540_000, ""), theirs(9))  # fmt: skip
    output = house.home / "so.xlsx"
    told = ansinh(house, "take-over", "compare", path, "--period", OCTOBER, "--json", "-o", output)
    assert told.exit_code == 1, told.exception
    found = json.loads(told.stdout)
    assert found["counts"] == {"same": 2, "differs": 1, "only_there": 1, "only_here": 1}
    assert found["difference"] == 120_000 + 540_000 - 660_000
    differs, there, here = found["lines"]
    assert (differs["person"], differs["theirs"]["arrears"]) == (3, 0)
    assert differs["ours"]["arrears"] == 120_000
    assert "3 tháng 07–09/2026" in differs["why"]
    assert there["person"] is None
    assert there["why"] == "Sổ người hưởng chưa có người này."
    assert here["why"].startswith("Hệ thống cũ không có dòng này.")
    sheet = openpyxl.load_workbook(output).active
    assert [cell.value for cell in sheet["A"]][4:] == [
        "giống nhau", "giống nhau", "khác số tiền", "chỉ hệ thống cũ có", "chỉ ở đây có", "Cộng",
    ]  # fmt: skip
    text = ansinh(house, "take-over", "compare", path, "--period", OCTOBER).output
    assert "giống nhau: 2" in text
    assert "*********003" in text
    assert row(3).citizen_id not in text + json.dumps(found)


def test_a_month_that_agrees(house: House) -> None:
    path = their_list(house.home / "cu.xlsx", theirs(1, 540_000), theirs(2), theirs(3),
                      theirs(5, 540_000, 0))  # fmt: skip
    assert ansinh_json(house, "take-over", "compare", path, "--period", OCTOBER)["lines"] == []
    other = ("take-over", "compare", path, "--period", OCTOBER, "--area", "01279")
    assert "chỉ hệ thống cũ có: 4" in ansinh(house, *other).output


def test_a_line_in_another_programme_is_another_line(house: House) -> None:
    line = (row(1).citizen_id, "Nông Thị Khác", "Trợ giúp xã hội", 540_000, 0)
    path = their_list(house.home / "cu.xlsx", line)
    told = ansinh(house, "take-over", "compare", path, "--period", OCTOBER, "--json")
    found = json.loads(told.stdout)
    (mine,) = [one for one in found["lines"] if one["kind"] == "only_there"]
    assert mine["programme"] == ASSISTANCE
    assert mine["person"] == 1
    assert "benefits explain" in mine["why"]


def test_a_bad_file_says_where(tmp_path: Path) -> None:
    path = their_list(tmp_path / "x.xlsx", (97145000001, "A B", PENSION, 1, 0),
                      ("097145000001x", "A B", "Khác", "1,5x", 0))  # fmt: skip
    errors = read_parallel(path).errors
    assert [one.split(" (")[0] for one in errors] == [
        "x.xlsx: Ô A4", "x.xlsx: Ô A5", "x.xlsx: Ô C5", "x.xlsx: Ô D5",
    ]  # fmt: skip
    assert not any("097145000001" in one for one in errors)
    (tmp_path / "y.xlsx").write_bytes(b"x")
    assert "không phải Excel" in read_parallel(tmp_path / "y.xlsx").errors[0]
    empty = their_list(tmp_path / "z.xlsx")
    assert read_parallel(empty).rows == []
