"""Reading an officer's workbook: what is taken, and every way it can be refused."""

from __future__ import annotations

import unicodedata
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.beneficiaries import container
from app.beneficiaries import headings as h
from app.beneficiaries.across import check_across
from app.beneficiaries.rows import RegisterRow, WorkbookResult
from app.beneficiaries.workbook import read_workbook
from app.demo.population import population
from app.demo.workbooks import write_workbook, write_workbooks
from tests.app.beneficiaries.conftest import COMMUNE, PERIOD, Book


def messages(result: WorkbookResult) -> str:
    return "\n".join(error.message for error in result.errors)


def test_sound_file(book: Book) -> None:
    result = read_workbook(book({}), COMMUNE, PERIOD)
    assert result.errors == result.warnings == []
    assert result.is_clean
    assert result.is_synthetic
    assert (result.commune_code, result.period, len(result.sha256)) == (COMMUNE, PERIOD, 64)
    assert result.rows == [
        RegisterRow(
            row=6, name="Nông Thị Lan", birth_date=date(1950, 3, 5), birth_year=1950, sex="F",
            ethnicity="Tày", citizen_id="097150000001", hamlet="Nà Pha", phone="0100000001",
            programme="pension", group="P1", table_key="", decision_number="12/QĐ-UBND",
            decision_date=date(2025, 8, 3), start_period="2025-08", method="account",
            account="0012345678", bank_bin="999001", holder_name="NONG THI LAN", event="",
            event_date=None, note="",
        )
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({h.NAME: unicodedata.normalize("NFD", "Nông  Thị Lan ")}, "name", "Nông Thị Lan"),
        ({h.NAME: "H'Hen Niê"}, "name", "H'Hen Niê"),
        ({h.BIRTH: "1950"}, "birth_date", None),
        ({h.BIRTH: 1950}, "birth_year", 1950),
        ({h.BIRTH: datetime(1950, 3, 5)}, "birth_date", date(1950, 3, 5)),  # noqa: DTZ001
        ({h.BIRTH: "5-3-1950"}, "birth_date", date(1950, 3, 5)),
        ({h.SEX: "nữ"}, "sex", "F"),
        ({h.CITIZEN_ID: "097 150 000 001"}, "citizen_id", "097150000001"),
        ({h.START: datetime(2025, 8, 1)}, "start_period", "2025-08"),  # noqa: DTZ001
        ({h.METHOD: "Tiền mặt", h.ACCOUNT: "", h.BANK: "", h.HOLDER: ""}, "method", "cash"),
        ({h.EVENT: "Chết", h.EVENT_DATE: "02/09/2026"}, "event", "death"),
        ({h.HAMLET: 3}, "hamlet", "3"),
        ({h.PROGRAMME: "Người có công", h.GROUP: "MTB", h.TABLE_KEY: 41}, "table_key", "41"),
        ({h.PROGRAMME: "Người có công", h.GROUP: "MTD"}, "table_key", ""),
        ({h.PROGRAMME: "Trợ giúp xã hội", h.GROUP: "C4", h.TABLE_KEY: "2"}, "table_key", "2"),
    ],
)
def test_taken_as_meant(book: Book, change: dict[str, object], field: str, value: object) -> None:
    result = read_workbook(book(change))
    assert result.errors == []
    assert getattr(result.rows[0], field) == value


