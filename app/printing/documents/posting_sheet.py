"""The list for public posting as a spreadsheet: the rows of the printed one and its notice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from app.printing.documents.paper_head import PaperHead, write_facts
from app.printing.documents.posting import ASK, NOT_ALL, TIME, PostingRow
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.printing.values import DocumentError

_COLUMNS = (
    SheetColumn("Thôn, xóm, tổ", 34),
    SheetColumn("STT", 6),
    SheetColumn("Họ và tên", 34),
    SheetColumn("Năm sinh", 10),
    SheetColumn("Chế độ", 34),
    SheetColumn("Số tiền (đồng)", 18),
)


def write_posting_sheet(
    head: PaperHead, rows: Iterable[PostingRow], out: BinaryIO, created: datetime
) -> int:
    """Write the list as XLSX; gives how many people stand on it. `created` has its zone.

    Raises DocumentError for nobody, as the printed list does.
    """
    book = open_workbook(out, head.file_title, created, streaming=True)
    writer = SheetWriter(book, "Niêm yết", _COLUMNS, title=head.file_title, note=head.note)
    place, number, people = None, 0, 0
    for row in rows:
        number = number + 1 if row.place == place else 1
        place, people = row.place, people + 1
        writer.row((place, number, row.name, row.born, row.programme, row.amount))
    notice = (("Thời gian", TIME), ("Ghi chú", NOT_ALL), ("Hỏi ở đâu", ASK.format(unit=head.unit)))
    write_facts(book, head, notice)
    book.close()
    if not people:
        raise DocumentError("nobody to put up")
    return people
