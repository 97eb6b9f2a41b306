"""The list of one payroll: who receives what, the totals in words, and who answered for it.

Columns after the treasury's table of payments to beneficiaries; no form number is printed,
since none is confirmed for these allowances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from app.months import previous
from app.printing.documents.paper_head import (
    PaperHead,
    close_paper,
    count_and_amount,
    draw_amount,
    draw_payer,
    open_paper,
    paper_foot,
    require_as_approved,
    with_last,
)
from app.printing.fonts import BOLD
from app.printing.frames import Sheet
from app.printing.tables import Column, Table
from app.printing.values import DocumentError, Place, short_month
from ledger.money import format_number

_COLUMNS = (
    Column("STT", 31, "centre"),
    Column("Họ và tên", 116),
    Column("Năm sinh", 35, "centre"),
    Column("Thôn, xóm", 68),
    Column("Nhóm đối tượng", 103),
    Column("Mức tháng", 57, "right"),
    Column("Truy lĩnh", 55, "right"),
    Column("Kỳ trước chuyển sang", 55, "right"),
    Column("Tổng cộng", 62, "right"),
    Column("Hình thức, tài khoản", 76),
    Column("Ghi chú", 56),
)
_TOTALS_HEIGHT, _BRIDGE_LINE = 54.0, 19.0


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """One person's line. Amounts in đồng; `other` was owed for earlier months and is carried on.

    `group` is the public name of the group; `account` is masked already and empty for cash;
    `born` is a year or a date as it is to be read.
    """

    name: str
    born: str
    place: str
    group: str
    monthly: int
    arrears: int = 0
    other: int = 0
    account: str = ""
    bank: str = ""
    note: str = ""

    @property
    def total(self) -> int:
        """What the person is to receive."""
        return self.monthly + self.arrears + self.other


@dataclass(frozen=True, slots=True)
class BridgeLine:
    """One step from last month's list to this one: persons and đồng, each with its sign."""

    label: str
    persons: int
    amount: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """Last month's list and the changes that lead to this one."""

    previous: BridgeLine
    changes: tuple[BridgeLine, ...] = ()

    def result(self) -> tuple[int, int]:
        """(persons, đồng) that last month and the changes add up to."""
        lines = (self.previous, *self.changes)
        return sum(line.persons for line in lines), sum(line.amount for line in lines)


@dataclass(frozen=True, slots=True)
class PayrollHeader:
    """What stands above and below the lines.

    `persons` and `total` (đồng) are what was approved; lines that add up to something else
    are not printed as if they had been.
    """

    head: PaperHead
    persons: int
    total: int
    bridge: Bridge | None = None


@dataclass(slots=True)
class Sums:
    """Running totals of the lines seen so far: persons and đồng."""

    persons: int = 0
    monthly: int = 0
    arrears: int = 0
    other: int = 0
    total: int = 0
    by_account: list[int] = field(default_factory=lambda: [0, 0])
    in_cash: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, row: PayrollRow) -> None:
        """Count one more line."""
        self.persons += 1
        self.monthly += row.monthly
        self.arrears += row.arrears
        self.other += row.other
        self.total += row.total
        kind = self.by_account if row.account else self.in_cash
        kind[0] += 1
        kind[1] += row.total


def render_payroll_list(
    header: PayrollHeader, rows: Iterable[PayrollRow], out: BinaryIO
) -> tuple[Place, ...]:
    """Write the list as PDF to `out`; gives where each block leaves room for its signature.

    `rows` may be a stream in list order; it is walked once.

    Raises `DocumentError` when lines, approved totals and bridge do not agree; what is in
    `out` by then is no document.
    """
    require_bridge(header)
    sheet = open_paper(header.head, out, wide=True)
    draw_payer(sheet, header.head)
    sums = _draw_rows(sheet, rows)
    require_as_approved((sums.persons, sums.total), (header.persons, header.total))
    foot = paper_foot(sheet, header.head)
    sheet.keep(_TOTALS_HEIGHT + (0 if header.bridge else foot))
    _draw_totals(sheet, sums)
    if header.bridge is not None:
        _draw_bridge(sheet, header, header.bridge, foot)
    return close_paper(sheet, header.head)


