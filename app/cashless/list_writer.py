"""Writing a list for a bank in the layout of a profile, as Excel or CSV; every cell is text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import BinaryIO

from app.cashless.profile import Profile
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.printing.values import SYNTHETIC_NOTICE
from ledger.export.cells import inert


def write_list(
    out: BinaryIO,
    profile: Profile,
    rows: Iterable[Mapping[str, str]],
    now: datetime,
    synthetic: bool,
) -> None:
    """Write the rows (by field) to `out`; walked once."""
    if profile.format == "csv":
        _csv(out, profile, rows)
        return
    book = open_workbook(out, profile.title, now, streaming=True)
    columns = [SheetColumn(one.heading, one.width) for one in profile.columns]
    note = SYNTHETIC_NOTICE if synthetic else ""
    writer = SheetWriter(book, "Danh sách", columns, title=profile.title, note=note)
    for row in rows:
        writer.row([row[column.field] for column in profile.columns])
    book.close()


def _csv(out: BinaryIO, profile: Profile, rows: Iterable[Mapping[str, str]]) -> None:
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([column.heading for column in profile.columns])
    for row in rows:
        writer.writerow([inert(row[column.field]) for column in profile.columns])
    text.flush()
    text.detach()
