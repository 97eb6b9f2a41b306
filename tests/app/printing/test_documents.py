"""The documents say what they must, add up, and stay inert and embedded."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Any, BinaryIO

import pytest

from app.printing.documents.cash_figures import CashColumns, CashFigures, CashKind, Counted
from app.printing.documents.payroll_list import PayrollRow, render_payroll_list
from app.printing.documents.proof_of_cash import render_proof_of_cash
from app.printing.documents.report_page import render_report_page
from app.printing.documents.settlement_sheet import (
    BalanceCheck,
    render_settlement_sheet,
    render_settlement_sheets,
)
from app.printing.documents.statement import render_statement
from app.printing.values import SYNTHETIC_NOTICE, DocumentError
from tests.app.printing import samples
from tests.app.printing.reading import Pdf, read_pdf

Render = Callable[[Any, BinaryIO], None]


def bytes_of(render: Callable[..., None], *values: object) -> bytes:
    out = io.BytesIO()
    render(*values, out)
    return out.getvalue()


def payroll(count: int) -> Pdf:
    header, rows = samples.payroll_header(count), samples.payroll_rows(count)
    return read_pdf(bytes_of(render_payroll_list, header, rows))


OTHERS = [
    (render_settlement_sheet, samples.settlement()),
    (render_statement, samples.statement()),
    (render_report_page, samples.report()),
    (render_proof_of_cash, samples.proof_of_cash()),
    (render_proof_of_cash, samples.worst_cash()),
]


def test_payroll_list_states_totals_words_bridge_and_signers() -> None:
    text = payroll(30).text
    for part in (
        "DANH SÁCH CHI TRẢ TRỢ CẤP",
        "Kỳ chi trả: tháng 10 năm 2026",
        "18.000.000 ₫",
        "Mười tám triệu đồng",
        "Số người: 30; trong đó qua tài khoản: 20 người, 12.000.000 ₫; "
        "tiền mặt: 10 người, 6.000.000 ₫.",
        "Tăng, giảm so với tháng 9/2026",
        "−2.160.000",
        "NGƯỜI PHÊ DUYỆT",
        "Đàm Quốc Ưởng",
        "lúc 12:15 24/09/2026",
        "Mã: 3F2A-91BC-77D0",
    ):
        assert part in text, part


def test_payroll_list_repeats_its_heading_and_numbers_its_pages() -> None:
    pages = payroll(60).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Trang {number}/" in page
        named = any(line.startswith((*samples.NAMES[:3], "Lương Thị")) for line in page)
        assert ("Họ và tên" in page) == named


def test_every_row_is_printed_once_in_order() -> None:
    drawn = [line for page in payroll(200).pages for line in page]
    accounts = [line for line in drawn if line.startswith("****")]
    assert accounts == [f"****{at:04d}" for at in range(200) if at % 3 != 2]


def test_an_empty_payroll_is_a_list_too() -> None:
    assert "Không đồng" in bytes_text(samples.payroll_header(0), [])


def bytes_text(header: object, rows: object) -> str:
    return read_pdf(bytes_of(render_payroll_list, header, rows)).text


@pytest.mark.parametrize("field", ["persons", "total"])
def test_lines_that_differ_from_what_was_approved_are_refused(field: str) -> None:
    header = replace(samples.payroll_header(30), bridge=None)
    header = replace(header, **{field: getattr(header, field) + 1})
    with pytest.raises(DocumentError, match="approved were"):
        render_payroll_list(header, samples.payroll_rows(30), io.BytesIO())


def test_a_bridge_that_leads_elsewhere_is_refused() -> None:
    header = samples.payroll_header(30)
    assert header.bridge is not None
    shorter = replace(header.bridge, changes=header.bridge.changes[1:])
    with pytest.raises(DocumentError, match="bridge"):
        render_payroll_list(replace(header, bridge=shorter), (), io.BytesIO())


def test_three_thousand_lines_stay_small() -> None:
    """How long they take is for `make bench BENCH=payroll` to say."""
    header = samples.payroll_header(3000)
    data = bytes_of(render_payroll_list, header, samples.payroll_rows(3000))
    assert len(data) < 2_000_000


@pytest.mark.parametrize(("render", "value"), OTHERS)
def test_the_other_documents_take_one_page(render: Render, value: object) -> None:
    assert len(read_pdf(bytes_of(render, value)).pages) == 1


@pytest.mark.parametrize(("render", "value"), OTHERS)
def test_made_up_data_says_so_on_every_page(render: Render, value: Any) -> None:
    for page in read_pdf(bytes_of(render, value)).pages:
        assert SYNTHETIC_NOTICE in page
    real = read_pdf(bytes_of(render, replace(value, synthetic=False)))
    assert "synthetic" not in real.text


@pytest.mark.parametrize(("render", "value"), OTHERS)
def test_the_same_values_give_the_same_bytes(render: Render, value: object) -> None:
    assert bytes_of(render, value) == bytes_of(render, value)


@pytest.mark.parametrize(("render", "value"), OTHERS)
def test_only_our_own_fonts_are_used_and_no_letter_is_lost(render: Render, value: object) -> None:
    pdf = read_pdf(bytes_of(render, value))
    assert pdf.fonts
    assert all("+LiberationSerif" in font for font in pdf.fonts)
    assert "?" not in pdf.text


def test_settlement_shows_both_sides_and_no_difference() -> None:
    text = read_pdf(bytes_of(render_settlement_sheet, samples.settlement())).text
    assert text.count("1.205.335.000") == 2
    assert "Các vế và các sổ khớp nhau." in text
    assert samples.settlement().closes


@pytest.mark.parametrize(
    "settlement",
    [
        samples.settlement(replace(samples.TERMS, cash_paid=399_999_999)),
        samples.settlement(replace(samples.TERMS, suspense=0)),
        replace(samples.settlement(), check=BalanceCheck(5_280_000, 5_280_001, 5_280_000)),
    ],
)
def test_a_difference_is_printed_not_hidden(settlement: Any) -> None:
    assert not settlement.closes
    text = read_pdf(bytes_of(render_settlement_sheet, settlement)).text
    assert "KHÔNG khớp: chưa được khóa sổ." in text


def test_many_settlements_make_one_file() -> None:
    pdf = read_pdf(bytes_of(render_settlement_sheets, [samples.settlement()] * 3))
    assert len(pdf.pages) == 3
    with pytest.raises(DocumentError):
        render_settlement_sheets([], io.BytesIO())


def test_statement_keeps_arrears_apart_with_their_decree() -> None:
    lines = read_pdf(bytes_of(render_statement, samples.statement())).pages[0]
    assert lines.index("Truy lĩnh các tháng trước") > lines.index("Trợ cấp hưu trí xã hội")
    for part in (
        "Nghị định 335/2026/NĐ-CP",
        "660.000 ₫",
        "Sáu trăm sáu mươi nghìn đồng",
        "****7890, VietinBank",
        "Đã vào tài khoản ngày 09/10/2026.",
        "Mã kiểm tra: 7QK4-M2ZD",
    ):
        assert any(part in line for line in lines), part


def test_a_statement_without_arrears_or_account_leaves_them_out() -> None:
    plain = replace(samples.statement(), arrears=(), account="", method="Tiền mặt")
    text = read_pdf(bytes_of(render_statement, plain)).text
    assert "Truy lĩnh" not in text
    assert "Tài khoản" not in text


def test_report_page_shows_each_rate_with_both_sides() -> None:
    lines = read_pdf(bytes_of(render_report_page, samples.report())).pages[0]
    at = lines.index("R2")
    assert lines[at + 2 : at + 5] == ["3.320.123.000 đồng", "4.111.605.000 đồng", "80,75%"]
    assert "–" in lines
    assert "KHÔNG ĐẠT" in lines


NASTY = "<b>x</b> &amp; ]]> (\\) \u202eđảo\u0000\n=1+1"


def test_values_are_drawn_as_they_are_never_as_markup() -> None:
    head = replace(samples.paper_head(), programme=NASTY)
    header = replace(samples.payroll_header(0), head=head, persons=1, total=1, bridge=None)
    row = PayrollRow(name=NASTY, born="1941", place=NASTY, group=NASTY, monthly=1, note=NASTY)
    text = bytes_text(header, [row])
    assert "<b>x</b> &amp; ]]> (\\)" in text
    assert "\u202e" not in text


def test_decomposed_letters_are_composed_before_they_are_drawn() -> None:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ưởng")
    text = read_pdf(bytes_of(render_statement, replace(samples.statement(), name=name))).text
    assert "Nguyễn Thị Ưởng" in text


def test_endless_cells_are_cut_and_say_so() -> None:
    header = replace(samples.payroll_header(0), persons=1, total=1, bridge=None)
    row = PayrollRow(name="Ă" * 5000, born="1941", place="x " * 5000, group="", monthly=1)
    pages = read_pdf(bytes_of(render_payroll_list, header, [row])).pages
    assert len(pages) <= 2
    assert sum(line.endswith("…") for line in pages[0]) == 2


def cash_text(figures: CashFigures) -> str:
    proof = replace(samples.proof_of_cash(), figures=figures)
    return " ".join(read_pdf(bytes_of(render_proof_of_cash, proof)).text.split())


def test_proof_of_cash_adds_up_in_every_column() -> None:
    figures = samples.cash_figures()
    columns = (figures.statement, figures.at_opening, figures.at_closing, figures.books)
    assert [one.footing for one in columns] == [0, 0, 0, 0]
    assert not figures.difference
    text = cash_text(figures)
    for row in (
        "1 Theo sao kê 594.640.000 3.300.000 595.690.000 2.250.000",
        "2 Ghi khác kỳ, ở đầu kỳ (1) 50.000 −50.000 0 0",
        "3 Ghi khác kỳ, ở cuối kỳ (1) 0 0 10.000 −10.000",
        "4 Sau điều chỉnh (1 + 2 + 3) 594.690.000 3.250.000 595.700.000 2.240.000",
        "5 Theo sổ kế toán 594.690.000 3.250.000 595.700.000 2.240.000",
        "6 Chênh lệch (5 − 4) 0 0 0 0",
        "A Thu 2 3.250.000 3.250.000 0",
        "1 Đã chi qua tài khoản 503 595.700.000 595.700.000 0",
        "1 Đang chuyển, chưa ghi nợ 1 lệnh 540.000",
        "2 Tiền vào chưa rõ nguồn, chờ xử lý 1 khoản 1.250.000",
        "3 Chưa sử dụng 450.000",
        "Khớp: chênh lệch 0 ₫ ở cả bốn cột.",
        "Sổ kế toán đến mắt xích 3.260: 3f52e642",
        "NGƯỜI LẬP (Ký, ghi rõ họ tên) Nông Thị Hòa",
    ):
        assert row in text, row


FAULTS = [
    ({"books": CashColumns(594_690_000, 3_255_000, 595_700_000, 2_245_000)},
     "thu: sổ nhiều hơn sao kê 5.000 ₫; số dư cuối kỳ: sổ nhiều hơn sao kê 5.000 ₫"),
    ({"statement": CashColumns(594_640_001, 3_300_000, 595_690_000, 2_250_000)},
     "số dư đầu kỳ: sổ ít hơn sao kê 1 ₫; bốn cột của sao kê lệch nhau 1 ₫"),
    ({"payments": (CashKind("Phí", 1, 7, 0), CashKind("Nộp trả Kho bạc", 0, 0, 7))},
     "Phí: sổ ít hơn sao kê 7 ₫; Nộp trả Kho bạc: sổ nhiều hơn sao kê 7 ₫"),
    ({"unposted": Counted(2, -70_000)}, "2 dòng sao kê chưa ghi sổ, -70.000 ₫"),
    ({"unstated": 2}, "chưa có sao kê của tháng 10/2026 (2 tài khoản)"),
    ({"instructions": Counted()}, "tiền đang chuyển khác các lệnh chưa xong 540.000 ₫"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), FAULTS)
def test_proof_of_cash_says_what_does_not_agree(changes: dict[str, Any], words: str) -> None:
    assert f"KHÔNG khớp: {words}." in cash_text(replace(samples.cash_figures(), **changes))
