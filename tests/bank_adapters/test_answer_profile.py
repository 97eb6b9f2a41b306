"""Answers by a profile: columns, words, amounts, days, code page and totals are data."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import openpyxl
import pytest

from bank_adapters.contract import BankLine, BankReport, LineKind, Method
from bank_adapters.csvlist import ANSWER_TEXT
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats.answer_profile import AnswerProfile, load
from bank_adapters.formats.answer_reader import read_answer
from bank_adapters.formats.list_text import for_code_page

# Illustrative, as banks' portals give such files: a letterhead, words, a row of totals below.
PORTAL = load("""
format = "csv"
delimiter = ";"
heading_row = 4
thousands = "."
decimal = ","
day = "%d-%m-%Y"
totals = ["Tổng cộng"]
[results]
"Thành công" = "paid"
"Không thành công" = "unpaid"
"Đang xử lý" = "PDNG"
"Từ chối" = "RJCT"
[reasons]
"Tài khoản đã đóng" = "AC04"
[[head]]
label = "Số lô"
field = "message_id"
[[columns]]
heading = "STT"
[[columns]]
heading = "Số tiền"
field = "amount"
[[columns]]
heading = "Mã giao dịch"
field = "reference"
[[columns]]
heading = "Trạng thái"
field = "result"
[[columns]]
heading = "Diễn giải"
field = "reason"
[[columns]]
heading = "Ngày"
field = "day"
""")
HEADINGS = ["STT", "Số tiền", "Mã giao dịch", "Trạng thái", "Diễn giải", "Ngày"]
PAID = ["1", "1.500.000", "r1", "Thành công", "", "06-10-2026"]
CLOSED = ["2", "500.000,00", "R2", "KHÔNG THÀNH CÔNG", "Tài khoản đã đóng", ""]
PENDING = ["3", "700000", "R3", "Đang xử lý", "", ""]
REFUSED = ["4", "300.000", "R4", "Từ chối", "AC01", ""]
TOTAL = ["Tổng cộng: 2", "2.000.000", "", "", "", ""]
BOOK = replace(PORTAL, format="xlsx", text_amounts=True)
Grid = Sequence[Sequence[Any]]


def grid(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Grid:
    return [["NGÂN HÀNG MẪU"], ["", "Số lô:", "AS1"], [], headings, *rows]


def csv_of(rows: Grid, encoding: str = "utf-8-sig") -> bytes:
    return "\r\n".join(";".join(map(str, row)) for row in rows).encode(encoding)


def xlsx_of(rows: Grid) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def read(data: bytes, profile: AnswerProfile = PORTAL) -> tuple[BankReport, list[BankLine]]:
    found = read_answer(io.BytesIO(data), profile)
    return found, list(found.lines)


@pytest.mark.parametrize("profile", [PORTAL, BOOK], ids=["csv", "xlsx"])
def test_words_amounts_days_and_totals(profile: AnswerProfile) -> None:
    rows = grid(PAID, CLOSED, TOTAL, ["", "", "", "Người lập"])
    found, lines = read((csv_of if profile is PORTAL else xlsx_of)(rows), profile)
    assert (found.report_id, found.account, found.opening, found.faults) == ("AS1-KQ", "", None, [])
    assert [(line.kind, line.amount, line.reference) for line in lines] == [
        (LineKind.PAID, 1_500_000, "R1"),
        (LineKind.UNPAID, 500_000, "R2"),
    ]
    assert (lines[0].value_date, lines[1].reason) == (date(2026, 10, 6), "AC04")
    assert {line.bank_reference for line in lines} == {"AS1/R1", "AS1/R2"}


def test_iso_words_are_statuses() -> None:
    _, lines = read(csv_of(grid(PENDING, REFUSED)))
    assert [(line.kind, line.status, line.remittance) for line in lines] == [
        (LineKind.STATUS, "PDNG", "Đang xử lý"),
        (LineKind.STATUS, "RJCT", "Từ chối"),
    ]


@pytest.mark.parametrize("word", ["Thành công một phần", "Thanh cong", ""])
def test_a_word_that_is_not_in_the_profile_is_never_guessed(word: str) -> None:
    """The line moves nothing, and the file waits for a person."""
    found, (line, _) = read(csv_of(grid([*PAID[:3], word, *PAID[4:]], CLOSED)))
    assert (line.kind, line.status) == (LineKind.STATUS, word.upper())
    (fault,) = found.faults
    assert f"kết quả “{word}” lạ ở 1 dòng" in fault
    assert "dòng 5" in fault
    assert "cần người xem" in fault


def test_a_word_against_its_sheet_is_not_guessed_either() -> None:
    profile = replace(BOOK, sheets=(("", "paid"),))
    found, (line,) = read(xlsx_of(grid(CLOSED)), profile)
    assert line.kind is LineKind.STATUS
    assert found.faults


@pytest.mark.parametrize("encoding", ["utf-8-sig", "windows-1258", "utf-16"])
def test_code_pages(encoding: str) -> None:
    """Windows 1258 writes the tones as letters of their own."""
    text = csv_of(grid(PAID, CLOSED, TOTAL)).decode("utf-8-sig")
    data = for_code_page(text, encoding).encode(encoding)
    profile = replace(PORTAL, encoding=encoding)
    _, lines = read(data, profile)
    assert [line.kind for line in lines] == [LineKind.PAID, LineKind.UNPAID]
    with pytest.raises(Unreadable):
        read(data, replace(PORTAL, encoding="ascii"))


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (grid(PAID, headings=["STT", "Tiền", *HEADINGS[2:]]), "B4 phải là “Số tiền”"),
        (grid(PAID, headings=[*HEADINGS, "Thêm"]), "dòng 4 của tệp CSV có 7 cột, phải là 6"),
        (grid(PAID[:5]), "dòng 5 của tệp CSV có 5 cột"),
        ([["Số lô", "AS1"], ["Số lô", "AS2"], [], HEADINGS, PAID], "có nhiều nhãn “Số lô”"),
        ([[], [], [], HEADINGS, PAID], "thiếu nhãn “Số lô”"),
        (grid(PAID, TOTAL, CLOSED), "còn dòng chi sau dòng tổng cộng"),
        (grid(["1", "1.50.000", *PAID[2:]]), "B5 phải là số nguyên"),
        (grid(["1", "1,5", *PAID[2:]]), "B5 phải là số nguyên"),
        (grid(["1", "=1+1", *PAID[2:]]), "B5 phải là số nguyên"),
        (grid(["1", "-5", *PAID[2:]]), "B5 phải là số nguyên"),
        (grid(["1", "\u0661", *PAID[2:]]), "B5 phải là số nguyên"),
        (grid([*PAID[:5], "2026-10-06"]), "không phải ngày dạng 31-12-2026"),
    ],
)
def test_what_is_not_as_agreed_is_refused_by_its_cell(rows: Grid, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read(csv_of(rows))


def test_a_formula_without_a_figure_is_no_amount() -> None:
    """Nobody calculated it: there is nothing to read."""
    with pytest.raises(Unreadable, match="B5 phải là số nguyên"):
        read(xlsx_of(grid(["1", "=500000*3", *PAID[2:]])), BOOK)


def test_a_total_that_does_not_fit_and_a_line_named_twice() -> None:
    wrong = ["Tổng cộng", "1", "", "", "", ""]
    found, _ = read(csv_of(grid(PAID, PAID, wrong)))
    assert len(found.faults) == 2
    assert all("không cân" in told for told in found.faults)


def test_a_payment_whose_payee_is_called_like_a_total_is_a_payment() -> None:
    _, lines = read(csv_of(grid(["Tổng cộng", *PAID[1:]])))
    assert [line.reference for line in lines] == ["R1"]


def test_cash_by_profile_and_the_batch_in_every_line() -> None:
    profile = replace(
        PORTAL,
        method=Method.CASH,
        head=(),
        columns=(("STT", "message_id"), *PORTAL.columns[1:]),
    )
    found, lines = read(csv_of(grid(["AS7", *PAID[1:]])), profile)
    assert (found.message_id, lines[0].kind) == ("AS7", LineKind.PAID_CASH)
    with pytest.raises(Unreadable, match="nhiều mã lô: AS7, AS8"):
        read(csv_of(grid(["AS7", *PAID[1:]], ["AS8", *CLOSED[1:]])), profile)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('format = "csv"', 'format = "pdf"', "csv hoặc xlsx"),
        ('format = "csv"', 'formats = "csv"', "mục lạ: formats"),
        ("heading_row = 2", "heading_row = 0", "heading_row từ 1"),
        ('encoding = "utf-8-sig"', 'encoding = "x"', "không có bảng mã"),
        ('"Đã chi" = "paid"', '"Đã chi" = "OK"', "nghĩa lạ"),
        ('field = "amount"', 'field = "sum"', "cột lạ"),
        ('field = "voucher"', 'field = "reason"', "một trường đứng ở hai cột"),
        ('field = "result"', "", "phải có cột result"),
        ('field = "message_id"', "", "phải có message_id"),
        ('delimiter = ";"', 'thousands = "."\ndecimal = "."', "hai ký tự khác nhau"),
        ('"Tiền mặt" = "cash"', '"Tiền mặt" = "coins"', "sai mục"),
        ("[results]", "[results", "không phải TOML"),
    ],
)
def test_a_profile_that_cannot_be_understood_is_refused(old: str, new: str, why: str) -> None:
    assert old in ANSWER_TEXT
    with pytest.raises(Refused, match=why):
        load(ANSWER_TEXT.replace(old, new))
