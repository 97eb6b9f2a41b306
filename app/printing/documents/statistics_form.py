"""A form of half-yearly statistics, of a commune or of the province, on paper and as sheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import LEADING, Sheet, heading
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from app.printing.tables import Column, Table
from app.printing.values import SYNTHETIC_NOTICE, DocumentError, Letterhead, Signature, day
from app.printing.wrapping import wrap
from ledger.money import format_number

_OPEN = "………"
_SIGNED = 96.0
_COLUMNS = (
    Column("STT", 30, "centre"),
    Column("Chỉ tiêu", 197),
    Column("Tổng số (người)", 52, "right"),
    Column("Trong đó nữ", 45, "right"),
    Column("Dân tộc thiểu số", 53, "right"),
    Column("Kinh phí (đồng)", 90, "right"),
)
_SHEET = (
    *(SheetColumn("STT", 6), SheetColumn("Chỉ tiêu", 84), SheetColumn("Tổng số (người)", 14)),
    *(SheetColumn("Trong đó nữ", 12), SheetColumn("Dân tộc thiểu số", 14)),
    SheetColumn("Kinh phí (đồng)", 20),
)
_BY_COMMUNE = (
    *(SheetColumn("Biểu", 7), SheetColumn("Mã xã", 8), SheetColumn("Xã", 30)),
    *(SheetColumn("Phần", 40), *_SHEET[1:]),
)
Figures = tuple[int, int, int, int | None]
"""People, women, minorities, VND; no VND where a block tells none."""


@dataclass(frozen=True, slots=True)
class StatisticsRow:
    """A row; figures are None where a pen fills it in."""

    label: str
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class StatisticsBlock:
    """Rows and their total, in which a person of two rows counts once."""

    title: str
    rows: tuple[StatisticsRow, ...]
    total: StatisticsRow


@dataclass(frozen=True, slots=True)
class StatisticsForm:
    """One form. `due` is when it is to be sent, `told` what the figures stand on; `by_commune`
    rows (commune's code, name, block, label, figures) go into the workbook of a province."""

    letterhead: Letterhead
    code: str
    title: str
    place: str
    half: str
    due: date
    told: str
    notes: tuple[str, ...]
    blocks: tuple[StatisticsBlock, ...]
    signer: str
    synthetic: bool
    by_commune: tuple[tuple[str, str, str, str, Figures], ...] = ()


def render_statistics(forms: Iterable[StatisticsForm], out: BinaryIO) -> int:
    """Write forms into one PDF, each from a page of its own; gives how many.

    Raises DocumentError for none.
    """
    sheet: Sheet | None = None
    count = 0
    for form in forms:
        if sheet is None:
            author = form.letterhead.body
            sheet = Sheet(out, title=form.title, author=author, synthetic=form.synthetic)
        else:
            sheet.new_page()
        _draw(sheet, form)
        count += 1
    if sheet is None:
        raise DocumentError("no form to write")
    sheet.finish()
    return count


def _draw(sheet: Sheet, form: StatisticsForm) -> None:
    draw_letterhead(sheet, form.letterhead)
    which = f"Biểu số {form.code} – {form.place}"
    heading(sheet, form.title, which, f"{form.half}; {form.told}")
    table = Table(sheet, _COLUMNS, size=10.5, close=True)
    for at, block in enumerate(form.blocks, 1):
        table.row(("I" * at, block.title, "", "", "", ""), bold=True)
        for number, row in enumerate(block.rows, 1):
            table.row((str(number), row.label, *_cells(row.figures)))
        table.row(("", block.total.label, *_cells(block.total.figures)), bold=True)
    table.close()
    sheet.skip(6)
    _close(sheet, form)


def _close(sheet: Sheet, form: StatisticsForm) -> None:
    lines = sum(len(wrap(one, ITALIC, 10, sheet.room)) for one in form.notes)
    sheet.keep(20 + lines * 10 * LEADING + _SIGNED)
    sheet.paragraph(f"Hạn gửi: {day(form.due)}", font=BOLD, size=10.5)
    for note in form.notes:
        sheet.paragraph(note, font=ITALIC, size=10)
    draw_signatures(sheet, (Signature("Người lập biểu"), Signature(form.signer)))


def _cells(figures: Figures | None) -> Sequence[str]:
    if figures is None:
        return (_OPEN,) * 4
    return tuple("" if one is None else format_number(one) for one in figures)


def write_statistics_workbook(
    forms: Iterable[StatisticsForm], out: BinaryIO, made: datetime
) -> int:
    """Write a sheet a form, and for a province the figures of its communes; gives how many."""
    told = tuple(forms)
    if not told:
        raise DocumentError("no form to write")
    book = open_workbook(out, told[0].title, made, streaming=True)
    for form in told:
        _sheet(book, form)
    communes = [row for form in told for row in _by_commune(form)]
    if communes:
        title = f"Số liệu theo xã, {told[0].half}"
        sheet = SheetWriter(book, "Theo xã", _BY_COMMUNE, title=title, note=_note(told[0]))
        for row in communes:
            sheet.row(row)
    book.close()
    return len(told)


def _sheet(book: object, form: StatisticsForm) -> None:
    title = f"Biểu {form.code}. {form.title}, {form.half}"
    sheet = SheetWriter(book, f"Biểu {form.code}", _SHEET, title=title, note=_note(form))
    for at, block in enumerate(form.blocks, 1):
        sheet.row(("I" * at, block.title), bold=True)
        for number, row in enumerate(block.rows, 1):
            sheet.row((str(number), row.label, *_numbers(row.figures)))
        sheet.row(("", block.total.label, *_numbers(block.total.figures)), bold=True)
    for line in (form.told, f"Hạn gửi: {day(form.due)}", *form.notes):
        sheet.row(("", line))


def _note(form: StatisticsForm) -> str:
    return "; ".join((form.place, *((SYNTHETIC_NOTICE,) if form.synthetic else ())))


def _numbers(figures: Figures | None) -> Sequence[Cell]:
    return (None,) * 4 if figures is None else figures


def _by_commune(form: StatisticsForm) -> Iterable[Sequence[Cell]]:
    for code, name, block, label, figures in form.by_commune:
        yield (form.code, code, name, block, label, *figures)
