"""The table of payments that goes to the State Treasury with a withdrawal slip, in two parts.

Part I: every payee with the full account number; part II: what changed against last month.
After the Treasury's table of payments to beneficiaries (Decree 11/2020/ND-CP, form 09). The
number of the form is printed only where the office has set it: its successor is not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from app.months import previous
from app.printing.blocks import draw_seal, draw_signatures, foot_height
from app.printing.documents.paper_head import (
    PaperHead,
    draw_amount,
    draw_payer,
    open_paper,
    require_as_approved,
    with_last,
)
from app.printing.documents.payroll_list import Bridge, BridgeLine
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import Sheet
from app.printing.tables import Column, Table
from app.printing.values import DocumentError, Signature, day, short_month
from ledger.money import format_number, format_vnd

TITLE = "Bảng thanh toán cho đối tượng thụ hưởng"
PART_ONE = "I. NỘI DUNG ĐỀ NGHỊ THANH TOÁN"
PART_TWO = "II. THAY ĐỔI SO VỚI THÁNG TRƯỚC"
NO_CHANGES = "Bảng này không tiếp nối bảng của tháng trước nên không có phần so sánh."
OFFICE = (
    Signature("Người lập", "Ký, họ tên"),
    Signature("Kế toán trưởng", "Ký, họ tên"),
    Signature("Thủ trưởng đơn vị", "Ký, họ tên, đóng dấu"),
)
TREASURY = (
    Signature("Kho bạc Nhà nước, kiểm soát chi", "Ký, họ tên"),
    Signature("Giám đốc Kho bạc Nhà nước", "Ký, họ tên, đóng dấu"),
)
_LINE, _MONTH_NOW = 19.0, 17.0
_COLUMNS = (
    Column("STT", 31, "centre"),
    Column("Họ và tên", 128),
    Column("Số tài khoản người hưởng", 110),
    Column("Tên ngân hàng", 123),
    Column("Tổng số", 68, "right"),
    Column("Trợ cấp tháng này", 64, "right"),
    Column("Truy lĩnh", 62, "right"),
    Column("Kỳ trước chuyển sang", 62, "right"),
    Column("Ghi chú", 66),
)
_KEEPERS = (
    Column("Tài khoản của đơn vị tại", 260),
    Column("Số tài khoản", 130),
    Column("Số yêu cầu rút dự toán", 150),
    Column("Số khoản", 78, "right"),
    Column("Số tiền", 140, "right"),
)
_CHANGES = (
    Column("STT", 31, "centre"),
    Column("Nội dung, lý do", 327),
    Column("Tăng: số người", 81, "right"),
    Column("Tăng: số tiền", 97, "right"),
    Column("Giảm: số người", 81, "right"),
    Column("Giảm: số tiền", 97, "right"),
)


@dataclass(frozen=True, slots=True)
class TreasuryRow:
    """One payee: the full `account` and its `bank`, or '' and who hands out the cash.

    Amounts in đồng; `other` was owed for earlier months.
    """

    name: str
    account: str
    bank: str
    regular: int
    arrears: int = 0
    other: int = 0
    note: str = ""

    @property
    def total(self) -> int:
        """What is paid."""
        return self.regular + self.arrears + self.other


@dataclass(frozen=True, slots=True)
class UnitAccount:
    """Where the money of `lines` payees goes first: the unit's account at a provider."""

    provider: str
    account: str
    reference: str
    lines: int
    amount: int


@dataclass(frozen=True, slots=True)
class TreasuryHeader:
    """What stands above and below the payees. `persons` and `total` are as approved.

    `form` is the number of the form where the office has set one; `slip` and `slip_on` are of
    the withdrawal slip, '' and None where they are written by hand.
    """

    head: PaperHead
    persons: int
    total: int
    accounts: tuple[UnitAccount, ...]
    bridge: Bridge | None = None
    form: str = ""
    slip: str = ""
    slip_on: date | None = None


@dataclass(slots=True)
class Parts:
    """Running totals of the payees seen so far, in đồng."""

    persons: int = 0
    total: int = 0
    regular: int = 0
    arrears: int = 0
    other: int = 0

    def add(self, row: TreasuryRow) -> None:
        """Count one more payee."""
        self.persons += 1
        self.total += row.total
        self.regular += row.regular
        self.arrears += row.arrears
        self.other += row.other

    def amounts(self) -> tuple[int, int, int, int]:
        """In the order of the columns."""
        return self.total, self.regular, self.arrears, self.other


def render_treasury_table(
    header: TreasuryHeader, rows: Iterable[TreasuryRow], out: BinaryIO
) -> None:
    """Write both parts as PDF. `rows` may be a stream in list order; it is walked once.

    Raises DocumentError when payees, accounts and what was approved do not agree.
    """
    require_accounts(header)
    sheet = open_paper(header.head, out, wide=True)
    _draw_slip(sheet, header)
    draw_payer(sheet, header.head)
    _draw_accounts(sheet, header.accounts)
    _draw_payees(sheet, header, rows)
    _draw_changes(sheet, header)
    _close(sheet, header.head)


