"""Papers of a payroll at their edges: nobody, one, a full page, long names, large sums, many."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from app.printing.documents.paper_head import with_last
from app.printing.documents.payroll_list import PayrollRow, render_payroll_list
from app.printing.documents.payroll_sheet import write_payroll_sheet
from app.printing.documents.posting import PostingRow, posting_digest, render_posting
from app.printing.documents.posting_sheet import write_posting_sheet
from app.printing.documents.sign_for import SignRow, render_sign_for
from app.printing.documents.sign_for_sheet import write_sign_for_sheet
from app.printing.documents.treasury_sheet import write_treasury_sheet
from app.printing.documents.treasury_table import (
    NO_CHANGES,
    TreasuryRow,
    render_treasury_table,
)
from app.printing.spreadsheet import FIRST_ROW
from app.printing.values import DocumentError
from tests.app.printing import paper_samples as papers
from tests.app.printing import samples
from tests.app.printing.reading import Pdf, read_pdf

MOST = 99_999_999_999_999
LONG = "Hoàng Phủ Ngọc Ằng Nguyễn Thị Ễnh Ương Trần Lê Ự Quỳnh Hương"
FAMILIES = {*papers.FAMILY, "H'Hen"}
SIGNERS = {one.name for one in samples.SIGNATURES}
Made = tuple[Callable[..., Any], Callable[..., Any], Callable[[int], Any], Callable[..., Any]]
PAPERS: dict[str, Made] = {
    "payroll": (
        render_payroll_list, write_payroll_sheet, samples.payroll_header, samples.payroll_rows
    ),
    "treasury": (
        render_treasury_table, write_treasury_sheet, papers.treasury_header, papers.treasury_rows
    ),
    "sign-for": (render_sign_for, write_sign_for_sheet, papers.sign_header, papers.sign_rows),
    "posting": (
        render_posting, write_posting_sheet, lambda _: samples.paper_head(), papers.posting_rows
    ),
}  # fmt: skip


def pdf(name: str, count: int) -> Pdf:
    render, _, header, rows = PAPERS[name]
    return read_pdf(drawn(render, header(count), rows(count)))


def drawn(render: Callable[..., Any], *values: Any) -> bytes:
    out = io.BytesIO()
    render(*values, out)
    return out.getvalue()


@pytest.mark.parametrize("name", PAPERS)
def test_three_thousand_lines_on_paper_take_at_most_four_seconds(name: str) -> None:
    render, _, header, rows = PAPERS[name]
    values = header(3_000), list(rows(3_000))
    started = time.process_time()
    data = drawn(render, *values)
    assert time.process_time() - started < 4
    assert len(data) < 3_000_000


@pytest.mark.parametrize("name", PAPERS)
def test_three_thousand_lines_as_a_spreadsheet_take_at_most_four_seconds(name: str) -> None:
    _, write, header, rows = PAPERS[name]
    values = header(3_000), rows(3_000)
    out = io.BytesIO()
    started = time.process_time()
    write(*values, out, samples.NOON)
    assert time.process_time() - started < 4
    assert out.getvalue()[:2] == b"PK"


@pytest.mark.parametrize("name", PAPERS)
def test_every_page_has_its_number_and_the_code(name: str) -> None:
    pages = pdf(name, 90).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"Trang {number}/" in page
        assert "Mã kiểm tra: 3F2A-91BC-77D0" in page


@pytest.mark.parametrize("name", ["payroll", "treasury", "sign-for"])
@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_are_lists_too(name: str, count: int) -> None:
    text = pdf(name, count).text
    assert ("Không đồng" if count == 0 else "Năm trăm bốn mươi nghìn đồng") in text


@pytest.mark.parametrize("name", PAPERS)
def test_no_total_and_no_heading_stands_alone(name: str) -> None:
    """Whatever the length, the last row stands on the page of its total or of its signatures."""
    for count in range(6, 20):
        for page in pdf(name, count).pages:
            headings = sum(line in ("Họ và tên", "Họ và tên, năm sinh") for line in page)
            first = {line.split()[0] for line in page if line not in SIGNERS}
            assert first & FAMILIES or not headings, (count, page)


def test_a_long_name_is_shown_whole_and_a_large_sum_on_one_line() -> None:
    treasury = papers.treasury_header(1, MOST)
    row = TreasuryRow(LONG, "12345678901234567890", "Ngân hàng A", MOST)
    sign = SignRow(LONG, LONG, "1941", LONG, MOST)
    for data in (
        drawn(render_treasury_table, treasury, [row]),
        drawn(render_sign_for, papers.sign_header(1, MOST), [sign]),
        drawn(render_posting, samples.paper_head(), [PostingRow(LONG, LONG, "1941", LONG, MOST)]),
        drawn(
            render_payroll_list,
            replace(samples.payroll_header(0), persons=1, total=MOST, bridge=None),
            [PayrollRow(LONG, "1941", LONG, LONG, MOST)],
        ),
    ):
        read = read_pdf(data)
        assert LONG in " ".join(read.text.split())
        assert "99.999.999.999.999" in [line for page in read.pages for line in page]
    assert "12345678901234567890" in read_pdf(drawn(render_treasury_table, treasury, [row])).text


def test_accounts_that_take_something_else_than_was_approved_are_refused() -> None:
    header = papers.treasury_header(3)
    short = replace(header.accounts[0], amount=header.total - 1)
    with pytest.raises(DocumentError, match="the accounts take"):
        drawn(render_treasury_table, replace(header, accounts=(short,)), papers.treasury_rows(3))


@pytest.mark.parametrize("name", ["treasury", "sign-for", "payroll"])
def test_rows_that_differ_from_what_was_approved_are_refused(name: str) -> None:
    render, write, header, rows = PAPERS[name]
    with pytest.raises(DocumentError, match="approved were"):
        drawn(render, header(5), rows(4))
    with pytest.raises(DocumentError, match="approved were"):
        write(header(5), rows(4), io.BytesIO(), samples.NOON)


def test_without_a_month_before_the_second_part_says_so() -> None:
    header = papers.treasury_header(1, bridged=False)
    assert (
        NO_CHANGES in read_pdf(drawn(render_treasury_table, header, papers.treasury_rows(1))).text
    )


def test_a_text_is_never_a_formula() -> None:
    rows = [PostingRow("-1", "=1+1", "@1", "+1", 1)]
    out = io.BytesIO()
    write_posting_sheet(samples.paper_head(), rows, out, samples.NOON)
    cells = load_workbook(io.BytesIO(out.getvalue()))["Niêm yết"][FIRST_ROW + 1]
    assert [cell.value for cell in cells] == ["-1", 1, "=1+1", "@1", "+1", 1]
    assert [cell.data_type for cell in cells] == ["s", "n", "s", "s", "s", "n"]
    assert [bool(cell.quotePrefix) for cell in cells] == [True, False, True, True, True, False]


def test_the_code_of_a_posting_is_that_of_its_rows() -> None:
    rows = list(papers.posting_rows(2))
    first = posting_digest("a", rows)
    assert first == posting_digest("a", iter(rows))
    changed = [rows[0], replace(rows[1], amount=1)]
    others = [
        posting_digest("b", rows),
        posting_digest("a", changed),
        posting_digest("a", rows[:1]),
    ]
    assert len({first, *others}) == 4


def test_the_last_of_a_stream_is_known() -> None:
    assert list(with_last([])) == []
    assert list(with_last("ab")) == [("a", False), ("b", True)]
