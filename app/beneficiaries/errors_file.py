"""The bad lines of a list given back: wrong cells red, the reason beside them.

The file is the officer's own: numbers stand in it as they were sent. It is written for nobody
else, and the caller puts it on the trail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.beneficiaries.head import is_known_heading
from app.beneficiaries.headings import column_letter as _letter
from app.beneficiaries.profiles import sheet_names
from app.beneficiaries.rows import CellError, WorkbookResult
from app.beneficiaries.sheets import open_sheet
from app.printing.spreadsheet import open_workbook

_RED = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "num_format": "@"}
_FIRST = 1


def write_errors(source: Path, result: WorkbookResult, target: Path, now: datetime) -> int:
    """Write the bad lines of `source`, as `result` found them; gives how many.

    A fault of the whole file stands above the lines. A file that cannot be read has none.
    """
    by_row: dict[int, list[CellError]] = {}
    for error in result.errors:
        by_row.setdefault(error.row, []).append(error)
    wanted = by_row.keys() - {0}
    lines = lines_of(source, result, wanted) if wanted else {}
    with target.open("wb") as out:
        book = open_workbook(out, f"Lỗi của {result.file}", now, streaming=False)
        sheet = book.add_worksheet("Lỗi")
        _write(book, sheet, by_row, lines, result.heading_row)
        book.close()
    return len(wanted)


def lines_of(source: Path, result: WorkbookResult, wanted: set[int]) -> dict[int, list[object]]:
    """What stands in these rows of the file, and in its row of headings, by Excel's row number."""
    known = {found.casefold() for found in result.mapped}

    def is_heading(word: str) -> bool:
        return is_known_heading(word) or word.casefold() in known

    kept = wanted | {result.heading_row}
    with open_sheet(source, sheet_names(), is_heading) as sheet:
        return {number: values for number, values in sheet.lines if number in kept}


def _write(
    book: Any,
    sheet: Any,
    by_row: Mapping[int, Sequence[CellError]],
    lines: Mapping[int, Sequence[object]],
    heading_row: int,
) -> None:
    bold, plain, red = (book.add_format(look) for look in ({"bold": True}, {"num_format": "@"},
                                                           _RED))  # fmt: skip
    width = max((len(values) for values in lines.values()), default=0)
    at = 0
    for error in by_row.get(0, ()):
        sheet.write_string(at, 0, error.message, bold)
        at += 1
    head = ["Dòng", *(str(value) for value in lines.get(heading_row, [""] * width))]
    head += [""] * (width + _FIRST - len(head))
    for column, word in enumerate([*head, "Lý do", "Đề xuất"]):
        sheet.write_string(at, column, word, bold)
    for number in sorted(by_row.keys() - {0}):
        at += 1
        _write_line(sheet, at, number, by_row[number], lines.get(number, ()), width, (plain, red))


def _write_line(
    sheet: Any,
    at: int,
    number: int,
    errors: Sequence[CellError],
    values: Sequence[object],
    width: int,
    looks: tuple[Any, Any],
) -> None:
    plain, red = looks
    wrong = {error.column for error in errors}
    sheet.write_number(at, 0, number)
    for column, value in enumerate(values):
        look = red if _letter(column) in wrong else plain
        sheet.write_string(at, column + _FIRST, _text(value), look)
    sheet.write_string(at, width + _FIRST, "\n".join(error.message for error in errors))
    proposals = "\n".join(error.proposal for error in errors if error.proposal)
    sheet.write_string(at, width + _FIRST + 1, proposals, plain)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d/%m/%Y") if isinstance(value, datetime) else str(value)
