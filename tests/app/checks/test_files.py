"""A request as a file and back: strict, streamed, never overwritten."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.checks.contracts import CONTRACTS
from app.checks.tables import check_request, check_result
from app.errors import AnSinhError
from tests.app.checks.asker import make, run, with_keys
from tests.factories import SEPTEMBER, House, in_cash, row

Cells = list[list[Any]]
RIGHT = {
    "population": "matched",
    "civil_status": "none",
    "insurance": "none",
    "bank_name": "cannot_verify",
    "poverty": "none",
}


@pytest.fixture
def registered(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Three people, one with a name that a spreadsheet would compute."""
    house.register(SEPTEMBER, row(1), row(2, name="=Nông Thị Hai"), in_cash(3))
    return with_keys(house, monkeypatch)


def written(house: House, path: Path, source: str = "population") -> Cells:
    """A request's file, filled in as the other side would; the headings first."""
    told = run(house, "send", source, "--file", str(path), "--reason", "đối chiếu tháng 9")
    assert told.exit_code == 0, told.output
    cells = read(path)
    at = cells[0].index("Kết quả")
    for line in cells[1:]:
        line[at : at + 2] = [RIGHT[source], "2026-09-01"]
    return cells


def read(path: Path) -> Cells:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return [list(one) for one in csv.reader(stream)]
    sheet = openpyxl.load_workbook(path)["Kiểm tra"]
    return [[cell.value or "" for cell in one] for one in sheet.iter_rows(min_row=4)]


def save(path: Path, cells: Cells, separator: str = ",") -> Path:
    """The cells as an answer file beside the request."""
    out = path.with_stem(f"{path.stem}-tra-loi")
    if out.suffix == ".csv":
        with out.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=separator).writerows(cells)
        return out
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kiểm tra"
    for one in cells:
        sheet.append(one)
    for cell in (cell for one in sheet for cell in one if str(cell.value).startswith("=Nông")):
        cell.data_type = "s"  # openpyxl alone would make a formula of that name
    book.save(out)
    return out


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_a_file_goes_out_and_its_answer_comes_in(
    registered: House, tmp_path: Path, name: str
) -> None:
    house = registered
    for source in CONTRACTS:
        path = tmp_path / f"{source}-{name}"
        cells = written(house, path, source)
        assert path.stat().st_mode & 0o077 == 0
        file = str(save(path, cells, ";"))
        told = run(house, "receive", file)
        assert told.exit_code == 0, (source, told.output, told.exception)
        assert "đã nhận trước đây" in run(house, "receive", file).output
    states = house.rows("select state, answered = people, length(digest) from check_request")
    assert {(one[0], bool(one[1]), one[2]) for one in states} == {("answered", True, 64)}
    last = house.rows("select action, detail from audit_event where action like 'checks:%'")
    assert ("checks:request:make", "3 người, file. đối chiếu tháng 9") in last


def test_a_name_in_a_csv_is_no_formula(registered: House, tmp_path: Path) -> None:
    written(registered, tmp_path / "a.csv")
    assert "'=Nông Thị Hai" in (tmp_path / "a.csv").read_text("utf-8")
    sheet = tmp_path / "a.xlsx"
    written(registered, sheet)
    found = [cell for one in openpyxl.load_workbook(sheet)["Kiểm tra"] for cell in one]
    assert [cell.value for cell in found if cell.data_type == "f"] == []


def at(heading: str, value: Any, line: int = 1) -> Callable[[Cells], None]:
    """Put a value into one cell of the answer."""

    def change(cells: Cells) -> None:
        cells[line][cells[0].index(heading)] = value

    return change


def drop_heading(cells: Cells) -> None:
    cells[0][cells[0].index("Kết quả")] = "Ket qua"


def twice(cells: Cells) -> None:
    cells[0][cells[0].index("Ngày sinh")] = "Kết quả"