@pytest.mark.parametrize(
    ("change", "address", "words"),
    [
        ({h.CITIZEN_ID: 97150000001}, "F6", "đang là số, Excel đã bỏ số 0 đầu"),
        ({h.CITIZEN_ID: "97150000001"}, "F6", "có 11 chữ số"),
        ({h.CITIZEN_ID: "085012345"}, "F6", "CMND cũ"),
        ({h.CITIZEN_ID: ""}, "F6", "để trống"),
        ({h.CITIZEN_ID: "09715000000O"}, "F6", "không phải chữ số"),
        ({h.CITIZEN_ID: "097151000001"}, "F6", "không khớp ngày sinh"),
        ({h.CITIZEN_ID: "097350000001"}, "F6", "không khớp ngày sinh"),
        ({h.CITIZEN_ID: "097050000001"}, "F6", "không khớp giới tính"),
        ({h.NAME: ""}, "B6", "Nhập họ và tên"),
        ({h.NAME: "NguyÔn V¨n An"}, "B6", "TCVN3"),
        ({h.NAME: "Nguyeãn Vaên An"}, "B6", "VNI"),
        ({h.NAME: "Lan 2"}, "B6", "ký tự lạ"),
        ({h.BIRTH: "30/02/1950"}, "C6", "không phải ngày có thật"),
        ({h.BIRTH: "1950-03-05"}, "C6", "ví dụ 05/10/1950"),
        ({h.BIRTH: "50"}, "C6", "không phải ngày có thật"),
        ({h.SEX: "Khác"}, "D6", "Chọn một trong: “Nam”, “Nữ”"),
        ({h.PHONE: 100000001}, "H6", "đủ cả số 0 đầu"),
        ({h.PHONE: "12345"}, "H6", "10 chữ số"),
        ({h.PROGRAMME: "Bảo hiểm"}, "I6", "không có trong danh mục"),
        ({h.GROUP: "Z9"}, "J6", "không có trong danh mục nhóm"),
        ({h.GROUP: "C6c"}, "J6", "thuộc chương trình “Trợ giúp xã hội”"),
        ({h.TABLE_KEY: "41"}, "K6", "phải để trống"),
        (
            {h.PROGRAMME: "Người có công", h.GROUP: "MTB"},
            "K6",
            "để trống. Với nhóm MTB, chọn một trong",
        ),
        ({h.PROGRAMME: "Người có công", h.GROUP: "MTB", h.TABLE_KEY: "7"}, "K6", "“7”, không có"),
        ({h.PROGRAMME: "Người có công", h.GROUP: "MQ142"}, "K6", "mức riêng bằng đồng"),
        ({h.PROGRAMME: "Trợ giúp xã hội", h.GROUP: "C4", h.TABLE_KEY: "x"}, "K6", "cần số lượng"),
        ({h.DECISION_NUMBER: ""}, "L6", "Nhập số quyết định"),
        ({h.DECISION_DATE: "32/01/2025"}, "M6", "không phải ngày có thật"),
        ({h.START: "13/2025"}, "N6", "không phải tháng"),
        ({h.START: "11/2026"}, "N6", "sau kỳ của danh sách"),
        ({h.METHOD: "Séc"}, "O6", "“Tài khoản”, “Tiền mặt”"),
        ({h.ACCOUNT: ""}, "P6", "Nhập số tài khoản"),
        ({h.ACCOUNT: 12345678}, "P6", "đang là số"),
        ({h.ACCOUNT: "12/34567"}, "P6", "không giống số tài khoản"),
        ({h.BANK: "123456"}, "Q6", "Tra lại mã 6 số"),
        ({h.BANK: 999001}, "Q6", "đang là số"),
        ({h.HOLDER: ""}, "R6", "Nhập tên chủ tài khoản"),
        ({h.EVENT: "Ốm"}, "S6", "không có trong danh mục"),
        ({h.EVENT: "Chết"}, "T6", "Nhập ngày xảy ra biến động"),
        ({h.EVENT: "Chết", h.EVENT_DATE: "01/11/2026"}, "T6", "sau kỳ của danh sách"),
        ({h.NAME: '="Nông"&" Lan"'}, "B6", "đang là công thức"),
        ({h.HOLDER: "=NA()"}, "R6", "đang là công thức"),
    ],
)
def test_refused_with_its_place(
    book: Book, change: dict[str, object], address: str, words: str
) -> None:
    result = read_workbook(book(change))
    assert result.rows == []
    assert [error.address for error in result.errors] == [address]
    assert words in result.errors[0].message
    assert result.errors[0].message.startswith(f"Ô {address} ")
    assert result.errors[0].heading == h.HEADINGS[ord(address[0]) - ord("A")]


def test_every_error_of_the_file_at_once(book: Book) -> None:
    path = book(
        {h.CITIZEN_ID: 1, h.SEX: "x"}, {}, {h.CITIZEN_ID: "097150000002", h.START: ""}
    )  # fmt: skip
    result = read_workbook(path)
    assert [error.address for error in result.errors] == ["D6", "F6", "N8"]
    assert [row.row for row in result.rows] == [7]


def test_error_cells_of_excel_are_named(tmp_path: Path, book: Book) -> None:
    path = book({h.ACCOUNT: "=1/0"})
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(
        b'<c r="P6"><f>1/0</f><v>0</v></c>', b'<c r="P6" t="e"><v>#DIV/0!</v></c>'
    )
    changed = tmp_path / "error.xlsx"
    with zipfile.ZipFile(changed, "w") as target:
        for name, content in parts.items():
            target.writestr(name, content)
    assert "đang báo lỗi Excel" in messages(read_workbook(changed))


