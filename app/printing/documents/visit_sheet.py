"""The sheet for visits at home: who still takes cash in a hamlet, why, and what to ask.

Large boxes to tick, room to sign; a hamlet begins on a page of its own, so that each visitor
takes along just the own part. IDs are masked by whoever makes the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import ITALIC
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table, fitted
from app.printing.values import DocumentError, Letterhead, Signature, day
from ledger.money import format_number

TITLE = "Phiếu thăm hộ nhận trợ cấp bằng tiền mặt"
TICKS = ("Mở tài khoản", "Đã có tài khoản", "Giữ tiền mặt", "Hẹn lại")
_TICK_WIDTH, _BOX = 45.0, 17.0
_COLUMNS = (
    Column("STT", 30, "centre"),
    Column("Họ và tên, năm sinh, căn cước", 148),
    Column("Người nhận thay", 92),
    Column("Lý do đang ghi", 112),
    Column("Hỏi và ghi lại", 132),
    *(Column(tick, _TICK_WIDTH, "centre") for tick in TICKS),
    Column("Ký tên", 64),
)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """One person to visit; `citizen` is masked already, `payee` is '' when it is the person."""

    commune: str
    hamlet: str
    name: str
    born: str
    citizen: str
    reason: str
    question: str
    payee: str = ""


@dataclass(frozen=True, slots=True)
class VisitHeader:
    """What stands above the list of every hamlet; letterheads by commune."""

    letterheads: dict[str, Letterhead]
    synthetic: bool


def render_visit_sheet(header: VisitHeader, rows: Iterable[VisitRow], out: BinaryIO) -> int:
    """Write the sheets of all hamlets as one PDF; gives how many people stand in it.

    `rows` may be a stream in the order of communes and hamlets; it is walked once. Raises
    DocumentError when there is nobody.
    """
    sheet: Sheet | None = None
    people = 0
    for (code, hamlet), group in groupby(rows, key=lambda row: (row.commune, row.hamlet)):
        head = header.letterheads[code]
        if sheet is None:
            sheet = Sheet(out, title=TITLE, author=head.body, synthetic=header.synthetic, wide=True)
        else:
            sheet.new_page()
        people += _hamlet(sheet, head, hamlet, group)
    if sheet is None:
        raise DocumentError("nobody to visit")
    sheet.finish()
    return people


def _hamlet(sheet: Sheet, head: Letterhead, hamlet: str, rows: Iterable[VisitRow]) -> int:
    draw_letterhead(sheet, head)
    heading(sheet, TITLE, hamlet, f"Lập ngày {day(head.issued_on)}")
    sheet.paragraph(
        "Đánh dấu một ô cho mỗi người. Nhận tiền mặt là quyền của người hưởng: không ép.",
        font=ITALIC,
        size=11,
    )
    sheet.skip(4)
    table = Table(sheet, _COLUMNS, size=11)
    people = 0
    for people, row in enumerate(rows, 1):
        table.row(_cells(people, row))
        _boxes(sheet)
    table.close()
    sheet.skip(6)
    sheet.paragraph(f"Cộng: {format_number(people)} người.", size=11)
    draw_signatures(sheet, (Signature("Người đi thăm"), Signature("Trưởng thôn, tổ trưởng")))
    return people


def _cells(number: int, row: VisitRow) -> Sequence[str]:
    person = f"{row.name}\nSinh: {row.born}\nCăn cước: {row.citizen}"
    return (str(number), person, row.payee, row.reason, row.question, "", "", "", "", "")


def _boxes(sheet: Sheet) -> None:
    """The boxes of the row that was just drawn, a little above its lower line."""
    columns = fitted(sheet, _COLUMNS)
    x, wide = sheet.left + sum(column.width for column in columns[:5]), columns[5].width
    sheet.canvas.setLineWidth(1)
    for at in range(len(TICKS)):
        left = x + at * wide + (wide - _BOX) / 2
        sheet.canvas.rect(left, sheet.y + 13, _BOX, _BOX)
