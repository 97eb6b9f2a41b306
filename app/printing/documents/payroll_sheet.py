"""The list of one payroll as a spreadsheet: the figures of the printed list, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

from app.printing.documents.paper_head import (
    count_and_amount,
    require_as_approved,
    write_facts,
)
from app.printing.documents.payroll_list import (
    Bridge,
    PayrollHeader,
    PayrollRow,
    Sums,
    bridge_lines,
    bridge_title,
    require_bridge,
)
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from ledger.words import in_words_vi_document

_COLUMNS = (
    SheetColumn("STT", 6),
    SheetColumn("Họ và tên", 30),
    SheetColumn("Năm sinh", 9),
    SheetColumn("Thôn, xóm", 22),
    SheetColumn("Nhóm đối tượng", 32),
    SheetColumn("Mức tháng", 14),
    SheetColumn("Truy lĩnh", 14),
    SheetColumn("Kỳ trước chuyển sang", 14),
    SheetColumn("Tổng cộng", 16),
    SheetColumn("Hình thức", 12),
    SheetColumn("Số tài khoản", 14),
    SheetColumn("Ngân hàng", 18),
    SheetColumn("Ghi chú", 26),
)
_BRIDGE = (
    SheetColumn("Nội dung", 60),
    SheetColumn("Số người", 12),
    SheetColumn("Số tiền (đồng)", 20),
)


def write_payroll_sheet(
    header: PayrollHeader, rows: Iterable[PayrollRow], out: BinaryIO, created: datetime
) -> None:
    """Write the list as XLSX to `out`; `rows` may be a stream, `created` has its zone.

    Raises DocumentError as the printed list does.
    """
    require_bridge(header)
    head = header.head
    book = open_workbook(out, head.file_title, created, streaming=True)
    writer = SheetWriter(book, "Danh sách", _COLUMNS, title=head.file_title, note=head.note)
    sums = Sums()
    for row in rows:
        sums.add(row)
        writer.row(_cells(sums.persons, row))
    amounts = (sums.monthly, sums.arrears, sums.other, sums.total)
    writer.row(("", "TỔNG CỘNG", "", "", "", *amounts), bold=True)
    require_as_approved((sums.persons, sums.total), (header.persons, header.total))
    if header.bridge is not None:
        _bridge(book, header, header.bridge)
    write_facts(book, head, _facts(sums))
    book.close()


def _cells(number: int, row: PayrollRow) -> tuple[Cell, ...]:
    method = "Tài khoản" if row.account else "Tiền mặt"
    person = (number, row.name, row.born, row.place, row.group)
    amounts = (row.monthly, row.arrears, row.other, row.total)
    return (*person, *amounts, method, row.account, row.bank, row.note)


def _facts(sums: Sums) -> tuple[tuple[str, Cell], ...]:
    return (
        ("Số người", sums.persons),
        ("Tổng số tiền (đồng)", sums.total),
        ("Bằng chữ", in_words_vi_document(sums.total)),
        ("Qua tài khoản", count_and_amount(*sums.by_account)),
        ("Tiền mặt", count_and_amount(*sums.in_cash)),
    )


def _bridge(book: Any, header: PayrollHeader, bridge: Bridge) -> None:
    title = bridge_title(header)
    writer = SheetWriter(book, "Tăng, giảm", _BRIDGE, title=title, note=header.head.note)
    for line, is_list in bridge_lines(header, bridge):
        writer.row((line.label, line.persons, line.amount), bold=is_list)
