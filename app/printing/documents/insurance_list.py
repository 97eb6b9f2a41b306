"""The list of health-insurance cards that begin and end in a month, for the insurance agency.

Full IDs stand in it: the agency knows people by nothing else. Whoever makes it writes why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures, foot_height
from app.printing.documents.paper_head import with_last
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import LEADING, Sheet, heading
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from app.printing.tables import Column, Table
from app.printing.values import SYNTHETIC_NOTICE, Letterhead, Signature, day, month, short_month
from app.printing.wrapping import wrap
from ledger.money import format_number

TITLE = "Danh sách tăng, giảm thẻ bảo hiểm y tế"
JOINED, LEFT = "Tăng", "Giảm"
_SIGNERS = Signature("Người lập"), Signature("Chủ tịch")
_COLUMNS = (
    Column("STT", 28, "centre"),
    Column("Họ và tên", 128),
    Column("Ngày, năm sinh", 62, "centre"),
    Column("Giới tính", 36, "centre"),
    Column("Số căn cước", 82, "centre"),
    Column("Nơi ở", 104),
    Column("Đối tượng", 128),
    Column("Lý do", 82),
    Column("Thẻ từ ngày", 54, "centre"),
    Column("Thẻ đến ngày", 54, "centre"),
)
_SHEET = (
    *(SheetColumn("STT", 6), SheetColumn("Họ và tên", 30), SheetColumn("Ngày, năm sinh", 13)),
    *(SheetColumn("Giới tính", 9), SheetColumn("Số căn cước", 15), SheetColumn("Nơi ở", 40)),
    *(SheetColumn("Mã đối tượng", 12), SheetColumn("Đối tượng", 44), SheetColumn("Lý do", 30)),
    *(SheetColumn("Thẻ từ ngày", 12), SheetColumn("Thẻ đến ngày", 12)),
)


@dataclass(frozen=True, slots=True)
class InsuranceLine:
    """One person: the ID in full, why, and the days of the card (None: not to be told here)."""

    name: str
    born: str
    sex: str
    citizen: str
    place: str
    code: str
    who: str
    reason: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class InsuranceHead:
    """Whose list it is. `notes` are sentences below the tables, e.g. what must still be checked."""

    letterhead: Letterhead
    period: str
    notes: tuple[str, ...]
    synthetic: bool


Part = tuple[str, Iterable[InsuranceLine]]


def render_insurance_list(head: InsuranceHead, parts: Sequence[Part], out: BinaryIO) -> int:
    """Write both parts as a PDF; gives how many people. A part is walked once."""
    sheet = Sheet(
        out, title=TITLE, author=head.letterhead.body, synthetic=head.synthetic, wide=True
    )
    draw_letterhead(sheet, head.letterhead)
    heading(sheet, TITLE, month(head.period).capitalize(), "Gửi cơ quan bảo hiểm xã hội")
    counts = []
    for at, (name, lines) in enumerate(parts, 1):
        below = _foot(sheet, head) if at == len(parts) else 0.0
        counts.append((name, _part(sheet, f"{'I' * at}. {name}", lines, below)))
    _close(sheet, head, counts)
    sheet.finish()
    return sum(people for _, people in counts)


def _part(sheet: Sheet, title: str, lines: Iterable[InsuranceLine], below: float) -> int:
    """One part; gives how many people. Its last row stands with `below` points beneath it."""
    sheet.keep(60)
    sheet.paragraph(title, font=BOLD, size=12)
    sheet.skip(3)
    table = Table(sheet, _COLUMNS, size=9.5)
    people = 0
    for people, (line, is_last) in enumerate(with_last(lines), 1):
        table.row(_cells(people, line), below=below if is_last else 0)
    if not people:
        table.row(("", "Không có", *[""] * 8), below=below)
    table.close()
    sheet.skip(6)
    return people


def _foot(sheet: Sheet, head: InsuranceHead) -> float:
    """The points that `_close` needs, with the space before it."""
    lines = sum(len(wrap(one, ITALIC, 10, sheet.room)) for one in head.notes)
    return 6 + 14 + lines * 10 * LEADING + foot_height(sheet, _SIGNERS, sealed=False)


def _close(sheet: Sheet, head: InsuranceHead, counts: Sequence[tuple[str, int]]) -> None:
    """Sums, notes and signatures, with the last row on one page: a signature alone says nothing."""
    told = "; ".join(f"{name.lower()} {format_number(people)} người" for name, people in counts)
    sheet.paragraph(f"Cộng: {told}.", size=11)
    for note in head.notes:
        sheet.paragraph(note, font=ITALIC, size=10)
    draw_signatures(sheet, _SIGNERS)


def _cells(number: int, line: InsuranceLine) -> Sequence[str]:
    who = f"{line.code}: {line.who}" if line.code else line.who
    days = (day(one) if one else "" for one in (line.first, line.last))
    person = (line.name, line.born, line.sex, line.citizen, line.place)
    return (str(number), *person, who, line.reason, *days)


def write_insurance_workbook(
    head: InsuranceHead, parts: Sequence[Part], out: BinaryIO, made: datetime
) -> int:
    """Write both parts as sheets of a workbook; gives how many people."""
    book = open_workbook(out, TITLE, made, streaming=True)
    title = f"{TITLE} {short_month(head.period)}"
    note = "; ".join((head.letterhead.body, *((SYNTHETIC_NOTICE,) if head.synthetic else ())))
    people = 0
    for name, lines in parts:
        sheet = SheetWriter(book, name, _SHEET, title=f"{title}: {name.lower()}", note=note)
        for number, line in enumerate(lines, 1):
            sheet.row(_row(number, line))
            people += 1
    notes = SheetWriter(
        book, "Ghi chú", (SheetColumn("Ghi chú", 110, wrap=True),), title=title, note=note
    )
    for one in head.notes:
        notes.row((one,))
    book.close()
    return people


def _row(number: int, line: InsuranceLine) -> Sequence[Cell]:
    person = (line.name, line.born, line.sex, line.citizen, line.place)
    return (number, *person, line.code, line.who, line.reason, line.first, line.last)
