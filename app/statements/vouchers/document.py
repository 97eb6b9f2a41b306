"""The voucher file of a span as CSV or workbook, in the columns of a profile; streamed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from io import TextIOWrapper
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.errors import InputError
from app.printing.spreadsheet import (
    FIRST_ROW,
    ROWS_MAX,
    Cell,
    SheetColumn,
    SheetWriter,
    open_workbook,
)
from app.printing.values import SYNTHETIC_NOTICE, day
from app.statements.vouchers.lines import Line, voucher_lines
from app.statements.vouchers.profile import AMOUNTS, DATES, PAIRED, Profile
from ledger.export.books import PublicChart
from ledger.export.cells import inert
from ledger.export.span import Span

CSV, XLSX = "csv", "xlsx"
_SHEET = "Chứng từ"


@dataclass(slots=True)
class Written:
    """Lines, đồng on either side, and lines of entries that have no voucher number yet."""

    lines: int = 0
    debit: int = 0
    credit: int = 0
    unnumbered: int = 0

    def add(self, line: Line, layout: str) -> None:
        """Count a line."""
        self.lines += 1
        self.debit += line["amount" if layout == PAIRED else "debit"]
        self.credit += line["amount" if layout == PAIRED else "credit"]
        self.unnumbered += not line["voucher"]


def write_vouchers(
    session: Session,
    out: BinaryIO,
    span: Span,
    profile: Profile,
    public: PublicChart,
    form: str,
    *,
    synthetic: bool,
) -> Written:
    """Write the vouchers of a span as 'csv' or 'xlsx'; gives what was written.

    While others write to PostgreSQL, run it in a REPEATABLE READ transaction. Raises InputError for
    an account without a number, or more lines than a sheet holds.
    """
    written = Written()
    lines = _counted(voucher_lines(session, span, profile, public), written, profile.layout)
    if form == XLSX:
        _workbook(out, span, profile, lines, synthetic)
    else:
        _csv(out, profile, lines)
    return written


def _counted(lines: Iterator[Line], written: Written, layout: str) -> Iterator[Line]:
    for line in lines:
        written.add(line, layout)
        yield line


def _csv(out: BinaryIO, profile: Profile, lines: Iterator[Line]) -> None:
    """UTF-8 with a mark, so that Excel shows the accents."""
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=profile.delimiter)
    writer.writerow([inert(one.heading) for one in profile.columns])
    for line in lines:
        writer.writerow([_text(profile, one.field, line[one.field]) for one in profile.columns])
    text.detach()


def _text(profile: Profile, field: str, value: Any) -> str:
    if field in DATES:
        return profile.day(value)
    return profile.number(value) if field in AMOUNTS else inert(str(value))


def _workbook(
    out: BinaryIO, span: Span, profile: Profile, lines: Iterator[Line], synthetic: bool
) -> None:
    title = f"{profile.title}, từ {day(span.first)} đến {day(span.last)}"
    made = datetime.combine(span.last, time(), UTC)
    book = open_workbook(out, title, made, streaming=True)
    columns = [SheetColumn(one.heading, one.width) for one in profile.columns]
    note = SYNTHETIC_NOTICE if synthetic else ""
    sheet = SheetWriter(book, _SHEET, columns, title=title, note=note)
    for number, line in enumerate(lines, 1):
        if number > ROWS_MAX - FIRST_ROW:
            raise InputError(
                "Một trang tính không chứa hết chứng từ.", "Xuất từng tháng, hoặc --format csv."
            )
        sheet.row([_cell(one.field, line[one.field]) for one in profile.columns])
    book.close()


def _cell(field: str, value: Any) -> Cell:
    if field in AMOUNTS:
        return int(value) or None
    return value if field in DATES else str(value)