def test_duplicates_name_the_first_row(book: Book) -> None:
    other_group = {h.PROGRAMME: "Trợ giúp xã hội", h.GROUP: "C6c"}
    result = read_workbook(book({}, other_group, {}))
    assert [error.address for error in result.errors] == ["F8"]
    assert "trùng dòng 6" in result.errors[0].message


def test_full_width_digits_are_read_with_a_warning(book: Book) -> None:
    result = read_workbook(book({h.CITIZEN_ID: "０９７150000001"}))
    assert result.rows[0].citizen_id == "097150000001"
    assert [warning.address for warning in result.warnings] == ["F6"]


@pytest.mark.parametrize(
    ("event", "start", "warned"),
    [("Mới", "07/2025", True), ("Mới", "08/2025", False), ("", "07/2025", False)],
)
def test_a_new_line_from_another_month_than_that_of_its_decision(
    book: Book, event: str, start: str, warned: bool
) -> None:
    """Decree 147/2025: from the month of signing, here August 2025; what is old is as it is."""
    day = "03/08/2025" if event else ""
    result = read_workbook(book({h.EVENT: event, h.EVENT_DATE: day, h.START: start}))
    assert result.errors == []
    assert ["hưởng từ tháng ký" in one.message for one in result.warnings] == [True] * warned


def test_unknown_id_prefix_is_only_a_warning(book: Book) -> None:
    result = read_workbook(book({h.CITIZEN_ID: "099150000001"}))
    assert result.is_clean
    assert "mã tỉnh 099 lạ" in result.warnings[0].message


def test_missing_headings_say_what_is_there(book: Book) -> None:
    headings = tuple(x for x in h.HEADINGS if x not in (h.ACCOUNT, h.EVENT))
    result = read_workbook(book({}, headings=headings))
    assert [error.heading for error in result.errors[:2]] == [h.ACCOUNT, h.EVENT]
    assert "Tệp của bạn thiếu cột “Số tài khoản”. Hiện có: “STT”, “Họ và tên”" in messages(result)


def test_columns_may_stand_in_another_order(book: Book) -> None:
    result = read_workbook(book({}, headings=(*h.HEADINGS[::-1], "Cột riêng")))
    assert result.is_clean
    assert result.rows[0].account == "0012345678"


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        ((h.COMMUNE_LABEL, "01324", h.PERIOD_LABEL, "10/2026"), "không phải Xã Bảo Lạc (01321)"),
        ((h.COMMUNE_LABEL, COMMUNE, h.PERIOD_LABEL, "09/2026"), "ghi kỳ 09/2026, đang nhập kỳ 10"),
        ((h.COMMUNE_LABEL, 1321, h.PERIOD_LABEL, "10/2026"), "không phải mã xã 5 chữ số"),
        ((h.COMMUNE_LABEL, "99999", h.PERIOD_LABEL, "10/2026"), "không có trong danh mục"),
        ((h.COMMUNE_LABEL, COMMUNE, h.PERIOD_LABEL, "thang 10"), "không phải tháng"),
        ((h.COMMUNE_LABEL, COMMUNE), "để trống"),
        (("", ""), "Thiếu dòng “Mã xã"),
    ],
)
def test_machine_line(book: Book, machine: tuple[object, ...], words: str) -> None:
    result = read_workbook(book({}, machine=machine), COMMUNE, PERIOD)
    assert words in messages(result)


def test_hidden_sheet_is_ignored_with_a_warning(book: Book) -> None:
    result = read_workbook(book({}, hidden="Nháp"))
    assert result.is_clean
    assert "“Nháp”" in result.warnings[0].message


def test_wrong_sheet_and_empty_list(book: Book) -> None:
    two = book({}, sheet_name="Sheet1", second="Sheet2")
    assert "Hiện có: “Sheet1”, “Sheet2”" in messages(read_workbook(two))
    assert read_workbook(book({}, sheet_name="Sheet1")).is_clean
    assert "không có người nào" in messages(read_workbook(book()))
    assert "dòng tiêu đề" in messages(read_workbook(book({}, headings=("a", "b"))))