def require_accounts(header: TreasuryHeader) -> None:
    """Raise DocumentError where the accounts do not take exactly what was approved."""
    lines = sum(one.lines for one in header.accounts)
    amount = sum(one.amount for one in header.accounts)
    if (lines, amount) != (header.persons, header.total):
        raise DocumentError(
            f"the accounts take {lines} payments of {amount} đồng, "
            f"approved were {header.persons} of {header.total}"
        )


def slip_line(header: TreasuryHeader) -> str:
    """Which withdrawal slip it belongs to, with room to write where that is not known."""
    number = header.slip or "...................."
    on = day(header.slip_on) if header.slip_on else "....../....../.........."
    return f"Kèm theo giấy rút dự toán (ủy nhiệm chi) số {number} ngày {on}"


def changes(bridge: Bridge) -> list[tuple[str, int, int, int, int]]:
    """Part II row by row: reason, persons and đồng that came, persons and đồng that left."""
    return [(one.label, *_sides(one)) for one in bridge.changes]


def _sides(line: BridgeLine) -> tuple[int, int, int, int]:
    up, down = max(line.persons, 0), max(-line.persons, 0)
    return up, max(line.amount, 0), down, max(-line.amount, 0)


def month_before(header: TreasuryHeader, bridge: Bridge) -> str:
    """The list that part II begins with."""
    before = bridge.previous
    return (
        f"Danh sách {short_month(previous(header.head.period))}: "
        f"{format_number(before.persons)} người, {format_vnd(before.amount)}"
    )


def month_now(header: TreasuryHeader) -> str:
    """The list that part II leads to."""
    return (
        f"Danh sách {short_month(header.head.period)}: "
        f"{format_number(header.persons)} người, {format_vnd(header.total)}"
    )


def _draw_slip(sheet: Sheet, header: TreasuryHeader) -> None:
    sheet.paragraph(f"({slip_line(header)})", font=ITALIC, size=11, align="centre")
    if header.form:
        sheet.paragraph(header.form, font=ITALIC, size=10, align="right")
    sheet.skip(4)
    sheet.labelled("Đơn vị", header.head.unit, size=11)


def _draw_accounts(sheet: Sheet, accounts: Sequence[UnitAccount]) -> None:
    table = Table(sheet, _KEEPERS, close=True)
    for one in accounts:
        amounts = format_number(one.lines), format_number(one.amount)
        table.row((one.provider, one.account, one.reference, *amounts))
    table.close()
    sheet.skip(8)


def _draw_payees(sheet: Sheet, header: TreasuryHeader, rows: Iterable[TreasuryRow]) -> None:
    sheet.keep(90)
    sheet.paragraph(PART_ONE, font=BOLD)
    sheet.skip(3)
    table, parts = Table(sheet, _COLUMNS), Parts()
    for row, is_last in with_last(rows):
        parts.add(row)
        table.row(_cells(parts.persons, row), followed=is_last)
    amounts = map(format_number, parts.amounts())
    table.row(("", "TỔNG CỘNG", "", "", *amounts, ""), bold=True)
    table.close()
    require_as_approved((parts.persons, parts.total), (header.persons, header.total))
    sheet.keep(44)
    sheet.skip(6)
    draw_amount(sheet, parts.total)


def _cells(number: int, row: TreasuryRow) -> tuple[str, ...]:
    amounts = map(format_number, (row.total, row.regular, row.arrears, row.other))
    return (str(number), row.name, row.account, row.bank, *amounts, row.note)


def _draw_changes(sheet: Sheet, header: TreasuryHeader) -> None:
    # Part II stands on one page, with the signatures too when a page can hold them.
    lines = len(header.bridge.changes) + 2 if header.bridge else 0
    height, foot = 70 + _LINE * lines, _foot(sheet, header.head)
    sheet.keep(height + foot if height + foot < sheet.empty else min(height, 110))
    sheet.skip(10)
    sheet.paragraph(PART_TWO, font=BOLD)
    sheet.skip(3)
    if header.bridge is None:
        sheet.paragraph(NO_CHANGES, font=ITALIC, size=11)
        return
    sheet.paragraph(month_before(header, header.bridge), size=11)
    sheet.skip(3)
    table, found = Table(sheet, _CHANGES, close=True), changes(header.bridge)
    for number, (label, *sides) in enumerate(found, 1):
        cells = (str(number), label, *map(format_number, sides))
        is_last = number == len(found)
        table.row(cells, followed=is_last, below=_MONTH_NOW + foot if is_last else 0)
    sums = (sum(column) for column in zip((0, 0, 0, 0), *(one[1:] for one in found), strict=True))
    table.row(("", "CỘNG", *map(format_number, sums)), bold=True)
    table.close()
    sheet.skip(3)
    sheet.paragraph(month_now(header), font=BOLD, size=11)


def _foot(sheet: Sheet, head: PaperHead) -> float:
    office = foot_height(sheet, OFFICE, sealed=False)
    return office + foot_height(sheet, TREASURY, sealed=head.seal is not None)


def _close(sheet: Sheet, head: PaperHead) -> None:
    sheet.keep(_foot(sheet, head))
    draw_signatures(sheet, OFFICE)
    draw_signatures(sheet, TREASURY)
    if head.seal is not None:
        draw_seal(sheet, head.seal)
    sheet.finish()
