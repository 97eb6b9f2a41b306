"""The report as XLSX and CSV. Cells are inert: no text in them can become a formula or link."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from app.clock import TIME_ZONE
from app.indicators.rates import Figure
from app.indicators.report import AreaFigures, CashlessReport, figure_name, figure_unit
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from app.printing.values import SYNTHETIC_NOTICE
from ledger.export.cells import inert

HEADINGS = (
    *("Mã khu vực", "Khu vực", "Mã chỉ số", "Chỉ số", "Tử số", "Mẫu số", "Tỷ lệ (%)", "Đơn vị"),
    *("Tính đến", "Chốt số liệu", "Định nghĩa", "Kỳ", "Dữ liệu"),
)
_WIDTHS = (11, 26, 9, 48, 18, 18, 10, 8, 17, 17, 11, 9, 30)


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
    book = open_workbook(out, _title(report), _created(report), streaming=False)
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
    columns = [SheetColumn(*pair) for pair in zip(HEADINGS, _WIDTHS, strict=True)]
    sheet = SheetWriter(book, name, columns, title=_title(report), note=_kind(report))
    for area in areas:
        for each in area.figures:
            sheet.row(_row(report, area, each))


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
    return max(moments, default=datetime(1980, 1, 1, tzinfo=UTC))
