"""A request as a file: XLSX for officers, CSV for machines; its answer comes in the same file.

The columns of the answer stand there empty, with the words that are allowed above them. It is one
of the few files with personal numbers in clear: readable by its owner only, never overwritten.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from app.checks.contracts import OUR_HEADINGS, THEIR_HEADINGS, Asked, Contract
from app.checks.schemas import results_of
from app.errors import InputError
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook

SHEET = "Kiểm tra"
XLSX_ROWS_MAX = 100_000
"""Lines of a workbook that can be read again; more go into a CSV."""
_WIDTHS = {OUR_HEADINGS["request_id"]: 34, OUR_HEADINGS["ref"]: 8, OUR_HEADINGS["name"]: 28}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def headings(told: Contract) -> list[str]:
    """Headings of a request's file, from left to right."""
    ours = [OUR_HEADINGS[name] for name in ("request_id", "ref", *told.asks)]
    theirs = [THEIR_HEADINGS[name] for name in ("result", "checked_at", *told.tells)]
    return ours + theirs


def write_request(
    path: Path, told: Contract, code: str, lines: Iterable[Asked], now: datetime
) -> str:
    """Write a request; gives the SHA-256 of the file. Raises InputError where one lies already."""
    if path.suffix.lower() not in (".csv", ".xlsx"):
        raise InputError(f"Tệp “{path.name}” phải là .xlsx hoặc .csv.", "Đổi đuôi tệp.")
    rows = ([code, str(one.ref), *(one.fields[name] for name in told.asks)] for one in lines)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError as error:
        raise InputError(f"Đã có tệp “{path.name}”.", "Chọn tên tệp khác.") from error
    with os.fdopen(handle, "w+b") as out:
        if path.suffix.lower() == ".csv":
            _csv(out, told, rows)
        else:
            _xlsx(out, told, code, rows, now)
        out.seek(0)
        return hashlib.file_digest(out, "sha256").hexdigest()


def _csv(out: BinaryIO, told: Contract, rows: Iterable[Sequence[str]]) -> None:
    out.write(b"\xef\xbb\xbf")
    for row in _with_headings(told, rows):
        out.write((",".join(_quoted(cell) for cell in row) + "\r\n").encode())


def _with_headings(told: Contract, rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    named = headings(told)
    yield named
    for row in rows:
        yield [*row, *[""] * (len(named) - len(row))]


def _quoted(cell: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula."""
    safe = f"'{cell}" if cell.startswith(_FORMULA) else cell
    return '"' + safe.replace('"', '""') + '"' if safe else ""


def _xlsx(
    out: BinaryIO, told: Contract, code: str, rows: Iterable[Sequence[str]], now: datetime
) -> None:
    book = open_workbook(out, f"{told.title} {code}", now, streaming=True)
    columns = [SheetColumn(one, _WIDTHS.get(one, 18)) for one in headings(told)]
    words = ", ".join(f"{one} = {told.results[one]}" for one in results_of(told.code))
    sheet = SheetWriter(book, SHEET, columns, title=told.title, note=f"Kết quả: {words}")
    for row in rows:
        sheet.row(list(row))
    book.close()
