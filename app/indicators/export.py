"""The report as XLSX and CSV. Cells are inert: no text in them can become a formula or link."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from app.clock import TIME_ZONE
from app.indicators.rates import Figure
from app.indicators.report import AreaFigures, CashlessReport, figure_name, figure_unit
from app.printing.values import SYNTHETIC_NOTICE
from ledger.export.cells import inert

HEADINGS = (
    *("Mã khu vực", "Khu vực", "Mã chỉ số", "Chỉ số", "Tử số", "Mẫu số", "Tỷ lệ (%)", "Đơn vị"),
    *("Tính đến", "Chốt số liệu", "Định nghĩa", "Kỳ", "Dữ liệu"),
)
_WIDTHS = (11, 26, 9, 48, 18, 18, 10, 8, 17, 17, 11, 9, 30)
# Beyond this a spreadsheet's number is no longer exact.
_EXACT = 2**53

Cell = str | int | Decimal


def write_report_csv(report: CashlessReport, out: BinaryIO) -> None:
    """One row per area and figure, UTF-8 with a mark so that Excel shows the accents.

    Numbers are plain (no grouping, a decimal point); an undefined rate is empty.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in _rows(report):
        writer.writerow(inert(cell) if isinstance(cell, str) else cell for cell in row)
    text.flush()
    text.detach()  # `out` belongs to the caller and stays open


def write_report_xlsx(report: CashlessReport, out: BinaryIO) -> None:
    """Two sheets, the area and its communes. The same report gives the same bytes."""
    options = {
        "constant_memory": False,
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": _title(report), "created": _created(report)})
    areas = list(report.areas())
    _write_sheet(book, "Toàn khu vực", report, areas[:1])
    _write_sheet(book, "Theo xã", report, areas[1:])
    book.close()


def _rows(report: CashlessReport) -> Iterator[tuple[Cell, ...]]:
    for area in report.areas():
        for each in area.figures:
            yield _row(report, area, each)


def _row(report: CashlessReport, area: AreaFigures, each: Figure) -> tuple[Cell, ...]:
    return (
        *(area.code, area.name, each.code, figure_name(each), each.n, each.d),
        Decimal(each.percent) if each.percent is not None else "",
        figure_unit(each),
        *(_moment(each.as_of), _moment(each.cut_off), each.definition, report.period),
        _kind(report),
    )


def _write_sheet(
    book: Any, name: str, report: CashlessReport, areas: Sequence[AreaFigures]
) -> None:
    sheet = book.add_worksheet(name)
    bold = book.add_format({"bold": True})
    heading = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#E6E6E6", "border": 1})
    formats: dict[type, Any] = {
        int: book.add_format({"num_format": "#,##0"}),
        Decimal: book.add_format({"num_format": "0.00"}),
    }
    sheet.write_string(0, 0, _title(report), bold)
    if report.synthetic:
        sheet.write_string(1, 0, _kind(report), bold)
    for column, (text, wide) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
        sheet.set_column(column, column, wide)
        sheet.write_string(3, column, text, heading)
    rows = (_row(report, area, each) for area in areas for each in area.figures)
    for line, row in enumerate(rows, 4):
        for column, cell in enumerate(row):
            _write_cell(sheet, line, column, cell, formats.get(type(cell)))
    sheet.freeze_panes(4, 0)
    _set_paper(sheet, report)


def _write_cell(sheet: Any, line: int, column: int, cell: Cell, look: Any) -> None:
    if cell == "":
        return
    if isinstance(cell, str) or not -_EXACT <= cell <= _EXACT:
        sheet.write_string(line, column, str(cell))
    else:
        sheet.write_number(line, column, cell, look)


def _set_paper(sheet: Any, report: CashlessReport) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)
    # "&" begins a code in a footer, so it is doubled in text.
    sheet.set_footer(f"&L{_kind(report).replace('&', '&&')}&RTrang &P/&N")


def _title(report: CashlessReport) -> str:
    return f"Tỷ lệ chi trả không dùng tiền mặt, {report.area}, kỳ {report.period}"


def _kind(report: CashlessReport) -> str:
    if not report.synthetic:
        return ""
    return f"{SYNTHETIC_NOTICE} ({report.scenario})" if report.scenario else SYNTHETIC_NOTICE


def _moment(value: datetime) -> str:
    return f"{value.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"


def _created(report: CashlessReport) -> datetime:
    moments = [each.as_of for each in report.figures]
    latest = max(moments, default=datetime(1980, 1, 1, tzinfo=UTC))
    return latest.astimezone(UTC).replace(tzinfo=None)  # the format has no time zone
