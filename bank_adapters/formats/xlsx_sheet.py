"""Reading sheets of Excel files from outside, with every complaint naming its cell."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from io import BytesIO
from typing import BinaryIO

from python_calamine import CalamineWorkbook

from bank_adapters.contract import Method
from bank_adapters.errors import Unreadable
from bank_adapters.formats import zips
from bank_adapters.formats.amounts import MAX_AMOUNT

MAX_ROWS = 1_000_000
METHOD_WORDS = {Method.ACCOUNT: "Tài khoản", Method.CASH: "Tiền mặt"}
Cell = object
Row = list[Cell]


def nfc(text: str) -> str:
    """Precomposed and single-spaced, accents kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class Sheet:
    """The rows of one sheet with a strict look at single cells; rows and columns from 1."""

    def __init__(self, name: str, rows: list[Row]) -> None:
        self.name = name
        self.rows = rows

    def raw(self, row: int, column: int) -> Cell:
        """The value of a cell, "" beyond the edges."""
        if row > len(self.rows) or column > len(self.rows[row - 1]):
            return ""
        return self.rows[row - 1][column - 1]

    def where(self, row: int, column: int) -> str:
        """The cell as people name it."""
        return f"trang “{self.name}”, ô {chr(64 + column)}{row}"

    def text(self, row: int, column: int) -> str:
        """A text cell, trimmed and precomposed; a number there is refused, zeros would be lost."""
        value = self.raw(row, column)
        if not isinstance(value, str):
            raise Unreadable(f"{self.where(row, column)} đang là số hoặc ngày, phải là văn bản")
        return nfc(value)

    def whole(self, row: int, column: int) -> int:
        """A whole number of 0 or more."""
        value = self.raw(row, column)
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if type(whole) is not int or not 0 <= whole <= MAX_AMOUNT:
            raise Unreadable(f"{self.where(row, column)} phải là số nguyên không âm: “{value}”")
        return whole

    def cells(self, row: int) -> Row:
        """The cells of a row."""
        return self.rows[row - 1] if row <= len(self.rows) else []

    def day(self, row: int, column: int, form: str = "%d/%m/%Y") -> date | None:
        """A text of this form or a date cell, None when empty."""
        value = self.raw(row, column)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            shown = self.where(row, column)
            shape = datetime(2026, 12, 31).strftime(form)  # noqa: DTZ001 - a day has no zone
            raise Unreadable(f"{shown} không phải ngày dạng {shape}: “{text[:30]}”") from error

    def expect(self, row: int, column: int, heading: str) -> None:
        """Refuse a sheet whose label is not the one agreed on."""
        found = self.raw(row, column)
        if not isinstance(found, str) or nfc(found).casefold() != heading.casefold():
            raise Unreadable(f"{self.where(row, column)} phải là “{heading}”, không phải “{found}”")

    def data_rows(self, heading_row: int) -> range:
        """The numbers of the rows below the headings that hold anything."""
        last = len(self.rows)
        while last > heading_row and all(cell in ("", None) for cell in self.rows[last - 1]):
            last -= 1
        return range(heading_row + 1, last + 1)


def open_sheets(source: BinaryIO) -> dict[str, Sheet]:
    """The sheets of a workbook by name, after a look for zip bombs; raises Unreadable."""
    data = source.read(zips.MAX_FILE + 1)
    packed = BytesIO(data)
    zips.check(packed)
    with zips.told_when_broken():
        book = CalamineWorkbook.from_filelike(packed)
        names = book.sheet_names[:20]
        return {nfc(name): Sheet(nfc(name), _rows(book, name)) for name in names}


def _rows(book: CalamineWorkbook, name: str) -> list[Row]:
    sheet = book.get_sheet_by_name(name)
    if sheet.height > MAX_ROWS or sheet.width > 200:
        raise Unreadable(f"trang “{name}” quá lớn: {sheet.height} dòng, {sheet.width} cột")
    return [list(row) for row in sheet.iter_rows()]
