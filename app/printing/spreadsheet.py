"""Spreadsheets: no cell is a formula, no number is rounded, every sheet is ready for A4.

Rows are written once, from top to bottom. A number is shown by its type: int with groups,
Decimal with two places, date as day/month/year; text stays text, without signs that nobody sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from app.printing.wrapping import clean

ROWS_MAX = 1_048_576
"""Rows of a sheet, those above the data included."""
FIRST_ROW = 4
"""Rows above the data: title, note, a free one, headings."""

# Beyond this a spreadsheet's number is no longer exact.
_EXACT = 2**53
_LOOKS: dict[type, str] = {int: "#,##0", Decimal: "0.00", date: "dd/mm/yyyy"}

_FONT = "Times New Roman"
_LINE_HEIGHT = 15.0
_FORMULA_SIGNS = ("=", "+", "-", "@")
_SIGNS_MAX = 32_767
"""What a cell of a spreadsheet holds; a longer text would be left out without a word."""

Cell = str | int | Decimal | date | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A heading and a width in signs. Texts of a column that wraps take as many lines as they
    need; elsewhere a long text runs on over its neighbours, if they are empty."""

    heading: str
    width: int
    wrap: bool = False


def open_workbook(out: BinaryIO, title: str, created: datetime, *, streaming: bool) -> Any:
    """A workbook; close it to write it. The same rows give the same bytes.

    `created` is a moment with its zone. `streaming` keeps the rows in temporary files, so that
    memory does not grow with them.
    """
    options = {
        "constant_memory": streaming,
        "in_memory": not streaming,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": _FONT, "font_size": 11},
    }
    book = xlsxwriter.Workbook(out, options)
    moment = created.astimezone(UTC).replace(tzinfo=None)  # the format has no time zone
    book.set_properties({"title": title, "created": moment})
    return book


class SheetWriter:
    """A sheet with title, note and headings; then `row` by row."""

    def __init__(
        self, book: Any, name: str, columns: Sequence[SheetColumn], *, title: str, note: str = ""
    ) -> None:
        self._sheet = book.add_worksheet(name)
        self._line = FIRST_ROW
        self._looks = {
            (kind, bold): book.add_format({"num_format": look, "bold": bold, "valign": "top"})
            for kind, look in _LOOKS.items()
            for bold in (False, True)
        }
        self._columns = columns
        self._wrapping = [(at, one.width) for at, one in enumerate(columns) if one.wrap]
        self._bold = book.add_format({"bold": True, "valign": "top"})
        # A text that could be taken for a formula stays one even when somebody edits its cell.
        self._texts = {
            (quoted, wrap): book.add_format(
                {"quote_prefix": quoted, "text_wrap": wrap, "valign": "top"}
            )
            for quoted in (False, True)
            for wrap in (False, True)
        }
        self._head(book, columns, title, note)
        self._set_paper(note)

    def row(self, cells: Sequence[Cell], *, bold: bool = False) -> None:
        """The next row; an empty text or None leaves its cell empty."""
        self._heighten(cells)
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                self._write(column, cell, bold)
        self._line += 1

    def _heighten(self, cells: Sequence[Cell]) -> None:
        """Make the row as high as its wrapped texts: not every program does it by itself."""
        if not self._wrapping:
            return
        texts = ((str(cells[at] or ""), wide) for at, wide in self._wrapping if at < len(cells))
        lines = max((_lines(*one) for one in texts), default=1)
        if lines > 1:
            self._sheet.set_row(self._line, lines * _LINE_HEIGHT)

    def _write(self, column: int, cell: Cell, bold: bool) -> None:
        line, sheet = self._line, self._sheet
        look = self._looks.get((type(cell), bold))
        if isinstance(cell, date):
            sheet.write_datetime(line, column, cell, look)
        elif isinstance(cell, int | Decimal) and -_EXACT <= cell <= _EXACT:
            sheet.write_number(line, column, cell, look)
        else:
            text = clean(str(cell))[:_SIGNS_MAX]
            look = self._texts[text.lstrip()[:1] in _FORMULA_SIGNS, self._columns[column].wrap]
            sheet.write_string(line, column, text, self._bold if bold else look)

    def _head(self, book: Any, columns: Sequence[SheetColumn], title: str, note: str) -> None:
        middle = {"align": "center", "valign": "vcenter"}
        style = {"bold": True, "text_wrap": True, "bg_color": "#E6E6E6", "border": 1, **middle}
        heading = book.add_format(style)
        lines = max(_lines(one.heading, one.width) for one in columns)
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, column.width)
        self._sheet.write_string(0, 0, title, self._bold)
        if note:
            self._sheet.write_string(1, 0, note, self._bold)
        self._sheet.set_row(FIRST_ROW - 1, lines * _LINE_HEIGHT)
        for at, column in enumerate(columns):
            self._sheet.write_string(FIRST_ROW - 1, at, column.heading, heading)
        self._sheet.freeze_panes(FIRST_ROW, 0)

    def _set_paper(self, note: str) -> None:
        self._sheet.hide_gridlines(0)  # 0: none is hidden, they are printed too
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.repeat_rows(FIRST_ROW - 1)
        # "&" begins a code in a footer, so it is doubled in text.
        self._sheet.set_footer(f"&L{note.replace('&', '&&')}&RTrang &P/&N")


def _lines(text: str, wide: int) -> int:
    """How many lines a text takes in a column so many signs wide, rather one more than less."""
    return sum(max(1, -(-len(part) * 11 // (wide * 10))) for part in text.split("\n"))
