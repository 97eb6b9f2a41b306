"""What is wrong with a list that was sent, as its page shows it: cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.beneficiaries.errors_file import lines_of
from app.beneficiaries.headings import NAME, column_letter
from app.beneficiaries.rows import CellError, WorkbookResult

ROWS_SHOWN = 100
CELLS_MAX = 600
"""Cells of the table of faults: a page is not to grow beyond what a browser likes."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row with faults: Excel's number, the name in it, and by column what stands there and what
    is wrong with it."""

    number: int
    name: str
    cells: dict[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Faults:
    """Faults of a file: of the whole of it, and by row; `columns` are (letter, heading)."""

    whole: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[BadRow, ...]
    more: int


def faults_of(source: Path, result: WorkbookResult) -> Faults:
    """The faults of a file that was read, the first rows of them."""
    by_row: dict[int, list[CellError]] = {}
    for error in result.errors:
        by_row.setdefault(error.row if error.column else 0, []).append(error)
    whole = tuple(error.message for error in by_row.pop(0, ()))
    columns = sorted({(one.column, one.heading) for errors in by_row.values() for one in errors},
                     key=lambda one: (len(one[0]), one))  # fmt: skip
    shown = sorted(by_row)[: min(ROWS_SHOWN, CELLS_MAX // max(1, len(columns)))]
    lines = lines_of(source, result, set(shown)) if shown else {}
    at = _place_of_name(lines.get(result.heading_row, ()))
    rows = tuple(_row(number, by_row[number], lines.get(number, ()), at) for number in shown)
    return Faults(whole, tuple(columns), rows, len(by_row) - len(shown))


def _row(number: int, errors: Sequence[CellError], values: Sequence[object], at: int) -> BadRow:
    cells: dict[str, tuple[str, tuple[str, ...]]] = {}
    by_letter = {column_letter(place): _text(value) for place, value in enumerate(values)}
    for error in errors:
        value, said = cells.get(error.column, (by_letter.get(error.column, ""), ()))
        cells[error.column] = (value, (*said, error.message))
    return BadRow(number, _text(values[at]) if 0 <= at < len(values) else "", cells)


def _place_of_name(headings: Sequence[object]) -> int:
    words = [" ".join(str(one).split()).casefold() for one in headings]
    return words.index(NAME.casefold()) if NAME.casefold() in words else -1


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d/%m/%Y") if isinstance(value, datetime) else str(value)