def require_bridge(header: PayrollHeader) -> None:
    """Raise DocumentError for a bridge that leads to another list than the approved one."""
    if header.bridge is None:
        return
    persons, amount = header.bridge.result()
    if (persons, amount) != (header.persons, header.total):
        raise DocumentError(
            f"the bridge leads to {persons} persons and {amount} đồng, "
            f"approved were {header.persons} and {header.total}"
        )


def bridge_lines(header: PayrollHeader, bridge: Bridge) -> Iterator[tuple[BridgeLine, bool]]:
    """The lines of the bridge from last month's list to this one, and which of them are lists."""
    yield bridge.previous, True
    for line in bridge.changes:
        yield line, False
    label = f"Danh sách {short_month(header.head.period)}"
    yield BridgeLine(label, header.persons, header.total), True


def bridge_title(header: PayrollHeader) -> str:
    """'Tăng, giảm so với tháng 9/2026'"""
    return f"Tăng, giảm so với {short_month(previous(header.head.period))}"


def _draw_rows(sheet: Sheet, rows: Iterable[PayrollRow]) -> Sums:
    sums = Sums()
    table = Table(sheet, _COLUMNS)
    for row, is_last in with_last(rows):
        sums.add(row)
        table.row(_cells(sums.persons, row), followed=is_last)
    amounts = map(format_number, (sums.monthly, sums.arrears, sums.other, sums.total))
    table.row(("", "TỔNG CỘNG", "", "", "", *amounts, "", ""), bold=True)
    table.close()
    return sums


def _cells(number: int, row: PayrollRow) -> tuple[str, ...]:
    method = f"{row.account}\n{row.bank}".rstrip() if row.account else "Tiền mặt"
    amounts = map(format_number, (row.monthly, row.arrears, row.other, row.total))
    return (str(number), row.name, row.born, row.place, row.group, *amounts, method, row.note)


def _draw_totals(sheet: Sheet, sums: Sums) -> None:
    sheet.skip(8)
    draw_amount(sheet, sums.total)
    sheet.paragraph(
        f"Số người: {format_number(sums.persons)}; trong đó qua tài khoản: "
        f"{count_and_amount(*sums.by_account)}; tiền mặt: {count_and_amount(*sums.in_cash)}."
    )


def _draw_bridge(sheet: Sheet, header: PayrollHeader, bridge: Bridge, foot: float) -> None:
    lines = list(bridge_lines(header, bridge))
    # Title and lines stand on one page, with the signatures too when a page can hold them.
    height = 40 + _BRIDGE_LINE * (len(lines) + 1)
    sheet.keep(height + foot if height + foot < sheet.empty else min(height, 110))
    sheet.skip(10)
    sheet.paragraph(bridge_title(header), font=BOLD)
    sheet.skip(3)
    columns = (Column("Nội dung", 330), Column("Số người", 80, "right"))
    table = Table(sheet, (*columns, Column("Số tiền (đồng)", 120, "right")))
    for at, (line, is_list) in enumerate(lines, 1):
        cells, left = _bridge_cells(line, signed=not is_list), len(lines) - at
        table.row(cells, bold=is_list, followed=left == 1, below=foot if left < 2 else 0)
    table.close()


def _bridge_cells(line: BridgeLine, *, signed: bool = False) -> tuple[str, str, str]:
    return line.label, _signed(line.persons, signed), _signed(line.amount, signed)


def _signed(number: int, signed: bool) -> str:
    if not signed or number == 0:
        return format_number(number)
    return f"{'+' if number > 0 else '−'}{format_number(abs(number))}"
