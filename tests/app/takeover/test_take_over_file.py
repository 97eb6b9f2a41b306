"""Reading a take-over file: what is taken, and every way it can be refused. No database."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.takeover import headings as h
from app.takeover.reading import read_take_over
from app.takeover.rows import BalanceRow, Place, TakeOverFile, UnpaidRow
from app.takeover.template import write_template
from ledger.chart import KINDS
from ledger.recipes import RECIPES
from tests.app.takeover.files import (
    BALANCES,
    UNPAID,
    Line,
    balance,
    changed,
    csv_file,
    unpaid,
    workbook,
)
from tests.factories import COMMUNE, POST, row

AT_POST = Place(COMMUNE, "pension", POST)


def messages(file: TakeOverFile) -> str:
    return "\n".join(error.message for error in file.errors)


def test_a_sound_file(tmp_path: Path) -> None:
    file = read_take_over(workbook(tmp_path / "cu.xlsx"))
    assert file.errors == []
    assert file.balances_on == date(2026, 8, 31)
    assert file.balances[2] == BalanceRow(8, AT_POST, "funding", 4_500_000, "")
    assert [one.kind for one in file.balances] == ["advance", "expense", "funding", "payable"]
    assert file.unpaid == [
        UnpaidRow(6, row(2).citizen_id, row(2).name, AT_POST, "2026-08", "monthly", 500_000,
                  "Không đến lĩnh")
    ]  # fmt: skip
    assert (file.sheets[h.UNPAID].rows, file.sheets[h.UNPAID].total) == (1, 500_000)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_says_the_same(tmp_path: Path, delimiter: str) -> None:
    sheets = read_take_over(workbook(tmp_path / "cu.xlsx"))
    lines = read_take_over(csv_file(tmp_path / "cu.csv", delimiter=delimiter))
    assert lines.errors == []
    assert [one.place for one in lines.balances] == [one.place for one in sheets.balances]
    assert [one.amount for one in lines.balances] == [one.amount for one in sheets.balances]
    assert [one.row for one in lines.balances] == [4, 5, 6, 7]  # as an editor counts
    assert lines.unpaid[0].citizen_id == row(2).citizen_id


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (-5, "Số phải từ 0"),
        ("-5", "Số phải từ 0"),
        (0, "phải lớn hơn 0"),
        (1.5, "không phải số nguyên"),
        ("1.5", "không đọc được"),
        ("1,5", "không đọc được"),
        ("1e6", "không đọc được"),
        ("1E+6", "không đọc được"),
        ("١٢٣", "không đọc được"),
        ("", "để trống"),
        ("nghìn", "không đọc được"),
        (10**16, "không phải số nguyên"),
        ("1000000000000001", "Số phải từ 0"),
        (True, "không phải số"),
        ("=500000", "đang là công thức"),
    ],
)
def test_amounts_that_are_none(tmp_path: Path, amount: object, words: str) -> None:
    lines = changed(BALANCES, 1, AMOUNT=amount)
    file = read_take_over(workbook(tmp_path / "cu.xlsx", lines))
    assert [error.address for error in file.errors] == ["F7"]
    assert file.errors[0].message.startswith("Trang “Số dư”: Ô F7 ")
    assert words in file.errors[0].message
    assert len(file.balances) == 3


@pytest.mark.parametrize(
    ("change", "address", "words"),
    [
        ({"CITIZEN_ID": 97145000002}, "B6", "đang là số, Excel đã bỏ số 0 đầu"),
        ({"CITIZEN_ID": "97145000002"}, "B6", "có 11 chữ số"),
        ({"CITIZEN_ID": "012345678"}, "B6", "CMND cũ"),
        ({"NAME": ""}, "C6", "Nhập họ và tên"),
        ({"PROGRAMME": "Bảo hiểm"}, "D6", "không có trong danh mục"),
        ({"UNIT": 1273}, "E6", "đang là số, Excel đã bỏ số 0 đầu"),
        ({"PROVIDER": ""}, "F6", "để trống"),
        ({"PERIOD": "13/2026"}, "G6", "không phải tháng"),
        ({"PERIOD": "2026"}, "G6", "không phải tháng"),
        ({"COMPONENT": "Quà"}, "H6", "không có trong danh mục"),
        ({"AMOUNT": -500_000}, "I6", "Số phải từ 0"),
        ({"REASON": ""}, "J6", "Ghi vì sao chưa trả"),
    ],
)
def test_unpaid_cells_that_cannot_be(
    tmp_path: Path, change: Line, address: str, words: str
) -> None:
    lines = changed(UNPAID, 0, **change)
    file = read_take_over(workbook(tmp_path / "cu.xlsx", owed=lines))
    assert [error.address for error in file.errors] == [address]
    assert words in file.errors[0].message


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    lines = [balance("Vay", 5), balance("Chi trợ cấp", -1), *BALANCES]
    owed = [unpaid(2), unpaid(3, "x"), unpaid(4, PERIOD="")]
    file = read_take_over(workbook(tmp_path / "cu.xlsx", lines, owed))
    assert [error.address for error in file.errors] == ["E6", "F7", "I7", "G8"]


@pytest.mark.parametrize(
    ("told", "skip", "words"),
    [
        ({h.DAY_LABEL: "31/02/2026"}, "", "không phải ngày có thật"),
        ({h.DAY_LABEL: ""}, "", "ô B3 để trống"),
        ({h.ROWS_LABEL: "hai"}, "", "không đọc được"),
        ({h.TOTAL_LABEL: -1}, "", "Số phải từ 0"),
        ({h.TOTAL_LABEL: "=1+1"}, "", "là công thức"),
        ({}, h.UNPAID, "Không có trang “Chưa trả”"),
        ({}, h.KIND, "thiếu cột “Loại số dư”"),
    ],
)
def test_heads_that_cannot_be(tmp_path: Path, told: Line, skip: str, words: str) -> None:
    file = read_take_over(workbook(tmp_path / "cu.xlsx", told=told, skip=skip))
    assert words in messages(file)


def test_files_that_are_none(tmp_path: Path) -> None:
    missing = read_take_over(tmp_path / "none.xlsx")
    assert "Không tìm thấy tệp" in messages(missing)
    assert "Không tìm thấy tệp" in messages(read_take_over(tmp_path / "none.csv"))
    path = tmp_path / "text.xlsx"
    path.write_text("không phải Excel", encoding="utf-8")
    assert "không phải Excel" in messages(read_take_over(path))
    old = csv_file(tmp_path / "cu.csv", encoding="utf-16")
    assert "không phải UTF-8" in messages(read_take_over(old))
    twice = tmp_path / "hai.csv"
    twice.write_bytes(csv_file(tmp_path / "mot.csv", encoding="utf-8").read_bytes() * 2)
    assert "hai phần “Số dư”" in messages(read_take_over(twice))
    long = tmp_path / "dai.csv"
    long.write_text("Số dư\n" + "x\n" * 30_001, encoding="utf-8")
    assert "hơn 30000 dòng" in messages(read_take_over(long))


def test_the_template_is_a_file_without_lines(tmp_path: Path) -> None:
    path = write_template(tmp_path / "mau.xlsx")
    file = read_take_over(path)
    assert (
        messages(file) == "Trang “Số dư”: ô B3 để trống. Nhập ngày dạng ngày/tháng/năm, ví dụ"
        " 05/10/2026."
    )
    assert (file.sheets[h.BALANCES].rows, file.sheets[h.UNPAID].total) == (0, 0)


def test_every_opening_recipe_has_a_word() -> None:
    assert sorted(h.RECIPE_OF.values()) == sorted(
        one.name for one in RECIPES.values() if one.row in ("O1", "O2")
    )
    assert {KINDS[kind].name for kind in h.RECIPE_OF} == set(h.KIND_WORDS)
    assert all(RECIPES[h.RECIPE_OF[kind]].row == "O1" for kind in h.DEBITS)
