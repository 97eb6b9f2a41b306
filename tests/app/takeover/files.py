"""Take-over files to test with: a sound one, and ways to spoil it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from app.takeover import headings as h
from tests.factories import BANK, COMMUNE, POST, row

PENSION = "Hưu trí xã hội"
DAY = "31/08/2026"
Line = dict[str, Any]
AT_POST = {h.UNIT: COMMUNE, h.PROGRAMME: PENSION, h.PROVIDER: POST}
AT_BANK = {**AT_POST, h.PROVIDER: BANK}


def balance(kind: str, amount: object, place: Line | None = None, **more: object) -> Line:
    """A line of the balances; `more` by English field name of `h`."""
    line = {**(place or AT_POST), h.KIND: kind, h.AMOUNT: amount}
    return {**line, **{getattr(h, name): value for name, value in more.items()}}


def unpaid(number: int, amount: object = 500_000, **more: object) -> Line:
    """A line of what person `number` was not paid for August."""
    line = {
        **AT_POST,
        h.CITIZEN_ID: row(number).citizen_id,
        h.NAME: row(number).name,
        h.PERIOD: "08/2026",
        h.COMPONENT: "Hằng tháng",
        h.AMOUNT: amount,
        h.REASON: "Không đến lĩnh",
    }
    return {**line, **{getattr(h, name): value for name, value in more.items()}}


# 5,000,000 on either side; 1,000,000 at the post office, half of it owed to person 2.
BALANCES = (
    balance("Tạm ứng cho đơn vị chi trả", 1_000_000),
    balance("Chi trợ cấp", 4_000_000),
    balance("Kinh phí được cấp", "4.500.000"),
    balance("Trợ cấp phải trả", 500_000),
)
UNPAID = (unpaid(2),)


def changed(lines: Sequence[Line], at: int, **more: object) -> list[Line]:
    """The lines with some fields of one of them changed."""
    fields = {getattr(h, name): value for name, value in more.items()}
    return [{**line, **fields} if place == at else dict(line) for place, line in enumerate(lines)]


def _total(lines: Sequence[Line]) -> int:
    amounts = (str(line[h.AMOUNT]).replace(".", "") for line in lines)
    return sum(int(one) for one in amounts if one.isdigit() and len(one) < 16)


def _head(name: str, lines: Sequence[Line], told: Line) -> list[object]:
    told = {h.ROWS_LABEL: len(lines), h.TOTAL_LABEL: _total(lines), **told}
    labels = [h.DAY_LABEL] if name == h.BALANCES else []
    values: list[object] = []
    for label in (*labels, h.ROWS_LABEL, h.TOTAL_LABEL):
        values += [label, told.get(label, DAY)]
    return values


def workbook(
    path: Path,
    balances: Sequence[Line] = BALANCES,
    owed: Sequence[Line] = UNPAID,
    told: Line | None = None,
    skip: str = "",
) -> Path:
    """Write the file as Excel; row 6 is the first. `told` changes what the sheets state."""
    with xlsxwriter.Workbook(str(path)) as book:
        for name, lines in ((h.BALANCES, balances), (h.UNPAID, owed)):
            if name == skip:
                continue
            sheet = book.add_worksheet(name)
            sheet.write_row(2, 0, _head(name, lines, told or {}))
            sheet.write_row(4, 0, [one for one in h.HEADINGS[name] if one != skip])
            for at, line in enumerate(lines, start=5):
                for column, heading in enumerate(h.HEADINGS[name]):
                    value = line.get(heading, "")
                    if isinstance(value, str) and not value.startswith("="):
                        sheet.write_string(at, column, value)
                    else:
                        sheet.write(at, column, value)
    return path


def csv_file(
    path: Path,
    balances: Sequence[Line] = BALANCES,
    owed: Sequence[Line] = UNPAID,
    delimiter: str = ";",
    encoding: str = "utf-8-sig",
) -> Path:
    """The same as one CSV file, sheet after sheet."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        for name, lines in ((h.BALANCES, balances), (h.UNPAID, owed)):
            writer.writerow([name])
            writer.writerow(_head(name, lines, {}))
            writer.writerow(h.HEADINGS[name])
            for line in lines:
                writer.writerow([line.get(heading, "") for heading in h.HEADINGS[name]])
    return path
