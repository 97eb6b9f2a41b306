"""A sound workbook of the template, and a way to write changed ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from app.beneficiaries import headings as h

COMMUNE, PERIOD = "01321", "2026-10"
SOUND: dict[str, object] = {
    h.NUMBER: 1,
    h.NAME: "Nông Thị Lan",
    h.BIRTH: "05/03/1950",
    h.SEX: "Nữ",
    h.ETHNICITY: "Tày",
    h.CITIZEN_ID: "097150000001",
    h.HAMLET: "Nà Pha",
    h.PHONE: "0100000001",
    h.PROGRAMME: "Hưu trí xã hội",
    h.GROUP: "P1",
    h.DECISION_NUMBER: "12/QĐ-UBND",
    h.DECISION_DATE: "03/08/2025",
    h.START: "08/2025",
    h.METHOD: "Tài khoản",
    h.ACCOUNT: "0012345678",
    h.BANK: "999001",
    h.HOLDER: "NONG THI LAN",
}
Book = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write a workbook of the template with these lines (changes to SOUND each)."""

    def write(
        *changes: dict[str, object],
        headings: tuple[str, ...] = h.HEADINGS,
        machine: tuple[object, ...] = (h.COMMUNE_LABEL, COMMUNE, h.PERIOD_LABEL, "10/2026"),
        sheet_name: str = h.SHEET,
        hidden: str = "",
        second: str = "",
    ) -> Path:
        path = tmp_path / f"{COMMUNE}-{PERIOD}.xlsx"
        with xlsxwriter.Workbook(str(path)) as workbook:
            workbook.set_properties({"created": datetime(2026, 9, 18)})  # noqa: DTZ001
            sheet = workbook.add_worksheet(sheet_name)
            if hidden:
                workbook.add_worksheet(hidden).hide()
            if second:
                workbook.add_worksheet(second)
            month = workbook.add_format({"num_format": "mm/yyyy"})
            sheet.write_string(1, 0, h.SYNTHETIC_NOTICE)
            sheet.write_row(h.MACHINE_ROW - 1, 0, machine)
            sheet.write_row(h.HEADING_ROW - 1, 0, headings)
            for at, change in enumerate(changes, start=h.FIRST_ROW - 1):
                line = {**SOUND, **change}
                for column, heading in enumerate(headings):
                    value = line.get(heading, "")
                    if isinstance(value, datetime):
                        sheet.write_datetime(at, column, value, month)
                    elif isinstance(value, str) and not value.startswith("="):
                        sheet.write_string(at, column, value)
                    else:
                        sheet.write(at, column, value)
        return path

    return write
