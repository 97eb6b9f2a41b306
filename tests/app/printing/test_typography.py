"""What Decree 30/2020/ND-CP asks of a page, and what somebody would see at once on paper."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from app.printing import fonts
from app.printing.documents.decision_letter import Letter, render_letters
from app.printing.documents.insurance_list import (
    InsuranceHead,
    InsuranceLine,
    render_insurance_list,
)
from app.printing.documents.payroll_list import BridgeLine, render_payroll_list
from app.printing.documents.posting import render_posting
from app.printing.documents.sign_for import render_sign_for
from app.printing.documents.treasury_table import render_treasury_table
from app.printing.fonts import BOLD, REGULAR
from app.printing.spreadsheet import FIRST_ROW, SheetColumn, SheetWriter, open_workbook
from app.printing.wrapping import balanced, width, wrap
from tests.app.printing import paper_samples as papers
from tests.app.printing import samples
from tests.app.printing.reading import Drawn, read_pdf
from tests.app.printing.test_papers import PAPERS, drawn

MM = 72 / 25.4
SHORT, LONG = 210 * MM, 297 * MM


@cache
def letter() -> bytes:
    """A letter of two pages."""
    article = ("Bà Nông Thị Ưởng được hưởng trợ cấp hưu trí xã hội. " * 24,)
    one = Letter(
        letterhead=replace(
            samples.HEAD, body="Ủy ban nhân dân phường Nùng Trí Cao", number="1/QĐ-UBND"
        ),
        authority="Chủ tịch Ủy ban nhân dân phường Nùng Trí Cao",
        about="Về việc hưởng trợ cấp hưu trí xã hội",
        grounds=("Căn cứ Luật Bảo hiểm xã hội số 41/2024/QH15 ngày 29 tháng 6 năm 2024",),
        articles=(article, article, article),
        recipients=("Như Điều 3", "Lưu: VT, VHXH"),
        signer_title="Chủ tịch",
        signer="Đàm Quốc Ưởng",
    )
    out = io.BytesIO()
    render_letters([one], out, synthetic=True)
    return out.getvalue()


def insurance(count: int) -> bytes:
    """Cards that begin, `count` of them, and none that ends."""
    head = InsuranceHead(samples.HEAD, "2026-10", ("Đối chiếu trước khi gửi.",), synthetic=True)
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    who = ("Nông Thị Ưởng", "1941", "Nữ", "0" * 12, "Tổ 1", "BT", "Người hưởng", "Mới")
    line = InsuranceLine(*who, first, last)
    out = io.BytesIO()
    render_insurance_list(head, (("Tăng", ()), ("Giảm", [line] * count)), out)
    return out.getvalue()


@cache
def pages(name: str) -> list[list[Drawn]]:
    """The pages of a paper of some length."""
    if name in PAPERS:
        render, _, header, rows = PAPERS[name]
        return read_pdf(drawn(render, header(40), rows(40))).placed
    return read_pdf(letter() if name == "letter" else insurance(30)).placed


@pytest.mark.parametrize("name", [*PAPERS, "insurance", "letter"])
def test_nothing_but_page_numbers_stands_in_the_margins(name: str) -> None:
    across, down = (SHORT, LONG) if name in ("posting", "letter") else (LONG, SHORT)
    for page in pages(name):
        for one in page:
            assert one.x >= 30 * MM - 0.1, one
            assert one.x + width(one.text, REGULAR, one.size) <= across - 15 * MM + 0.5, one
            if one.y < 20 * MM - 0.1:
                assert one.size == 8.5, one
            elif one.y > down - 20 * MM:
                assert one.text.isdecimal(), one


def find(page: list[Drawn], text: str) -> Drawn:
    return next(one for one in page if one.text == text)


@pytest.mark.parametrize("name", ["payroll", "posting", "letter"])
def test_the_head_has_letters_of_the_decrees_size(name: str) -> None:
    page = pages(name)[0]
    assert find(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").size in (12, 13)
    assert find(page, "Độc lập - Tự do - Hạnh phúc").size in (13, 14)
    assert find(page, "Thục Phán, ngày 24 tháng 9 năm 2026").size in (13, 14)
    assert next(one for one in page if one.text.startswith("Số: ")).size == 13


def test_a_long_body_is_broken_where_a_person_would() -> None:
    read = read_pdf(letter())
    first, last = read.pages[0], read.pages[-1]
    at = first.index("ỦY BAN NHÂN DÂN")
    assert first[at - 1 : at + 2] == [
        "UBND TỈNH CAO BẰNG",
        "ỦY BAN NHÂN DÂN",
        "PHƯỜNG NÙNG TRÍ CAO",
    ]
    assert "2" in last
    assert "Đàm Quốc Ưởng" in last
    assert "LiberationSerif-BoldItalic" in " ".join(read.fonts)


@pytest.mark.parametrize("count", range(3, 27, 2))
def test_nobody_signs_a_page_without_a_row(count: int) -> None:
    """Whatever the length, the last row stands above the signatures."""
    header = papers.sign_header(count)
    posting = read_pdf(drawn(render_posting, samples.paper_head(), papers.posting_rows(count)))
    signing = read_pdf(drawn(render_sign_for, header, papers.sign_rows(count)))
    assert "540.000" in posting.pages[-1]
    assert "Nông Thị Ưởng" in read_pdf(insurance(count)).pages[-1]
    assert papers.place_of(count - 1) in signing.pages[-1]
    for page in signing.pages:
        if "NGƯỜI CHI TIỀN" in page:
            assert any(line.split()[0] in papers.FAMILY for line in page)


@pytest.mark.parametrize("count", range(1, 20, 2))
def test_the_changes_end_on_the_page_that_is_signed(count: int) -> None:
    changes = tuple(BridgeLine(f"Thay đổi {at}", 0, 0) for at in range(count))
    header, treasury = samples.payroll_header(3), papers.treasury_header(3)
    assert header.bridge is not None
    assert treasury.bridge is not None
    header = replace(
        header, bridge=replace(header.bridge, changes=(*header.bridge.changes, *changes))
    )
    treasury = replace(
        treasury, bridge=replace(treasury.bridge, changes=(*treasury.bridge.changes, *changes))
    )
    last = read_pdf(drawn(render_payroll_list, header, samples.payroll_rows(3))).pages[-1]
    assert {"NGƯỜI LẬP", "Danh sách tháng 10/2026", f"Thay đổi {count - 1}"} <= {*last}
    last = read_pdf(drawn(render_treasury_table, treasury, papers.treasury_rows(3))).pages[-1]
    assert {"NGƯỜI LẬP", "CỘNG", f"Thay đổi {count - 1}"} <= {*last}


def test_every_page_of_a_hamlet_names_it() -> None:
    signed = pages("sign-for")
    assert len(signed) > 5
    for page in signed[:-1]:
        assert any(one.text.startswith("Tổ ") for one in page)


@given(st.lists(st.text("ABCÔỰ", min_size=1, max_size=9), min_size=1), st.floats(40, 400))
def test_balanced_lines_are_as_few_and_say_the_same(words: list[str], room: float) -> None:
    fonts.register()
    text = " ".join(words)
    even, greedy = balanced(text, BOLD, 12, room), wrap(text, BOLD, 12, room)
    assert len(even) == len(greedy)
    assert "".join(even).replace(" ", "") == "".join(greedy).replace(" ", "")
    assert max(width(one, BOLD, 12) for one in even) <= room + 0.01


def test_a_long_text_of_a_spreadsheet_takes_the_lines_it_needs() -> None:
    out = io.BytesIO()
    columns = (SheetColumn("Kỳ trước chuyển sang", 10), SheetColumn("Ghi chú", 40, wrap=True))
    book = open_workbook(out, "Thử", samples.NOON, streaming=True)
    writer = SheetWriter(book, "Thử", columns, title="Thử")
    for note in ("ngắn", "dài " * 40, "hai\ndòng"):
        writer.row((1, note))
    book.close()
    sheet = load_workbook(out)["Thử"]
    heights = [sheet.row_dimensions[FIRST_ROW + at].height for at in range(4)]
    assert heights == [45, None, 75, 30]
    assert sheet.cell(FIRST_ROW + 2, 2).alignment.wrap_text
    assert sheet.cell(FIRST_ROW, 1).font.name == "Times New Roman"
