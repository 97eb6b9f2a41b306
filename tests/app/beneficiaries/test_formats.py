"""Lists as they come: three formats, headings of one's own, what officers put around a table."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from openpyxl.styles import Alignment

from app.beneficiaries import headings as h
from app.beneficiaries.legacy import as_meant, old_encoding
from app.beneficiaries.likeness import proposals
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.workbook import read_workbook
from app.reference.money_providers import TEST_MOBILE
from tests.app.beneficiaries.conftest import COMMUNE, PERIOD, SOUND, Book
from tests.app.beneficiaries.making import as_csv, as_xls, edited, lines


def read(path: Path) -> WorkbookResult:
    return read_workbook(path, COMMUNE, PERIOD)


def notes(result: WorkbookResult) -> str:
    return "\n".join(warning.message for warning in result.warnings)


def names(result: WorkbookResult) -> list[str]:
    assert result.errors == []
    return [row.name for row in result.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_csv_is_the_same_list(book: Book, tmp_path: Path, encoding: str, separator: str) -> None:
    change = {h.HAMLET: "Tổ 1, khu 2; bên suối"}
    result = read(as_csv(tmp_path / "a.txt", lines(change), encoding, separator))
    assert result.errors == []
    assert result.kind == "csv"
    assert result.rows == read(book(change)).rows
    assert "số 0 đầu" in notes(result)


def test_an_old_workbook_is_the_same_list_whatever_its_name(book: Book, tmp_path: Path) -> None:
    old = as_xls(tmp_path / "a.xlsx", lines({}), lambda sheet: None)
    result = read(old)
    assert (result.kind, result.errors) == ("xls", [])
    assert result.rows == read(book({})).rows
    assert "nên lưu thành .xlsx" in notes(result)
    assert read(book({}).rename(tmp_path / "b.csv")).kind == "xlsx"


def test_what_stands_around_the_people(book: Book) -> None:
    def around(sheet: object) -> None:
        sheet.insert_rows(6)  # type: ignore[attr-defined]
        for at in range(1, 22):
            sheet.cell(6, at, f"({at})")  # type: ignore[attr-defined]
        sheet.insert_rows(8, 2)  # type: ignore[attr-defined]
        sheet.cell(11, 2, "Tổng cộng: 2 người")  # type: ignore[attr-defined]
        sheet.cell(13, 2, "NGƯỜI LẬP BIỂU")  # type: ignore[attr-defined]
        sheet.column_dimensions["E"].hidden = True  # type: ignore[attr-defined]

    other = {h.CITIZEN_ID: "097150000002", h.NAME: "Nông\u00a0Thị\u200bHoa"}
    result = read(edited(book({}, other), around))
    assert names(result) == ["Nông Thị Lan", "Nông ThịHoa"]
    assert [row.row for row in result.rows] == [7, 10]
    assert "Dòng 11 là dòng cộng" in notes(result)
    assert "Cột E “Dân tộc” đang ẩn" in notes(result)


def test_headings_in_two_rows(book: Book) -> None:
    def two_rows(sheet: object) -> None:
        sheet.insert_rows(6)  # type: ignore[attr-defined]
        sheet["L5"], sheet["L6"], sheet["M6"] = "Quyết định", "Số", "Ngày"  # type: ignore[index]
        sheet["M5"] = None  # type: ignore[index]
        sheet.merge_cells("L5:M5")  # type: ignore[attr-defined]
        sheet.merge_cells("B5:B6")  # type: ignore[attr-defined]
        sheet["L5"].alignment = Alignment(horizontal="center")  # type: ignore[index]

    result = read(edited(book({}), two_rows))
    assert names(result) == ["Nông Thị Lan"]
    assert result.rows[0].decision_number == "12/QĐ-UBND"
    assert result.rows[0].decision_date == date(2025, 8, 3)


def test_headings_said_and_remembered(book: Book) -> None:
    path = edited(book({}), lambda sheet: sheet.cell(5, 16, "Số TK của ông bà"))
    given = {"số tk của ông bà": h.ACCOUNT}
    said = read_workbook(path, given=given)
    assert said.rows[0].account == SOUND[h.ACCOUNT]
    assert said.mapped == {"Số TK của ông bà": h.ACCOUNT}
    known = read_workbook(path, remembered={COMMUNE: given})
    assert (known.errors, known.mapped) == ([], {})
    assert read_workbook(path, remembered={"01324": given}).errors


def test_the_ministrys_export_is_known_by_its_headings(tmp_path: Path) -> None:
    headings = ["STT", "Họ tên", "Ngày tháng năm sinh", "Giới tính", "Dân tộc",
                "Mã định danh cá nhân", "Thôn/Bản/Tổ dân phố", "Số điện thoại", "Mã đối tượng",
                "Số quyết định hưởng", "Ngày ký quyết định", "Thời điểm hưởng",
                "Số tài khoản ngân hàng", "Ngân hàng", "Chủ tài khoản", "Loại hộ",
                "Mã hộ"]  # fmt: skip
    person = ["1", "Nông Thị Lan", "05/03/1950", "Nu", "Tày", "097150000001", "Nà Pha", "",
              "Người từ đủ 75 tuổi trở lên", "12/QĐ", "03/08/2025", "01/08/2025", "0012345678",
              "CIMB Bank", "NONG THI LAN", "Hộ nghèo", "H7"]  # fmt: skip
    path = as_csv(tmp_path / "xuat.csv", [headings, person], "utf-8-sig", ";")
    result = read(path)
    assert result.errors == []
    assert result.profile == "ministry"
    assert "chưa được xác nhận" in notes(result)
    (row,) = result.rows
    assert (row.programme, row.group, row.start_period) == ("pension", "P1", "2025-08")
    assert (row.sex, row.method, row.bank_bin) == ("F", "account", "422589")
    assert (row.poverty, row.household) == ("poor", "H7")
    alone = read_workbook(path)
    assert "Thêm --area (mã xã) và --period" in alone.errors[0].message


def test_every_optional_column(book: Book) -> None:
    facts = {
        h.HOUSEHOLD: 17, h.POVERTY: "cận nghèo", h.DISABILITY: "Vận động", h.DEGREE: "Nặng",
        h.CERTIFICATE: "77/GXN", h.CERTIFIED: "03/02/2024", h.PHONE_OWNER: "Người nhà",
        h.PAYEE: "Ủy quyền", h.PAYEE_NAME: "Nông Văn Con", h.PAYEE_ID: "097070000777",
        h.RELATION: "con", h.PAPER: "5/UQ", h.SIGNED: "02/01/2026", h.UNTIL: "31/12/2026",
        h.KIND: "VNeID", h.BANK: "MOMO", h.STILL_CASH: "-", h.SIGNER: "Hoàng Văn Ký",
    }  # fmt: skip
    (row,) = read(book(facts, headings=h.ALL)).rows
    assert (row.household, row.poverty, row.degree) == ("17", "near_poor", "severe")
    assert (row.payee, row.payee_id, row.valid_until) == (
        "authorised", "097070000777", date(2026, 12, 31),
    )  # fmt: skip
    assert (row.kind, row.bank_bin, row.still_cash) == ("vneid", "971025", "")


@pytest.mark.parametrize("named", [TEST_MOBILE, "Mobile Money Thử nghiệm"])
def test_mobile_money_of_ones_own(book: Book, named: str) -> None:
    own = {h.KIND: "Tiền di động", h.BANK: named, h.ACCOUNT: "0100000001"}
    (row,) = read(book({**own, h.PHONE_OWNER: "Chính mình"}, headings=h.ALL)).rows
    assert (row.kind, row.bank_bin, row.account) == ("mobile", TEST_MOBILE, row.phone)


@pytest.mark.parametrize(
    ("typed", "encoding", "meant"),
    [
        ("NguyÔn V¨n §øc", "TCVN3", "Nguyễn Văn Đức"),
        ("TrÇn ThÞ H­êng", "TCVN3", "Trần Thị Hường"),
        ("Nguyeãn Vaên Ñöùc", "VNI", "Nguyễn Văn Đức"),
        ("Ñaëng Thò Thuûy", "VNI", "Đặng Thị Thủy"),
        ("Nông Thị Quý", None, ""),
        ("Hoàng Thuý Hoà", None, ""),
    ],
)
def test_old_encodings(typed: str, encoding: str | None, meant: str) -> None:
    assert old_encoding(unicodedata.normalize("NFC", typed)) == encoding
    if encoding:
        assert as_meant(typed, encoding) == meant


def test_no_name_of_the_country_is_taken_for_an_old_encoding() -> None:
    names = "Doãn Hoãn Ngoãn Khoé Loè Thuý Quý Huế Tuấn Luân Khuê Loan Hoè Huỳnh Uyên Xuân Thuỷ"
    more = "Oánh Toàn Đoàn Khoát Tuyết Yến Ý Ân Ông Êm Ôn Ơn Ước Ất Ảnh Ngoằng Khuỷu Giỏi Èo Àng"
    assert [one for one in f"{names} {more}".split() if old_encoding(one)] == []
    assert [one for one in h.ALL if old_encoding(one)] == []


def test_which_heading_may_be_which() -> None:
    found = ["Họ tên", "Ng.sinh", "SĐT", "Số TK", "Tên đơn vị"]
    wanted = [h.NAME, h.BIRTH, h.PHONE, h.ACCOUNT, h.SIGNER]
    assert proposals(wanted, found) == {
        h.NAME: "Họ tên", h.BIRTH: "Ng.sinh", h.PHONE: "SĐT", h.ACCOUNT: "Số TK",
    }  # fmt: skip
