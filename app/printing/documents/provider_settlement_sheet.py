"""Providers' settlements as a spreadsheet: one row each, their sums, and who signs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO

from app.printing.documents.provider_settlement import (
    SIGNERS,
    TITLE,
    ProviderSettlement,
    SettledList,
)
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from app.printing.values import DocumentError, month, short_code
from ledger.words import in_words_vi_document

NOTE = "DỮ LIỆU GIẢ LẬP – synthetic data: no real person, no real money"
_WHO = (
    SheetColumn("STT", 5),
    SheetColumn("Đơn vị chi", 30, wrap=True),
    SheetColumn("Chương trình", 22, wrap=True),
    SheetColumn("Nguồn kinh phí", 20, wrap=True),
    SheetColumn("Tổ chức chi trả", 24, wrap=True),
)
_LIST = (
    *_WHO,
    SheetColumn("Danh sách: số khoản", 10),
    SheetColumn("Danh sách: số tiền", 16),
    SheetColumn("Qua tài khoản: số khoản", 10),
    SheetColumn("Qua tài khoản: số tiền", 16),
    SheetColumn("Tiền mặt: số khoản", 10),
    SheetColumn("Tiền mặt: số tiền", 16),
    SheetColumn("Chứng từ ký nhận", 10),
    SheetColumn("Chưa chi: số khoản", 10),
    SheetColumn("Chưa chi: số tiền", 16),
    SheetColumn("Mã kiểm tra", 13),
)
_MONEY = (
    *_WHO,
    SheetColumn("Từ ngày", 11),
    SheetColumn("Đến ngày", 11),
    SheetColumn("Kỳ trước chuyển sang", 15),
    SheetColumn("Kho bạc cấp", 16),
    SheetColumn("Bồi hoàn", 14),
    SheetColumn("Tiền vào khác", 14),
    SheetColumn("Đã chi qua tài khoản", 16),
    SheetColumn("Đã chi tiền mặt", 16),
    SheetColumn("Làm mất", 14),
    SheetColumn("Nộp trả Kho bạc", 15),
    SheetColumn("Tiền ra khác", 14),
    SheetColumn("Tiền chưa chi", 16),
    SheetColumn("Trong đó chưa rõ nguồn", 14),
)


def write_provider_settlements_sheet(
    found: Sequence[ProviderSettlement], out: BinaryIO, created: datetime
) -> int:
    """Write settlements as XLSX: the lists, the money, who signs; gives how many settlements.

    Raises DocumentError when there is none.
    """
    if not found:
        raise DocumentError("there is no settlement to write")
    title = f"{TITLE}, {month(found[0].settled.period)}"
    note = NOTE if found[0].synthetic else ""
    book = open_workbook(out, title, created, streaming=True)
    lists = SheetWriter(book, "Danh sách", _LIST, title=title, note=note)
    _rows(lists, [(one, (), _of_list(one.settled), (short_code(one.digest),)) for one in found])
    money = SheetWriter(book, "Tiền", _MONEY, title=title, note=note)
    _rows(
        money,
        [
            (one, (one.settled.since, one.settled.until), _of_money(one.settled), ())
            for one in found
        ],
    )
    _facts(book, found, title, note)
    book.close()
    return len(found)


_Row = tuple[ProviderSettlement, tuple[Cell, ...], tuple[int, ...], tuple[Cell, ...]]


def _rows(writer: SheetWriter, rows: Sequence[_Row]) -> None:
    """A row a settlement, and the sums of their figures."""
    for number, (one, before, figures, after) in enumerate(rows, 1):
        who: tuple[Cell, ...] = (number, one.unit, one.programme, one.fund, one.provider)
        writer.row((*who, *before, *figures, *after))
    sums = [sum(column) for column in zip(*(row[2] for row in rows), strict=True)]
    blank = [""] * (len(_WHO) - 2 + len(rows[0][1]))
    writer.row(("", "CỘNG", *blank, *sums), bold=True)


def _of_list(s: SettledList) -> tuple[int, ...]:
    return (
        *(s.listed.count, s.listed.amount, s.account.count, s.account.amount),
        *(s.cash.count, s.cash.amount, s.vouchers, s.unpaid.count, s.unpaid.amount),
    )


def _of_money(s: SettledList) -> tuple[int, ...]:
    return (
        *(s.opening, s.received, s.made_good, s.other_in),
        *(s.credited, s.cash_out, s.lost, s.returned, s.other_out, s.unspent, s.suspense),
    )


def _facts(book: Any, found: Sequence[ProviderSettlement], title: str, note: str) -> None:
    columns = (SheetColumn("Nội dung", 42), SheetColumn("Giá trị", 90, wrap=True))
    writer = SheetWriter(book, "Xác nhận", columns, title=title, note=note)
    paid = sum(one.settled.paid for one in found)
    facts: tuple[tuple[str, Cell], ...] = (
        ("Kỳ chi trả", month(found[0].settled.period)),
        ("Số quyết toán", len(found)),
        ("Đã chi theo danh sách (đồng)", paid),
        ("Bằng chữ", in_words_vi_document(paid)),
        *((one.role, "") for one in SIGNERS),
    )
    for fact in facts:
        writer.row(fact)
