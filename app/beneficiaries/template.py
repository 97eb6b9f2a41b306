"""The official list as a spreadsheet: text columns, choices, one line per enrolment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.beneficiaries import headings as h
from app.beneficiaries.rows import RegisterRow
from app.months import day_in, in_words
from app.reference import areas

_CHOICE_SHEET = "Danh mục"
_FREE_ROWS = 300
_SHORT_LIST = 200
_WIDTHS = {
    h.NUMBER: 5, h.NAME: 24, h.CITIZEN_ID: 15, h.PROGRAMME: 17, h.DECISION_NUMBER: 16,
    h.ACCOUNT: 16, h.HOLDER: 24, h.NOTE: 34, h.PAYEE_NAME: 24, h.STILL_CASH: 34, h.SIGNER: 24,
}  # fmt: skip
_CHOICES: Mapping[str, Sequence[str]] = {
    h.SEX: tuple(h.SEXES),
    h.PROGRAMME: tuple(h.PROGRAMMES),
    h.METHOD: tuple(h.METHODS),
    h.EVENT: tuple(word for word in h.EVENTS if word),
    h.POVERTY: tuple(h.POVERTIES),
    h.DEGREE: tuple(h.DEGREES),
    h.PHONE_OWNER: tuple(h.PHONE_OWNERS),
    h.PAYEE: tuple(h.PAYEES),
    h.KIND: tuple(h.KINDS),
    h.STILL_CASH: tuple(h.CASH_REASONS),
}


def _words(codes: Mapping[str, str]) -> dict[str, str]:
    return {"": ""} | {code: word for word, code in codes.items()}


_SEX, _PROGRAMME, _METHOD = _words(h.SEXES), _words(h.PROGRAMMES), _words(h.METHODS)
_EVENT, _POVERTY, _DEGREE = _words(h.EVENTS), _words(h.POVERTIES), _words(h.DEGREES)
_OWNER, _PAYEE, _KIND = _words(h.PHONE_OWNERS), _words(h.PAYEES), _words(h.KINDS)
_REASON = _words(h.CASH_REASONS)


def _day(day: date | None) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}" if day else ""


_TELL: Mapping[str, Callable[[RegisterRow], str]] = {
    h.NAME: lambda row: row.name,
    h.BIRTH: lambda row: _day(row.birth_date) or str(row.birth_year),
    h.SEX: lambda row: _SEX[row.sex],
    h.ETHNICITY: lambda row: row.ethnicity,
    h.CITIZEN_ID: lambda row: row.citizen_id,
    h.HAMLET: lambda row: row.hamlet,
    h.PHONE: lambda row: row.phone,
    h.PROGRAMME: lambda row: _PROGRAMME[row.programme],
    h.GROUP: lambda row: row.group,
    h.TABLE_KEY: lambda row: row.table_key,
    h.DECISION_NUMBER: lambda row: row.decision_number,
    h.DECISION_DATE: lambda row: _day(row.decision_date),
    h.START: lambda row: in_words(row.start_period),
    h.METHOD: lambda row: _METHOD[row.method],
    h.ACCOUNT: lambda row: row.account,
    h.BANK: lambda row: row.bank_bin,
    h.HOLDER: lambda row: row.holder_name,
    h.EVENT: lambda row: _EVENT[row.event],
    h.EVENT_DATE: lambda row: _day(row.event_date),
    h.NOTE: lambda row: row.note,
    h.HOUSEHOLD: lambda row: row.household,
    h.POVERTY: lambda row: _POVERTY[row.poverty],
    h.DISABILITY: lambda row: row.disability,
    h.DEGREE: lambda row: _DEGREE[row.degree],
    h.CERTIFICATE: lambda row: row.certificate,
    h.CERTIFIED: lambda row: _day(row.certified_on),
    h.PHONE_OWNER: lambda row: _OWNER[row.phone_owner],
    h.PAYEE: lambda row: _PAYEE[row.payee],
    h.PAYEE_NAME: lambda row: row.payee_name,
    h.PAYEE_ID: lambda row: row.payee_id,
    h.RELATION: lambda row: row.relation,
    h.PAPER: lambda row: row.paper,
    h.SIGNED: lambda row: _day(row.signed_on),
    h.UNTIL: lambda row: _day(row.valid_until),
    h.KIND: lambda row: _KIND[row.kind],
    h.STILL_CASH: lambda row: _REASON[row.still_cash],
    h.SIGNER: lambda row: row.signer,
}


def write_list(
    path: Path,
    commune_code: str,
    period: str,
    rows: Iterable[RegisterRow],
    *,
    headings: Sequence[str] = h.ALL,
    notice: str = "",
) -> Path:
    """Write one commune's list of a month ('YYYY-MM'), row by row in constant memory.

    `headings` begin with the number of the line. `notice` marks made-up data. The same rows give
    the same bytes; every cell is text, none a formula.
    """
    commune = areas.commune(commune_code)
    name = commune.name if commune else commune_code
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        # A fixed moment: the file's hash must not change with the clock.
        book.set_properties({"created": datetime.combine(day_in(period, 1), datetime.min.time(),
                                                         UTC)})  # fmt: skip
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(h.SHEET)
        _set_columns(sheet, headings, text)
        _write_head(sheet, headings, (bold, text), (name, commune_code, period, notice))
        last = _write_rows(sheet, headings, rows, text)
        _offer_choices(sheet, headings, last + _FREE_ROWS)
        if h.STILL_CASH in headings:
            _write_choices(book.add_worksheet(_CHOICE_SHEET), bold)
    return path


def _set_columns(sheet: Worksheet, headings: Sequence[str], text: Format) -> None:
    for at, heading in enumerate(headings):
        look = text if heading in h.TEXT_HEADINGS else None
        sheet.set_column(at, at, _WIDTHS.get(heading, 12), look)


def _write_head(
    sheet: Worksheet,
    headings: Sequence[str],
    looks: tuple[Format, Format],
    facts: tuple[str, str, str, str],
) -> None:
    bold, text = looks
    name, code, period, notice = facts
    title = f"DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HẰNG THÁNG – {name} – tháng {in_words(period)}"
    sheet.write_string(0, 0, title, bold)
    if notice:
        sheet.write_string(1, 0, notice, bold)
    machine = (h.COMMUNE_LABEL, code, h.PERIOD_LABEL, in_words(period))
    for at, word in enumerate(machine):
        sheet.write_string(h.MACHINE_ROW - 1, at, word, text)
    for at, heading in enumerate(headings):
        sheet.write_string(h.HEADING_ROW - 1, at, heading, bold)


def _write_rows(
    sheet: Worksheet, headings: Sequence[str], rows: Iterable[RegisterRow], text: Format
) -> int:
    """Gives the zero-based number of the last row written."""
    columns = [
        (at, _TELL[heading], text if heading in h.TEXT_HEADINGS else None)
        for at, heading in enumerate(headings)
        if heading != h.NUMBER
    ]
    line = h.FIRST_ROW - 2
    for line, row in enumerate(rows, start=h.FIRST_ROW - 1):
        sheet.write_number(line, 0, line - h.FIRST_ROW + 2)
        for at, tell, look in columns:
            if value := tell(row):
                sheet.write_string(line, at, value, look)
    return line


def _offer_choices(sheet: Worksheet, headings: Sequence[str], last: int) -> None:
    for at, heading in enumerate(headings):
        if words := _CHOICES.get(heading):
            sheet.data_validation(
                h.FIRST_ROW - 1,
                at,
                last,
                at,
                {
                    "validate": "list",
                    "source": _source(words),
                    "error_title": "Chưa đúng danh mục",
                    "error_message": f"Chọn một giá trị trong danh sách của cột “{heading}”.",
                },
            )


def _source(words: Sequence[str]) -> list[str] | str:
    """The words themselves, or where they stand: Excel takes 255 signs at most in the rule."""
    if sum(map(len, words)) < _SHORT_LIST and not any("," in word for word in words):
        return list(words)
    return f"='{_CHOICE_SHEET}'!$A$2:$A${len(words) + 1}"


def _write_choices(sheet: Worksheet, bold: Format) -> None:
    sheet.set_column(0, 0, 48)
    sheet.write_string(0, 0, h.STILL_CASH, bold)
    for at, word in enumerate(h.CASH_REASONS, start=1):
        sheet.write_string(at, 0, word)