BAD: list[tuple[str, Callable[[Cells], None], str]] = [
    ("other request in a line", at("Mã yêu cầu", "population-20260901-ffff", 2), "yêu cầu khác"),
    ("unknown request", at("Mã yêu cầu", "population-20260901-ffff"), "ở đây"),
    ("unknown source", at("Mã yêu cầu", "police-1"), "Không có nguồn kiểm tra"),
    ("a person we did not ask for", at("Số căn cước", "999145000777"), "Trả lời cho người khác"),
    ("a line we did not send", at("Dòng", "77"), "không hỏi dòng số 77"),
    ("a line twice", at("Dòng", "2"), "trả lời hai lần"),
    ("no whole number", at("Dòng", "một"), "không phải số nguyên"),
    ("no result", at("Kết quả", ""), "“Kết quả” còn trống"),
    ("another word", at("Kết quả", "khớp"), "không thuộc: matched"),
    ("formula in a name", at("Tên ở sổ gốc", "=1+1"), "công thức"),
    ("a long name", at("Tên ở sổ gốc", "N" * 100_000), "dài quá"),
    ("a date that is none", at("Lúc tra cứu", "31/02/2026"), "không phải thời điểm"),
    ("no headings", drop_heading, "không thấy dòng tiêu đề"),
    ("a column twice", twice, "lặp cột “Kết quả”"),
    ("no lines", lambda cells: cells.__delitem__(slice(1, None)), "không có dòng trả lời"),
]


def test_a_bad_answer_is_refused_whole(registered: House, tmp_path: Path) -> None:
    house, path = registered, tmp_path / "a.csv"
    right = written(house, path)
    for name, spoil, message in BAD:
        cells = [list(one) for one in right]
        spoil(cells)
        told = run(house, "receive", str(save(path, cells)))
        assert isinstance(told.exception, AnSinhError), name
        assert message in str(told.exception), (name, str(told.exception))
        assert "145000" not in str(told.exception), name
    assert house.count(check_result) == 0


def test_files_that_are_no_answers(registered: House, tmp_path: Path) -> None:
    house, path = registered, tmp_path / "a.xlsx"
    cells = written(house, path)
    numbers = [list(one) for one in cells]
    at("Số căn cước", 999145000001)(numbers)
    formula = [list(one) for one in cells]
    at("Kết quả", '="matched"')(formula)
    big = tmp_path / "big.csv"
    big.write_text("Mã yêu cầu,Dòng,Kết quả,Lúc tra cứu\n" + "x" * 1_000_000, encoding="utf-8")
    old = tmp_path / "old.csv"
    old.write_bytes("Mã yêu cầu,Dòng".encode("utf-16"))
    other = tmp_path / "a.pdf"
    other.write_bytes(b"%PDF")
    zipped = tmp_path / "b.xlsx"
    zipped.write_bytes(b"PK\x03\x04 no archive")
    files = [
        (save(path, numbers), "mất số 0"),
        (tmp_path / "none.csv", "Không có tệp"),
        (big, "ô quá dài"),
        (old, "CSV UTF-8"),
        (other, "phải là .xlsx hoặc .csv"),
        (zipped, "hỏng"),
    ]
    for file, message in files:
        told = run(house, "receive", str(file))
        assert isinstance(told.exception, AnSinhError), (file, told.exception)
        assert message in str(told.exception), str(told.exception)
    told = run(house, "receive", str(save(path, formula)))
    assert "là công thức" in str(told.exception)
    assert house.count(check_result) == 0


def test_an_answer_of_another_commune(registered: House, tmp_path: Path) -> None:
    """The lines of one request under the number of another: other people stand there."""
    house = registered
    house.register(SEPTEMBER, row(7), row(8), row(9), commune="01288")
    path = tmp_path / "a.csv"
    cells = written(house, path)
    told = run(house, "send", "population", "--area", "01288", "--file", str(tmp_path / "b.csv"),
               "--reason", "xã bên")  # fmt: skip
    assert told.exit_code == 0
    number = read(tmp_path / "b.csv")[1][0]
    for line in cells[1:]:
        line[0] = number
    refused = run(house, "receive", str(save(path, cells)))
    assert "Trả lời cho người khác" in str(refused.exception)
    assert house.count(check_result) == 0


def test_what_is_needed_before_a_file_is_made(registered: House, tmp_path: Path) -> None:
    house, path = registered, tmp_path / "a.csv"
    asked = ("send", "population", "--file", str(path))
    assert "--reason" in str(run(house, *asked).exception)
    assert "Chọn một trong hai" in str(run(house, "send", "population").exception)
    path.write_text("mine", encoding="utf-8")
    told = run(house, *asked, "--reason", "đối chiếu")
    assert "không bị ghi đè" in str(told.exception)
    assert path.read_text("utf-8") == "mine"
    odd = run(house, "send", "population", "--file", str(tmp_path / "a.doc"), "--reason", "x")
    assert ".xlsx hoặc .csv" in str(odd.exception)
    assert "Chưa cấu hình" in str(run(house, "send", "population", "--rest").exception)
    assert make(house, "population") != make(house, "population")
    assert house.count(check_request) >= 2
