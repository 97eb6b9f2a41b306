"""The sheet on which people sign for cash, as a spreadsheet with the same figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, BinaryIO

from app.printing.documents.paper_head import require_as_approved, write_facts
from app.printing.documents.sign_for import (
    BY_PLACE,
    PlaceSum,
    SignHeader,
    SignRow,
    of_place,
    subtotal,
)
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from ledger.words import in_words_vi_document

_COLUMNS = (
    SheetColumn("Thôn, xóm, tổ", 28),
    SheetColumn("STT", 6),
    SheetColumn("Họ và tên", 30),
    SheetColumn("Năm sinh", 9),
    SheetColumn("Người nhận thay", 34, wrap=True),
    SheetColumn("Kỳ này", 14),
    SheetColumn("Kỳ trước chuyển sang", 14),
    SheetColumn("Tổng số tiền", 16),
    SheetColumn("Ngày nhận", 14),
    SheetColumn("Ký nhận hoặc điểm chỉ", 26),
)
_PLACES = (
    SheetColumn("Thôn, xóm, tổ", 40),
    SheetColumn("Số người", 12),
    SheetColumn("Số tiền", 20),
)


def write_sign_for_sheet(
    header: SignHeader, rows: Iterable[SignRow], out: BinaryIO, created: datetime
) -> int:
    """Write all hamlets as XLSX; gives how many people stand in it. `created` has its zone.

    `rows` as for the printed sheet. Raises DocumentError as that does.
    """
    head = header.head
    book = open_workbook(out, head.file_title, created, streaming=True)
    writer = SheetWriter(book, "Ký nhận", _COLUMNS, title=head.file_title, note=head.note)
    sums = [
        _hamlet(writer, place, group) for place, group in groupby(rows, key=lambda row: row.place)
    ]
    found = sum(one.persons for one in sums), sum(one.total for one in sums)
    require_as_approved(found, (header.persons, header.total))
    _places(book, header, sums)
    facts = (
        ("Tổ chức chi trả", header.keepers),
        ("Số người", header.persons),
        ("Tổng số tiền (đồng)", header.total),
        ("Bằng chữ", in_words_vi_document(header.total)),
    )
    write_facts(book, head, facts)
    book.close()
    return found[0]


def _hamlet(writer: SheetWriter, place: str, rows: Iterable[SignRow]) -> PlaceSum:
    def written() -> Iterable[SignRow]:
        for number, row in enumerate(rows, 1):
            amounts = (row.regular, row.other, row.total)
            writer.row((place, number, row.name, row.born, row.payee, *amounts))
            yield row

    sums = of_place(place, written())
    amounts = (sums.regular, sums.other, sums.total)
    writer.row((subtotal(place), sums.persons, "", "", "", *amounts), bold=True)
    return sums


def _places(book: Any, header: SignHeader, sums: Iterable[PlaceSum]) -> None:
    writer = SheetWriter(book, "Theo thôn", _PLACES, title=BY_PLACE, note=header.head.note)
    for one in sums:
        writer.row((one.place, one.persons, one.total))
    writer.row(("TỔNG CỘNG", header.persons, header.total), bold=True)