def _archive(path: Path, **members: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "không phải Excel"),
        (b"STT,Ho ten\n1,Lan\n", "Không thấy dòng tiêu đề"),
        (b"%PDF-1.7", "không phải Excel"),
        (b"PK\x03\x04 not a zip", "bị hỏng"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, ".xls bị hỏng"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1")
            + b"\0" * 600
            + "EncryptedPackage".encode("utf-16-le"),
            "mật khẩu",
        ),
    ],
)
def test_not_a_workbook(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    result = read_workbook(path)
    assert words in messages(result)
    assert result.errors[0].row == 0


def test_missing_file_and_other_office_files(tmp_path: Path) -> None:
    assert "Không tìm thấy" in messages(read_workbook(tmp_path / "none.xlsx"))
    path = tmp_path / "letter.docx"
    _archive(path, word__document_xml=b"<w/>")
    assert "không phải sổ Excel" in messages(read_workbook(path))
    _archive(path, xl__workbook_xml=b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    assert read_workbook(path).errors


def test_too_large(tmp_path: Path, book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.xlsx"
    path.write_bytes(b"PK" + b"\0" * container.MAX_FILE_BYTES)
    assert "20 MB" in messages(read_workbook(path))
    monkeypatch.setattr(container, "MAX_UNPACKED_BYTES", 2000)
    assert "giải nén ra quá lớn" in messages(read_workbook(book({})))


def test_a_size_that_lies_is_found(tmp_path: Path, book: Book) -> None:
    content = bytearray(book({}).read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "lies.xlsx"
    path.write_bytes(content)
    assert "bị hỏng" in messages(read_workbook(path))


@pytest.mark.parametrize(
    ("row", "column", "words"), [(1_048_575, 0, "dòng"), (7, 16_383, "cột"), (7, 90, "cột")]
)
def test_a_far_away_cell_does_not_fill_the_memory(
    tmp_path: Path, row: int, column: int, words: str
) -> None:
    path = tmp_path / "far.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet(h.SHEET).write(row, column, "x")
    result = read_workbook(path)
    assert f" {words}. Xóa" in messages(result)


def test_what_the_demo_writes_is_read_back_the_same(tmp_path: Path) -> None:
    made = population("cao-bang-2026-10", 400, 4)
    months = dict(made.month("2026-10"))
    results = [
        read_workbook(path, path.name[:5], "2026-10")
        for path in write_workbooks(made, "2026-10", tmp_path)
    ]
    assert {result.commune_code: result.rows for result in results} == months
    assert not any(result.errors or result.warnings for result in results)
    assert check_across(results) == []


def test_same_month_same_bytes(tmp_path: Path) -> None:
    code, rows = next(population("cao-bang-2026-10", 60, 4).month("2026-10"))
    files = [
        write_workbook(tmp_path / name, code, PERIOD, rows).read_bytes() for name in ("a", "b")
    ]
    assert files[0] == files[1]


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.sampled_from(h.HEADINGS[1:]),
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
        st.floats(allow_nan=False, allow_infinity=False),
        st.booleans(),
        st.datetimes(datetime(1901, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001
    ),
)
@example(h.BIRTH, 1.7976931348623155e308)  # Excel's file rounds it to infinity
@example(h.CITIZEN_ID, 1.7976931348623155e308)
@example(h.ACCOUNT, -1.7976931348623155e308)
def test_no_cell_makes_it_fall(book: Book, heading: str, value: object) -> None:
    if isinstance(value, str) and value.startswith("="):
        value = f"'{value}"
    result = read_workbook(book({heading: value}))
    assert len(result.rows) + len({error.row for error in result.errors}) == 1
    assert all(error.message.startswith("Ô ") for error in result.errors)


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.data())
def test_no_damage_makes_it_fall(tmp_path: Path, book: Book, data: st.DataObject) -> None:
    content = bytearray(book({}).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    assert read_workbook(path).errors or read_workbook(path).rows


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_broken_packing_is_said(tmp_path: Path, method: int) -> None:
    """A part whose packed bytes are no packing: each packer raises an error of its own."""
    path = tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("xl/workbook.xml", b"x" * 4096)
    content = bytearray(path.read_bytes())
    packed = 30 + len("xl/workbook.xml")
    content[packed : packed + 12] = b"\xff" * 12
    path.write_bytes(content)
    assert "Tệp bị hỏng" in messages(read_workbook(path, COMMUNE, PERIOD))
