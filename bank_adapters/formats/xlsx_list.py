"""The Excel list we hand to a provider, written row by row and read back.

The layout is declarative: other labels or headings need another `ListLayout`, not other
code. Names keep their accents here, because people read these lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter

from bank_adapters.contract import Method, OutboundBatch, PaymentInstruction
from bank_adapters.errors import Refused, Unreadable
from bank_adapters.formats.amounts import exponent
from bank_adapters.formats.xlsx_sheet import MAX_ROWS, METHOD_WORDS, checked, nfc, open_sheets


@dataclass(frozen=True, slots=True)
class ListLayout:
    """Our outbound list: labels in A1..A6, headings in `heading_row`, data below it."""

    sheet: str = "DS"
    labels: tuple[str, ...] = (
        "Mã lô",
        "Tài khoản nguồn",
        "Ngày chi",
        "Số dòng",
        "Tổng số tiền",
        "Đơn vị",
    )
    headings: tuple[str, ...] = (
        "STT",
        "Mã tham chiếu",
        "Họ và tên",
        "Số tài khoản",
        "Mã ngân hàng",
        "Hình thức",
        "Nơi chi",
        "Số tiền",
        "Nội dung",
    )
    heading_row: int = 8


LIST = ListLayout()
_WIDTHS = (6, 20, 32, 20, 12, 12, 28, 14, 40)


def _refuse_item(item: PaymentInstruction, methods: frozenset[Method], number: int) -> None:
    where = f"lệnh thứ {number} ({item.reference})"
    if item.method not in methods:
        raise Refused(f"{where}: đơn vị này không chi bằng “{METHOD_WORDS[item.method]}”")
    if not re.fullmatch(r"[A-Z0-9]{16}", item.reference):
        raise Refused(f"{where}: mã tham chiếu không đúng dạng")
    if not (type(item.amount) is int and 0 < item.amount <= 10**15):
        raise Refused(f"{where}: số tiền {item.amount!r} phải là số nguyên dương")
    if not item.payee_name.strip() or len(item.payee_name) > 200:
        raise Refused(f"{where}: thiếu họ tên hoặc họ tên quá dài")
    if item.method is Method.ACCOUNT and not re.fullmatch(r"[A-Za-z0-9]{4,34}", item.account):
        raise Refused(f"{where}: số tài khoản “{item.account}” không đúng dạng")
    if max(len(item.place), len(item.remark)) > 500:
        raise Refused(f"{where}: nơi chi hoặc nội dung dài quá 500 ký tự")


def _book(out: BinaryIO, created_at: datetime) -> xlsxwriter.Workbook:
    """A workbook that keeps one row in memory and never turns text into formulas or links."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    # The same batch must give the same bytes: the time of writing stays out of the file.
    book.set_properties({"created": created_at.replace(tzinfo=None)})
    return book


def _write_head(sheet: Any, batch: OutboundBatch, layout: ListLayout, bold: Any) -> None:
    values: tuple[str | int, ...] = (
        batch.message_id,
        batch.debtor.account,
        batch.requested_on.strftime("%d/%m/%Y"),
        batch.count,
        batch.total,
        nfc(batch.debtor.name),
    )
    for row, (label, value) in enumerate(zip(layout.labels, values, strict=True)):
        sheet.write_string(row, 0, label, bold)
        write = sheet.write_number if isinstance(value, int) else sheet.write_string
        write(row, 1, value)
    for column, heading in enumerate(layout.headings):
        sheet.write_string(layout.heading_row - 1, column, heading, bold)


def write(
    batch: OutboundBatch,
    out: BinaryIO,
    methods: frozenset[Method],
    layout: ListLayout = LIST,
) -> None:
    """Write the batch as a list; raises Refused and leaves `out` worthless when it cannot."""
    if exponent(batch.currency) or not 0 < batch.count <= MAX_ROWS:
        raise Refused(f"Danh sách Excel chỉ nhận tiền không có số lẻ và 1-{MAX_ROWS} dòng")
    packed = BytesIO()
    book = _book(packed, batch.created_at)
    sheet = book.add_worksheet(layout.sheet)
    bold, number = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _write_head(sheet, batch, layout, bold)
    count, total = 0, 0
    try:
        for count, item in enumerate(batch.instructions, 1):
            _refuse_item(item, methods, count)
            total += item.amount
            _write_row(sheet, layout.heading_row - 1 + count, count, item, number)
        _agree(batch, count, total)
    finally:
        book.close()
    out.write(packed.getbuffer())


def _write_row(sheet: Any, row: int, number: int, item: PaymentInstruction, style: Any) -> None:
    text = sheet.write_string
    count = sheet.write_number
    count(row, 0, number)
    text(row, 1, item.reference)
    text(row, 2, nfc(item.payee_name))
    text(row, 3, item.account)
    text(row, 4, item.bank_bin)
    text(row, 5, METHOD_WORDS[item.method])
    text(row, 6, nfc(item.place))
    count(row, 7, item.amount, style)
    text(row, 8, nfc(item.remark))


def _agree(batch: OutboundBatch, count: int, total: int) -> None:
    if count != batch.count or total != batch.total:
        raise Refused(
            f"Lô {batch.message_id} ghi {batch.count} dòng, tổng {batch.total}; "
            f"các dòng thật ra có {count}, tổng {total}"
        )


def as_sent(item: PaymentInstruction) -> PaymentInstruction:
    """What the list carries of an instruction: texts precomposed, no BIC."""
    return replace(
        item,
        payee_name=nfc(item.payee_name),
        place=nfc(item.place),
        remark=nfc(item.remark),
        bank_bic="",
    )


def read_back(source: BinaryIO, layout: ListLayout = LIST) -> Iterator[PaymentInstruction]:
    """The instructions of a list of ours; raises Unreadable, also when count or sum differ."""
    sheet = checked(open_sheets(source), layout.sheet, layout.labels)
    for column, heading in enumerate(layout.headings, 1):
        sheet.expect(layout.heading_row, column, heading)
    count = total = 0
    for row in sheet.data_rows(layout.heading_row):
        item = PaymentInstruction(
            reference=sheet.text(row, 2),
            amount=sheet.whole(row, 8),
            payee_name=sheet.text(row, 3),
            method=sheet.method(row, 6),
            account=sheet.text(row, 4),
            bank_bin=sheet.text(row, 5),
            place=sheet.text(row, 7),
            remark=sheet.text(row, 9),
        )
        count, total = count + 1, total + item.amount
        yield item
    if (sheet.whole(4, 2), sheet.whole(5, 2)) != (count, total):
        raise Unreadable(f"Danh sách có {count} dòng, tổng {total}, khác đầu trang “{sheet.name}”")
