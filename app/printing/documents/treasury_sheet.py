"""The table for the State Treasury as a spreadsheet: the figures of the printed one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

from app.printing.documents.paper_head import require_as_approved, write_facts
from app.printing.documents.treasury_table import (
    NO_CHANGES,
    OFFICE,
    TREASURY,
    Parts,
    TreasuryHeader,
    TreasuryRow,
    changes,
    month_before,
    month_now,
    require_accounts,
    slip_line,
)
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from ledger.words import in_words_vi_document

_COLUMNS = (
    SheetColumn("STT", 6),
    SheetColumn("Họ và tên", 30),
    SheetColumn("Số tài khoản người hưởng", 24),
    SheetColumn("Tên ngân hàng", 36),
    SheetColumn("Tổng số", 16),
    SheetColumn("Trợ cấp tháng này", 14),
    SheetColumn("Truy lĩnh", 14),
    SheetColumn("Kỳ trước chuyển sang", 14),
    SheetColumn("Ghi chú", 30),
)
_CHANGES = (
    SheetColumn("STT", 6),
    SheetColumn("Nội dung, lý do", 60),
    SheetColumn("Tăng: số người", 12),
    SheetColumn("Tăng: số tiền", 18),
    SheetColumn("Giảm: số người", 12),
    SheetColumn("Giảm: số tiền", 18),
)
_ACCOUNTS = (
    SheetColumn("Tài khoản của đơn vị tại", 40),
    SheetColumn("Số tài khoản", 22),
    SheetColumn("Số yêu cầu rút dự toán", 24),
    SheetColumn("Số khoản", 10),
    SheetColumn("Số tiền", 18),
)


def write_treasury_sheet(
    header: TreasuryHeader, rows: Iterable[TreasuryRow], out: BinaryIO, created: datetime
) -> None:
    """Write both parts as XLSX; `rows` may be a stream, `created` has its zone.

    Account numbers are text. Raises DocumentError as the printed table does.
    """
    require_accounts(header)
    head = header.head
    book = open_workbook(out, head.file_title, created, streaming=True)
    writer = SheetWriter(book, "Phần I", _COLUMNS, title=head.file_title, note=head.note)
    parts = Parts()
    for row in rows:
        parts.add(row)
        amounts = (row.total, row.regular, row.arrears, row.other)
        writer.row((parts.persons, row.name, row.account, row.bank, *amounts, row.note))
    writer.row(("", "TỔNG CỘNG", "", "", *parts.amounts()), bold=True)
    require_as_approved((parts.persons, parts.total), (header.persons, header.total))
    _changes(book, header)
    _accounts(book, header)
    write_facts(book, head, _facts(header))
    book.close()


def _changes(book: Any, header: TreasuryHeader) -> None:
    note = header.head.note
    title = month_before(header, header.bridge) if header.bridge else NO_CHANGES
    writer = SheetWriter(book, "Phần II", _CHANGES, title=title, note=note)
    if header.bridge is None:
        return
    found = changes(header.bridge)
    for number, cells in enumerate(found, 1):
        writer.row((number, *cells))
    sums = (sum(column) for column in zip((0, 0, 0, 0), *(one[1:] for one in found), strict=True))
    writer.row(("", "CỘNG", *sums), bold=True)
    writer.row(("", month_now(header)), bold=True)


def _accounts(book: Any, header: TreasuryHeader) -> None:
    title = "Tài khoản của đơn vị"
    writer = SheetWriter(book, title, _ACCOUNTS, title=title, note=header.head.note)
    for one in header.accounts:
        writer.row((one.provider, one.account, one.reference, one.lines, one.amount))


def _facts(header: TreasuryHeader) -> tuple[tuple[str, Cell], ...]:
    form: tuple[tuple[str, Cell], ...] = (("Mẫu", header.form),) if header.form else ()
    return (
        *form,
        ("Đơn vị", header.head.unit),
        ("Giấy rút dự toán", slip_line(header)),
        ("Số khoản", header.persons),
        ("Tổng số tiền (đồng)", header.total),
        ("Bằng chữ", in_words_vi_document(header.total)),
        *((one.role, "") for one in (*OFFICE, *TREASURY)),
    )
