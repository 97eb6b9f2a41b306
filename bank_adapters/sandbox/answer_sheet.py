"""Writing a list provider's Excel answer: what was paid, what was not, and why."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from .book import Book
from .list_sheet import ACCOUNT, CASH, HEADINGS_ROW
from .xml_out import SYNTHETIC

PAID = "Đã chi"
UNPAID = "Chưa chi"
LABELS = (
    "Mã lô",
    "Tài khoản nguồn",
    "Ngày chi",
    "Số dòng",
    "Tổng số tiền",
    "Đơn vị",
    "Số tiền chưa chi",
)
HEADINGS = (
    "STT",
    "Mã tham chiếu",
    "Họ và tên",
    "Số tiền",
    "Hình thức",
    "Kết quả",
    "Mã lỗi",
    "Ngày chi",
    "Chứng từ",
)
VOUCHER_MARKS = {"bankb": "NHB", "postoffice": "PCB"}


def voucher(provider: str, payment_id: int) -> str:
    """The number of the paper behind one paid line; no two lines share one."""
    return f"{VOUCHER_MARKS[provider]}{payment_id:09d}"


def render(book: Book, outgoing: sqlite3.Row, out: BinaryIO) -> None:
    """Write the answer to the list that `outgoing["subject"]` names."""
    inbound = book.row("SELECT * FROM inbound WHERE id = ?", outgoing["subject"])
    if inbound is None:
        raise LookupError(f"inbound {outgoing['subject']} is not in the book")
    workbook = xlsxwriter.Workbook(out, {"constant_memory": True})
    created = datetime.fromisoformat(outgoing["at"]).replace(tzinfo=None)
    workbook.set_properties({"comments": SYNTHETIC, "created": created})
    for name, status in ((PAID, "executed"), (UNPAID, "unpaid")):
        sheet = workbook.add_worksheet(name)
        _head(book, sheet, inbound)
        _lines(book, sheet, inbound, status, name)
    workbook.close()


def _head(book: Book, sheet: Worksheet, inbound: sqlite3.Row) -> None:
    unspent = book.sql.execute(
        "SELECT coalesce(sum(amount), 0) FROM payment WHERE inbound_id = ? AND status = 'unpaid'",
        (inbound["id"],),
    ).fetchone()[0]
    values = (
        inbound["message_id"],
        inbound["debtor"],
        inbound["pay_date"],
        inbound["stated_count"],
        inbound["stated_total"],
        inbound["unit"],
        unspent,
    )
    for row, (label, value) in enumerate(zip(LABELS, values, strict=True)):
        sheet.write_string(row, 0, label)
        _write(sheet, row, 1, value)
        if row == 0:
            sheet.write_string(row, 3, SYNTHETIC)
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(HEADINGS_ROW - 1, column, heading)


def _lines(book: Book, sheet: Worksheet, inbound: sqlite3.Row, status: str, result: str) -> None:
    lines = book.sql.execute(
        "SELECT * FROM payment WHERE inbound_id = ? AND status = ? ORDER BY id",
        (inbound["id"], status),
    )
    for number, line in enumerate(lines, start=1):
        paid = status == "executed"
        cells = (
            number,
            line["reference"],
            line["payee_name"],
            line["amount"],
            CASH if line["cash"] else ACCOUNT,
            result,
            line["reason"],
            f"{date.fromisoformat(line['paid_on']):%d/%m/%Y}" if paid else "",
            voucher(inbound["provider"], line["id"]) if paid else "",
        )
        for column, cell in enumerate(cells):
            _write(sheet, HEADINGS_ROW + number - 1, column, cell)


def _write(sheet: Worksheet, row: int, column: int, value: str | int) -> None:
    """Codes and accounts stay text, so that no zero is lost in front."""
    if isinstance(value, int):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, value)
