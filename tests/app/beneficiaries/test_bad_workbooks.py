"""Bad lists, each with its message and its place; nothing of any of them is applied."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from xlwt import Formula

from app.beneficiaries import headings as h
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.workbook import read_workbook
from app.errors import InputError
from app.jobs.payrolls import import_registers
from app.jobs.registers import import_list
from app.reference.money_providers import TEST_MOBILE, TEST_WALLET
from tests.app.beneficiaries.conftest import COMMUNE, PERIOD, Book
from tests.app.beneficiaries.making import (
    Make,
    archive,
    as_csv,
    as_xls,
    edited,
    lined,
    lines,
    lying,
    patched,
    raw,
    repacked,
)
from tests.factories import House

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
LOCKED = OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
ELSEWHERE = "another commune"
CARE = {h.PAYEE: "Giám hộ", h.PAYEE_NAME: "Nông Văn An", h.RELATION: "con", h.PAPER: "1/GH"}
MOBILE = {h.KIND: "Tiền di động", h.BANK: TEST_MOBILE, h.ACCOUNT: "0100000001",
          h.PHONE_OWNER: "Chính mình"}  # fmt: skip
# windows-1258 writes a tone as a sign of its own after the vowel.
CP1258 = "Ho\u0323 va\u0300 tên,Ngày sinh\nNguyê\u0303n Văn An,1950\n"


class Bad(NamedTuple):
    """`place` is the address of the first error, '' for the file, '7' for a row."""

    name: str
    make: Make
    place: str
    words: str


def xls(*changes: dict[str, object], change=lambda sheet: None) -> Make:  # type: ignore[no-untyped-def]
    return lambda _, folder: as_xls(folder / "a.xls", lines(*changes), change)


def text(content: bytes, name: str = "a.csv") -> Make:
    return lambda _, folder: raw(folder / name, content)


CASES = (
    # ---------------------------------------------------------------- numbers
    Bad("ID as a number", lined({h.CITIZEN_ID: 97150000001}), "F6",
        "đang là số, Excel đã bỏ số 0 đầu. Chọn cột → Định dạng → Văn bản, nhập lại đủ 12 số. "
        "Thêm 1 số 0 đầu thì thành số hợp lệ."),
    Bad("ID with a lost zero", lined({h.CITIZEN_ID: "97150000001"}), "F6",
        "có 11 chữ số. Số căn cước phải đủ 12 số, kiểm tra lại giấy tờ. Thêm 1 số 0 đầu"),
    Bad("ID as a power", lined({h.CITIZEN_ID: "9.715E+10"}), "F6", "số mũ (kiểu 9,7E+10)"),
    Bad("old ID", lined({h.CITIZEN_ID: "085012345"}), "F6", "số CMND cũ"),
    Bad("letter in the ID", lined({h.CITIZEN_ID: "09715000000O"}), "F6", "chữ số: “O”"),
    Bad("ID of another year", lined({h.CITIZEN_ID: "097151000001"}), "F6", "không khớp ngày sinh"),
    Bad("ID of the other sex", lined({h.CITIZEN_ID: "097050000001"}), "F6", "không khớp giới"),
    Bad("account as a number", lined({h.ACCOUNT: 12345678}), "P6", "đang là số"),
    Bad("account as a power", lined({h.ACCOUNT: "1,2E+11"}), "P6", "số mũ"),
    Bad("account with a slash", lined({h.ACCOUNT: "12/34567"}), "P6", "không giống số tài khoản"),
    Bad("phone as a number", lined({h.PHONE: 100000001}), "H6", "đủ cả số 0 đầu"),
    Bad("phone with a country", lined({h.PHONE: "+84100000001"}), "H6", "bắt đầu bằng 0, ví dụ"),
    Bad("bank as a number", lined({h.BANK: 999001}), "Q6", "nhập lại mã 6 số"),
    Bad("unknown bank", lined({h.BANK: "MOMOX"}), "Q6", "không có trong danh mục"),
    # ---------------------------------------------------------------- text
    Bad("TCVN3", lined({h.NAME: "NguyÔn V¨n §øc"}), "B6",
        "bảng mã cũ TCVN3, không phải Unicode (có lẽ là “Nguyễn Văn Đức”). Chuyển bảng mã"),
    Bad("VNI", lined({h.HAMLET: "Traàn Thò Höôøng"}), "G6", "cũ VNI, không phải Unicode (có lẽ là "
        "“Trần Thị Hường”)"),
    Bad("formula in text", lambda book, folder: as_csv(
        folder / "a.csv", lines({h.HAMLET: '=HYPERLINK("http://x";"y")'}), "utf-8", ","),
        "G6", "bắt đầu bằng “=”: Excel sẽ hiểu là công thức"),
    Bad("at sign", lined({h.HOLDER: "@x"}), "R6", "bắt đầu bằng “@”"),
    Bad("plus sign", lined({h.HOLDER: "+LAN"}), "R6", "bắt đầu bằng “+”"),
    Bad("minus sign", lined({h.NOTE: "-1+1|cmd"}), "U6", "bắt đầu bằng “-”"),
    Bad("tab", lined({h.DECISION_NUMBER: "\t12/QĐ"}), "L6", "bắt đầu bằng dấu Tab"),
    Bad("wide equals sign", lined({h.NOTE: "\uff1d1"}), "U6", "bắt đầu bằng “\uff1d”"),
    Bad("digit in a name", lined({h.NAME: "Lan 2"}), "B6", "Chỉ dùng chữ cái và dấu cách"),
    Bad("a number in place of a name", lined({h.NAME: "097150000001"}), "B6", "họ tên “•••”"),
    # ---------------------------------------------------------------- what Excel does
    Bad("formula", lined({h.NAME: '="Nông"&" Lan"'}), "B6", "đang là công thức"),
    Bad("error", lined({h.HOLDER: "=NA()"}), "R6", "đang là công thức"),
    Bad("merged cells", lambda book, _: edited(book({}, {h.CITIZEN_ID: "097150000002"}),
        lambda sheet: sheet.merge_cells("G6:G7")), "G6", "vùng ô gộp G6:G7. Bỏ gộp (Unmerge)"),
    Bad("hidden row", lambda book, _: edited(book({}, {h.CITIZEN_ID: "097150000002"}),
        lambda sheet: setattr(sheet.row_dimensions[7], "hidden", True)), "7", "Dòng 7 đang ẩn"),
    Bad("serial in place of a day", lined({h.BIRTH: 18327}), "C6",
        "đang là số 18327, có lẽ là ngày 05/03/1950 bị mất định dạng"),
    Bad("serial of a decision", lined({h.DECISION_DATE: 45872}), "M6", "ngày 03/08/2025"),
    Bad("31 February", lined({h.DECISION_DATE: "31/02/2025"}), "M6", "không phải ngày có thật"),
    Bad("month 13", lined({h.START: "13/2025"}), "N6", "không phải tháng"),
    Bad("born after the month", lined({h.BIRTH: "01/11/2026", h.CITIZEN_ID: "097326000001"}),
        "C6", "sau kỳ chi trả"),
    # ---------------------------------------------------------------- columns and lines
    Bad("a column missing", lambda book, _: book({}, headings=[one for one in h.HEADINGS
        if one != h.ACCOUNT]), "5", "Tệp của bạn thiếu cột “Số tài khoản”. Hiện có: “STT”, “Họ"),
    Bad("another heading", lambda book, _: edited(book({}),
        lambda sheet: sheet.cell(5, 16, "STK người hưởng")), "5",
        '--map "STK người hưởng=Số tài khoản"'),
    Bad("every heading another", lambda book, _: book({}, headings=["Số", "Họ tên", "Ng.sinh",
        "GT", "CCCD", "SĐT", "STK", "Mã nhóm", "Chủ TK"]), "5", '--map "STK=Số tài khoản"'),
    Bad("a column twice", lambda book, _: book({}, headings=(*h.HEADINGS, h.NAME)), "V5",
        "lặp cột “Họ và tên”"),
    Bad("no headings", lambda book, _: book({}, headings=("a", "b")), "", "dòng tiêu đề cột"),
    Bad("a line twice", lined({}, {}), "F7", "trùng dòng 6: cùng số căn cước"),
    Bad("nobody", lined(), "", "không có người nào"),
    Bad("only a total", lambda book, _: edited(book(),
        lambda sheet: sheet.cell(6, 2, "Tổng cộng: 0 người")), "", "không có người nào"),
    Bad(ELSEWHERE, lambda book, _: book({}, machine=(h.COMMUNE_LABEL, "01324",
        h.PERIOD_LABEL, "10/2026")), "B3", "không phải Xã Bảo Lạc"),
    Bad("another month", lambda book, _: book({}, machine=(h.COMMUNE_LABEL, COMMUNE,
        h.PERIOD_LABEL, "09/2026")), "D3", "ghi kỳ 09/2026, đang nhập kỳ 10/2026"),
    Bad("no commune", lambda book, _: book({}, machine=("", "")), "", "Thiếu dòng “Mã xã"),
    # ---------------------------------------------------------------- facts that do not fit
    Bad("group of another programme", lined({h.GROUP: "C6c"}), "J6", "thuộc chương trình “Trợ"),
    Bad("unknown group", lined({h.GROUP: "Z9"}), "J6", "không có trong danh mục nhóm"),
    Bad("key of a table", lined({h.TABLE_KEY: "41"}), "K6", "phải để trống"),
    Bad("no account", lined({h.ACCOUNT: ""}), "P6", "Nhập số tài khoản"),
    Bad("an event without its day", lined({h.EVENT: "Chết"}), "T6", "Nhập ngày xảy ra biến động"),
    Bad("poor without a household", lined({h.POVERTY: "Nghèo"}, optional=True), "V6",
        "để trống mà có diện hộ"),
    Bad("a household of two kinds", lined({h.HOUSEHOLD: "1", h.POVERTY: "Nghèo"}, {
        h.HOUSEHOLD: "1", h.POVERTY: "Không", h.CITIZEN_ID: "097150000002"}, optional=True), "W7",
        "khác dòng 6 của cùng một hộ"),
    Bad("disabled, no degree", lined({h.DISABILITY: "Nhìn"}, optional=True), "Y6", "Chọn mức độ"),
    Bad("a payee without a paper", lined({**CARE, h.PAPER: ""}, optional=True), "AG6",
        "Nhập số giấy tờ giám hộ hoặc ủy quyền"),
    Bad("a paper that ends before it begins", lined({**CARE, h.SIGNED: "02/05/2026",
        h.UNTIL: "01/05/2026"}, optional=True), "AI6", "ngày hết hạn trước ngày lập giấy"),
    Bad("account at the post office", lined({h.KIND: "Bưu điện"}, optional=True), "AJ6",
        "không hợp với hình thức nhận “Tài khoản”"),
    Bad("a card's number", lined({h.ACCOUNT: "4111111111111111"}), "P6", "số in trên thẻ"),
    Bad("mobile money of another phone", lined({**MOBILE, h.ACCOUNT: "0100000002"}, optional=True),
        "P6", "không phải số ở cột “Điện thoại”"),
    Bad("mobile money of a neighbour's phone", lined({**MOBILE, h.PHONE_OWNER: "Hàng xóm"},
        optional=True), "AB6", "chính người hưởng"),
    Bad("mobile money at a bank", lined({**MOBILE, h.BANK: "999001"}, optional=True), "Q6",
        "ghi mã 999001, không phải nơi mở “Tiền di động”"),
    Bad("an account at a provider", lined({h.BANK: TEST_MOBILE}), "Q6", "không phải nơi mở"),
    Bad("a wallet for a pension", lined({h.BANK: TEST_WALLET, h.KIND: "Ví điện tử"}, optional=True),
        "AJ6", "chưa chi qua đó"),
    Bad("an unknown code", lined({h.BANK: "123456"}), "Q6", "ghi mã ngân hàng “123456”"),
    Bad("one person, two accounts", lined({}, {h.PROGRAMME: "Trợ giúp xã hội", h.GROUP: "C6c",
        h.ACCOUNT: "0012345679"}), "P7", "khác dòng 6 của cùng một người"),
    Bad("one person, two names", lined({}, {h.PROGRAMME: "Trợ giúp xã hội", h.GROUP: "C6c",
        h.NAME: "Nông Thị Loan"}), "B7", "khác dòng 6 của cùng một người"),
    Bad("a reason for cash, and an account", lined({h.STILL_CASH: "Chưa có tài khoản"},
        optional=True), "AK6", "Xóa lý do"),
    # ---------------------------------------------------------------- old workbooks
    Bad("XLS: ID as a number", xls({h.CITIZEN_ID: 97150000001}), "F6", "đang là số"),
    Bad("XLS: formula", xls({}, change=lambda sheet: sheet.write(5, 1, Formula("1+1"))), "B6",
        "đang là công thức"),
    Bad("XLS: hidden row", xls({}, change=lambda sheet: setattr(sheet.row(5), "hidden", True)), "6",
        "Dòng 6 đang ẩn"),
    Bad("XLS: merged", xls({}, change=lambda sheet: sheet.merge(5, 6, 6, 6)), "G6", "ô gộp G6:G7"),
    Bad("XLS: full", xls({}, change=lambda sheet: sheet.write(65_535, 1, "x")), "",
        "đầy 65.536 dòng, giới hạn của .xls"),
    Bad("XLS: wide", xls({}, change=lambda sheet: sheet.write(5, 200, "x")), "", "hơn 78 cột"),
    # The record of who wrote the file becomes the one that says it is encrypted.
    Bad("XLS: password", lambda book, folder: patched(xls({})(book, folder), b"\x5c\x00\x70\x00",
        b"\x2f\x00\x70\x00"), "", "đang đặt mật khẩu"),
    Bad("XLS: damaged", text(OLE + b"\0" * 600, "a.xls"), "", "bị hỏng"),
    # ---------------------------------------------------------------- CSV
    Bad("CSV: TCVN3", text("Hä vµ tªn;Ngµy sinh\nNguyÔn V¨n §øc;1950\n".encode("cp1252")), "",
        "bảng mã cũ TCVN3 (ví dụ “Họ và tên”), không phải Unicode"),
    Bad("CSV: VNI", text("Teân,Ngaøy sinh\nTraàn Thò An,1950\n".encode("cp1252")), "",
        "bảng mã cũ VNI (ví dụ “Tên”)"),
    Bad("CSV: windows-1258", text(CP1258.encode("cp1258")), "", "windows-1258 (ví dụ “Họ và tên”)"),
    Bad("CSV: lost zeros", lambda book, folder: as_csv(folder / "a.csv", lines(
        {h.CITIZEN_ID: "97150000001"}), "utf-8-sig", ";"), "F6", "có 11 chữ số"),
    Bad("CSV: no list", text(b"STT,Ho ten\n1,Lan\n"), "", "Không thấy dòng tiêu đề"),
    # ---------------------------------------------------------------- no list at all
    Bad("empty", text(b"", "a.xlsx"), "", "không phải Excel"),
    Bad("PDF", text(b"%PDF-1.7\n", "a.xlsx"), "", "không phải Excel (.xlsx, .xls) hay CSV"),
    Bad("picture", text(b"\x89PNG\r\n\x1a\n", "a.xlsx"), "", "không phải Excel"),
    Bad("page", text(b"<html><table>", "a.xls"), "", "không phải Excel"),
    Bad("letter", lambda _, folder: archive(folder / "a.xlsx", "word/document.xml"), "",
        "không phải sổ Excel"),
    Bad("OpenDocument", lambda _, folder: archive(folder / "a.xlsx", "content.xml"), "", ".ods"),
    Bad("binary workbook", lambda _, folder: archive(folder / "a.xlsx", "xl/workbook.bin"), "",
        ".xlsb"),
    Bad("password", text(LOCKED, "a.xlsx"), "", "đang đặt mật khẩu"),
    Bad("macro", lambda book, _: repacked(book({}), lambda parts: parts.update(
        {"xl/vbaProject.bin": b"x"})), "", "Tệp có macro (.xlsm)"),
    Bad("bomb", lambda book, _: lying(book({})), "", "giải nén ra quá lớn"),
    Bad("cut off", lambda book, folder: raw(folder / "a.xlsx", book({}).read_bytes()[:2000]), "",
        "Tệp bị hỏng"),
    Bad("entities", lambda book, _: repacked(book({}), lambda parts: parts.update(
        {"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'})), "",
        "không có trang nào"),
    Bad("too many rows", lambda book, _: edited(book({}),
        lambda sheet: sheet.cell(110_001, 2, "x")), "", "hơn 110.000 dòng"),
    Bad("too many columns", lambda book, _: edited(book({}),
        lambda sheet: sheet.cell(6, 100, "x")), "", "hơn 78 cột"),
    Bad("two sheets of other names", lambda book, _: book({}, sheet_name="Sheet1", second="Sheet2"),
        "", "Không có trang “Danh sách”. Hiện có: “Sheet1”, “Sheet2”"),
)  # fmt: skip


def read(path: Path) -> WorkbookResult:
    return read_workbook(path, COMMUNE, PERIOD)


@pytest.mark.parametrize("case", CASES, ids=[one.name for one in CASES])
def test_a_bad_list_is_refused_with_its_place(case: Bad, book: Book, tmp_path: Path) -> None:
    result = read(case.make(book, tmp_path))
    assert result.errors
    first = result.errors[0]
    place = case.place
    found = next(one for one in result.errors if case.words in one.message) if place else first
    assert case.words in found.message
    assert (found.address or str(found.row or "")) == place
    assert not any(number in one.message for one in result.errors
                   for number in ("97150000001", "0012345678", "100000001"))  # fmt: skip


def test_nothing_of_them_is_applied(house: House, book: Book, tmp_path: Path) -> None:
    before = rows_of(house)
    paths = []
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        made = case.make(book, folder)
        paths.append(made.rename(folder / f"{made.stem}-{number}{made.suffix}"))
        with pytest.raises(InputError, match="còn lỗi"):
            import_list(house.database, house.keyring, read(paths[-1]), house.clock.now())
    sound = book({}).rename(tmp_path / "sound.xlsx")
    errors = import_registers(house.runtime, [sound, *paths], PERIOD, "maker")
    # Here lists of every commune may come.
    found = {path.name for path, case in zip(paths, CASES, strict=True) if case.name != ELSEWHERE}
    assert {error.file for error in errors} == found
    assert rows_of(house) == before


def rows_of(house: House) -> dict[str, int]:
    """How many rows each table about people has."""
    names = ("import_file", "import_row", "heading_mapping", "person", "enrolment", "destination",
             "household", "household_poverty", "disability", "payee", "decision", "person_change",
             "enrolment_change", "field_source", "audit_event")  # fmt: skip
    return {name: int(house.ask(f"select count(*) from {name}")) for name in names}
