"""The officer's Excel workbooks of a month, one per commune."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.beneficiaries import headings as h
from app.beneficiaries.rows import RegisterRow
from app.demo.months import first_day, shown
from app.demo.population import Population
from app.reference import areas

_WIDTHS = {
    h.NUMBER: 5, h.NAME: 24, h.CITIZEN_ID: 15, h.PROGRAMME: 17, h.DECISION_NUMBER: 16,
    h.ACCOUNT: 16, h.HOLDER: 24, h.NOTE: 34,
}  # fmt: skip
_TEXT_COLUMNS = frozenset(h.HEADINGS.index(heading) for heading in h.TEXT_HEADINGS)
_SEX = {code: word for word, code in h.SEXES.items()}
_PROGRAMME = {code: word for word, code in h.PROGRAMMES.items()}
_METHOD = {code: word for word, code in h.METHODS.items()}
_EVENT = {code: word for word, code in h.EVENTS.items()}


def write_workbooks(population: Population, period: str, folder: Path) -> list[Path]:
    """Write `<commune>-<YYYY-MM>.xlsx` for every commune with people; the same month gives
    the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_workbook(folder / f"{code}-{period}.xlsx", code, period, rows)
        for code, rows in population.month(period)
    ]


def write_workbook(path: Path, code: str, period: str, rows: Iterable[RegisterRow]) -> Path:
    """One commune's workbook, row by row in constant memory."""
    commune = areas.commune(code)
    name = commune.name if commune else code
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        day = first_day(period)
        # A fixed moment: the file's hash must not change with the clock.
        workbook.set_properties({"created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
        sheet = workbook.add_worksheet(h.SHEET)
        bold = workbook.add_format({"bold": True})
        text = workbook.add_format({"num_format": "@"})
        _set_columns(sheet, text)
        _write_head(sheet, bold, text, name, code, period)
        for at, row in enumerate(rows, start=h.FIRST_ROW - 1):
            _write_row(sheet, at, row, text)
    return path


def _set_columns(sheet: Worksheet, text: Format) -> None:
    for at, heading in enumerate(h.HEADINGS):
        sheet.set_column(at, at, _WIDTHS.get(heading, 12), text if at in _TEXT_COLUMNS else None)


def _write_head(
    sheet: Worksheet, bold: Format, text: Format, name: str, code: str, period: str
) -> None:
    title = f"DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HẰNG THÁNG – {name} – tháng {shown(period)}"
    sheet.write_string(0, 0, title, bold)
    sheet.write_string(1, 0, h.SYNTHETIC_NOTICE, bold)
    machine = (h.COMMUNE_LABEL, code, h.PERIOD_LABEL, shown(period))
    for at, word in enumerate(machine):
        sheet.write_string(h.MACHINE_ROW - 1, at, word, text)
    for at, heading in enumerate(h.HEADINGS):
        sheet.write_string(h.HEADING_ROW - 1, at, heading, bold)


def _write_row(sheet: Worksheet, at: int, row: RegisterRow, text: Format) -> None:
    sheet.write_number(at, 0, at - h.FIRST_ROW + 2)
    for column, value in enumerate(_cells(row), start=1):
        if value:
            sheet.write_string(at, column, value, text if column in _TEXT_COLUMNS else None)


def _cells(row: RegisterRow) -> tuple[str, ...]:
    """The cells from column B on, in the order of the headings."""
    return (
        row.name,
        _day(row.birth_date) or str(row.birth_year),
        _SEX[row.sex],
        row.ethnicity,
        row.citizen_id,
        row.hamlet,
        row.phone,
        _PROGRAMME[row.programme],
        row.group,
        row.table_key,
        row.decision_number,
        _day(row.decision_date),
        shown(row.start_period),
        _METHOD[row.method],
        row.account,
        row.bank_bin,
        row.holder_name,
        _EVENT[row.event],
        _day(row.event_date),
        row.note,
    )


def _day(day: date | None) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}" if day else ""
