"""An empty take-over file for the officers of the older system."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from app.takeover import headings as h

HEADING_ROW = 5
_WIDTH = 20
_LAST_ROW = 1_000
_TITLES = {
    h.BALANCES: "SỐ DƯ CỦA HỆ THỐNG CŨ, đến hết ngày chốt. Mỗi dòng một loại số dư của một nơi.",
    h.UNPAID: "CÁC KHOẢN CHƯA TRẢ đến hết ngày chốt. Mỗi dòng một người, một kỳ, một khoản.",
}
_NOTES = {
    h.BALANCES: "Bên Nợ và bên Có của mỗi nơi phải bằng nhau. Tiền đang chuyển phải bằng 0.",
    h.UNPAID: "Cộng theo từng nơi phải bằng dòng “Trợ cấp phải trả” ở trang “Số dư”.",
}


def write_template(path: Path) -> Path:
    """Write the template; it has the choices of every column and states 0 rows."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
        bold = workbook.add_format({"bold": True})
        text = workbook.add_format({"num_format": "@"})
        number = workbook.add_format({"num_format": "#,##0"})
        for name in h.SHEETS:
            sheet = workbook.add_worksheet(name)
            for at, heading in enumerate(h.HEADINGS[name]):
                form = number if heading == h.AMOUNT else text
                sheet.set_column(at, at, _WIDTH, None if heading == h.NUMBER else form)
            sheet.write_string(0, 0, _TITLES[name], bold)
            sheet.write_string(1, 0, _NOTES[name])
            _labels(sheet, name)
            sheet.write_row(HEADING_ROW - 1, 0, h.HEADINGS[name], bold)
            _choices(sheet, name)
    return path


def _labels(sheet: Worksheet, name: str) -> None:
    at = 0
    if name == h.BALANCES:
        sheet.write_string(2, 0, h.DAY_LABEL)
        at = 2
    for label in (h.ROWS_LABEL, h.TOTAL_LABEL):
        sheet.write_string(2, at, label)
        sheet.write_number(2, at + 1, 0)
        at += 2


def _choices(sheet: Worksheet, name: str) -> None:
    known = {
        h.PROGRAMME: h.PROGRAMMES,
        h.KIND: [word for word, kind in h.KIND_WORDS.items() if kind != "transit"],
        h.COMPONENT: h.COMPONENTS,
    }
    for at, heading in enumerate(h.HEADINGS[name]):
        if heading in known:
            rule = {"validate": "list", "source": list(known[heading])}
            sheet.data_validation(HEADING_ROW, at, _LAST_ROW, at, rule)
