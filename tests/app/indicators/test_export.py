"""The report's files: right figures, inert cells, the same bytes twice."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO

import openpyxl
import pytest

from app.indicators.export import HEADINGS, inert, write_report_csv, write_report_xlsx
from app.indicators.printed import page
from app.indicators.rates import Counts, CutOffs, figures
from app.indicators.report import CashlessReport, CommuneRow
from app.printing.documents.report_page import ProofLine
from app.printing.values import SYNTHETIC_NOTICE, Letterhead

NOW = datetime(2026, 10, 20, 1, 0, tzinfo=UTC)
MOMENTS = CutOffs(NOW, NOW, NOW)
BOTH = (
    Counts(listed=10, paid=8, cashless=4, mixed=1, covered=5, credited=2_680_000, cash=640_000),
    Counts(listed=2, paid=0, cashless=0, mixed=0, covered=0, credited=0, cash=0),
)
REPORT = CashlessReport(
    period="2026-10",
    scenario="cao-bang-2026-10",
    area_code="04",
    area="Tỉnh Cao Bằng",
    figures=tuple(figures(BOTH[0] + BOTH[1], NOW, MOMENTS, final=False)),
    communes=(CommuneRow("01273", "Thục Phán", BOTH[0]), CommuneRow("01288", "=cmd()", BOTH[1])),
    synthetic=True,
)


def written(write: Callable[[CashlessReport, BinaryIO], None], report: CashlessReport) -> bytes:
    out = io.BytesIO()
    write(report, out)
    return out.getvalue()


def csv_rows(report: CashlessReport) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(write_report_csv, report).decode("utf-8-sig"))))


def test_csv_has_one_row_per_area_and_figure() -> None:
    head, *rows = csv_rows(REPORT)
    assert head == list(HEADINGS)
    assert [row[2] for row in rows] == ["R1", "R1b", "R2", "R3"] * 3
    assert rows[2][:8] == [
        *("04", "Tỉnh Cao Bằng", "R2", "Tỷ lệ số tiền trả không dùng tiền mặt"),
        *("2680000", "3320000", "80.72", "đồng"),
    ]
    assert rows[2][8:] == [
        *("08:00 20/10/2026", "08:00 20/10/2026", "v1", "2026-10"),
        f"{SYNTHETIC_NOTICE} (cao-bang-2026-10)",
    ]


def test_a_rate_without_a_denominator_is_empty() -> None:
    row = csv_rows(REPORT)[9]
    assert row[:3] == ["01288", "'=cmd()", "R1"]
    assert row[4:7] == ["0", "0", ""]


def test_csv_starts_with_the_mark_excel_needs() -> None:
    assert written(write_report_csv, REPORT).startswith(b"\xef\xbb\xbf")


def sheets(report: CashlessReport) -> dict[str, Any]:
    book = openpyxl.load_workbook(io.BytesIO(written(write_report_xlsx, report)))
    return {sheet.title: sheet for sheet in book}


def test_xlsx_has_numbers_as_numbers_and_text_as_text() -> None:
    whole, communes = sheets(REPORT)["Toàn khu vực"], sheets(REPORT)["Theo xã"]
    assert [cell.value for cell in whole[4]] == list(HEADINGS)
    assert [cell.value for cell in whole[7]][4:7] == [2_680_000, 3_320_000, 80.72]
    assert whole["A5"].value == "04"
    assert communes["A5"].value == "01273"
    assert communes["B9"].value == "=cmd()"


def test_no_cell_is_a_formula() -> None:
    assert not has_formulas(REPORT)


def has_formulas(report: CashlessReport) -> bool:
    """Whether the file itself holds a formula (openpyxl takes "=..." text for one)."""
    with zipfile.ZipFile(io.BytesIO(written(write_report_xlsx, report))) as archive:
        names = [name for name in archive.namelist() if "worksheets" in name]
        return any(b"<f>" in archive.read(name) for name in names)


@pytest.mark.parametrize("write", [write_report_csv, write_report_xlsx])
def test_the_same_report_gives_the_same_bytes(
    write: Callable[[CashlessReport, BinaryIO], None],
) -> None:
    assert written(write, REPORT) == written(write, REPORT)


def test_real_data_carries_no_notice() -> None:
    real = replace(REPORT, synthetic=False)
    assert SYNTHETIC_NOTICE not in written(write_report_csv, real).decode()
    assert sheets(real)["Toàn khu vực"]["A2"].value is None


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", " =1", "＝1", "\nx"])
def test_active_text_is_quoted(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Thục Phán", "a=1", "'=1", "1-2", "04"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert inert(text) == text


def test_the_printed_page_takes_the_same_figures() -> None:
    head = Letterhead("Ủy ban nhân dân tỉnh Cao Bằng", "Sở Y tế", "Cao Bằng", NOW.date())
    printed = page(REPORT, head, [ProofLine("x", True, "0")])
    assert [rate.percent for rate in printed.rates] == ["50,00%", "33,33%", "80,72%", "41,67%"]
    assert printed.rates[2].unit == "đồng"
    assert printed.synthetic
