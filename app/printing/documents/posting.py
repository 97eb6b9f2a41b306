"""The list that is put up for everybody to read: names, years of birth, amounts, by hamlet.

It says nothing that the rows themselves do not say: no totals, no counts, numbers begin anew in
every hamlet, and the code is that of these rows. So nobody can tell from it how many people of
the payroll do not stand on it, and the paper says why some do not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from app.printing.documents.paper_head import (
    PaperHead,
    close_paper,
    open_paper,
    paper_foot,
    with_last,
)
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import Sheet
from app.printing.tables import Column, Table
from app.printing.values import DocumentError
from ledger.money import format_number

TITLE = "Danh sách người hưởng trợ cấp (niêm yết công khai)"
NOT_ALL = (
    "Danh sách này không phải toàn bộ bảng chi trả. Theo pháp luật về bảo vệ dữ liệu cá nhân, về "
    "trẻ em và về giữ bí mật thông tin sức khỏe, không niêm yết: người dưới 16 tuổi; người hưởng "
    "vì khuyết tật hoặc vì lý do sức khỏe khác; người mà pháp luật yêu cầu giữ bí mật thông tin. "
    "Vì vậy danh sách không ghi tổng số người và tổng số tiền. Không có tên ở đây không có nghĩa "
    "là không được hưởng, và không nói lên lý do hưởng."
)
ASK = (
    "Người hưởng hỏi riêng về phần của mình tại {unit}. Thấy sai sót, xin phản ánh với cơ quan "
    "trong thời gian niêm yết."
)
TIME = "Niêm yết từ ngày ....../....../.......... đến hết ngày ....../....../.........."
_SIZE, _NOTICE = 12.5, 130.0
_COLUMNS = (
    Column("STT", 38, "centre"),
    Column("Họ và tên", 178),
    Column("Năm sinh", 52, "centre"),
    Column("Chế độ", 153),
    Column("Số tiền (đồng)", 90, "right"),
)


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One person: the hamlet and the programme as everybody may read them, đồng."""

    place: str
    name: str
    born: str
    programme: str
    amount: int


def posting_digest(head: str, rows: Iterable[PostingRow]) -> str:
    """SHA-256 over what is put up; `head` says whose list of which month it is."""
    digest = hashlib.sha256(f"{head}\n".encode())
    for row in rows:
        told = (row.place, row.name, row.born, row.programme, str(row.amount))
        digest.update(("|".join(told) + "\n").encode())
    return digest.hexdigest()


def render_posting(head: PaperHead, rows: Iterable[PostingRow], out: BinaryIO) -> int:
    """Write the list as PDF; gives how many people stand on it.

    `rows` may be a stream, the people of a place together; it is walked once. Raises
    DocumentError for nobody: an empty list would tell that everybody had to be left out.
    """
    sheet = open_paper(head, out, wide=False)
    sheet.paragraph(TIME, size=12, align="centre")
    sheet.skip(6)
    people = _draw_rows(sheet, rows, _NOTICE + paper_foot(sheet, head))
    if not people:
        raise DocumentError("nobody to put up")
    _draw_notice(sheet, head)
    close_paper(sheet, head)
    return people


def _draw_rows(sheet: Sheet, rows: Iterable[PostingRow], below: float) -> int:
    table = Table(sheet, _COLUMNS, size=_SIZE)
    place, number, people = None, 0, 0
    for row, is_last in with_last(rows):
        if row.place != place:
            place, number = row.place, 0
            table.band(place)
        number, people = number + 1, people + 1
        cells = (str(number), row.name, row.born, row.programme, format_number(row.amount))
        table.row(cells, below=below if is_last else 0)
    table.close()
    return people


def _draw_notice(sheet: Sheet, head: PaperHead) -> None:
    # The notice is never on another page than its heading, the last row and the signatures.
    sheet.keep(_NOTICE + paper_foot(sheet, head))
    sheet.skip(10)
    sheet.paragraph("Ghi chú", font=BOLD, size=12)
    sheet.paragraph(NOT_ALL, font=ITALIC, size=11.5)
    sheet.skip(3)
    sheet.paragraph(ASK.format(unit=head.unit), font=ITALIC, size=11.5)
