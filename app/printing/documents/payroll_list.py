"""The list of one payroll: who receives what, the totals in words, and who answered for it.

Columns after the treasury's table of payments to beneficiaries; no form number is printed,
since none is confirmed for these allowances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from app.months import previous
from app.printing.blocks import draw_letterhead, draw_signatures
from app.printing.fonts import BOLD, ITALIC
from app.printing.frames import Sheet, heading
from app.printing.tables import Column, Table
from app.printing.values import (
    DocumentError,
    Letterhead,
    Signature,
    month,
    short_code,
    short_month,
)
from ledger.money import format_number, format_vnd
from ledger.words import in_words_vi_document

_COLUMNS = (
    Column("STT", 32, "centre"),
    Column("Họ và tên", 124),
    Column("Năm sinh", 38, "centre"),
    Column("Thôn, xóm", 96),
    Column("Nhóm đối tượng", 122),
    Column("Mức tháng", 64, "right"),
    Column("Truy lĩnh", 64, "right"),
    Column("Tổng cộng", 70, "right"),
    Column("Hình thức, tài khoản", 86),
    Column("Ghi chú", 61),
)


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """One person's line. Amounts in đồng; `other` is what is neither monthly nor arrears.

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
    are not printed as if they had been. `digest` is the digest of the approved lines;
    `period` reads "2026-10".
    """

    letterhead: Letterhead
    programme: str
    fund: str
    period: str
    persons: int
    total: int
    digest: str
    synthetic: bool
    budget_code: str = ""
    bridge: Bridge | None = None
    signatures: tuple[Signature, ...] = ()
    title: str = "Danh sách chi trả trợ cấp"


@dataclass(slots=True)
class _Sums:
    """Running totals of the lines seen so far."""

    persons: int = 0
    monthly: int = 0
    arrears: int = 0
    total: int = 0
    by_account: list[int] = field(default_factory=lambda: [0, 0])
    in_cash: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, row: PayrollRow) -> None:
        self.persons += 1
        self.monthly += row.monthly
        self.arrears += row.arrears
        self.total += row.total
        kind = self.by_account if row.account else self.in_cash
        kind[0] += 1
        kind[1] += row.total


def render_payroll_list(header: PayrollHeader, rows: Iterable[PayrollRow], out: BinaryIO) -> None:
    """Write the list as PDF to `out`. `rows` may be a stream in list order; it is walked once.

    Raises `DocumentError` when lines, approved totals and bridge do not agree; what is in
    `out` by then is no document.
    """
    _check_bridge(header)
    sheet = Sheet(
        out,
        title=f"{header.title}, {short_month(header.period)}",
        author=header.letterhead.body,
        code=short_code(header.digest),
        synthetic=header.synthetic,
        wide=True,
    )
    _draw_head(sheet, header)
    sums = _draw_rows(sheet, rows)
    if (sums.persons, sums.total) != (header.persons, header.total):
        raise DocumentError(
            f"the lines are {sums.persons} persons and {sums.total} đồng, "
            f"approved were {header.persons} and {header.total}"
        )
    _draw_totals(sheet, sums)
    if header.bridge is not None:
        _draw_bridge(sheet, header, header.bridge)
    draw_signatures(sheet, header.signatures)
    sheet.finish()


def _check_bridge(header: PayrollHeader) -> None:
    if header.bridge is None:
        return
    persons, amount = header.bridge.result()
    if (persons, amount) != (header.persons, header.total):
        raise DocumentError(
            f"the bridge leads to {persons} persons and {amount} đồng, "
            f"approved were {header.persons} and {header.total}"
        )


def _draw_head(sheet: Sheet, header: PayrollHeader) -> None:
    draw_letterhead(sheet, header.letterhead)
    heading(sheet, header.title, header.programme, f"Kỳ chi trả: {month(header.period)}")
    sheet.labelled("Nguồn kinh phí", header.fund, size=11)
    if header.budget_code:
        code = header.budget_code
        sheet.labelled("Mã số đơn vị có quan hệ với ngân sách", code, size=11)
    sheet.paragraph("Đơn vị tính: đồng", font=ITALIC, size=10, align="right")
    sheet.skip(3)


def _draw_rows(sheet: Sheet, rows: Iterable[PayrollRow]) -> _Sums:
    sums = _Sums()
    table = Table(sheet, _COLUMNS)
    for row in rows:
        sums.add(row)
        table.row(_cells(sums.persons, row))
    amounts = map(format_number, (sums.monthly, sums.arrears, sums.total))
    table.row(("", "TỔNG CỘNG", "", "", "", *amounts, "", ""), bold=True)
    table.close()
    return sums


def _cells(number: int, row: PayrollRow) -> tuple[str, ...]:
    method = f"{row.account}\n{row.bank}".rstrip() if row.account else "Tiền mặt"
    amounts = format_number(row.monthly), format_number(row.arrears), format_number(row.total)
    note = f"Khoản khác: {format_number(row.other)}. {row.note}" if row.other else row.note
    person = row.name, row.born, row.place, row.group
    return (str(number), *person, *amounts, method, note)


def _draw_totals(sheet: Sheet, sums: _Sums) -> None:
    sheet.skip(8)
    sheet.labelled("Tổng số tiền", format_vnd(sums.total), bold=True)
    sheet.labelled("Bằng chữ", in_words_vi_document(sums.total), bold=True)
    sheet.paragraph(
        f"Số người: {format_number(sums.persons)}; trong đó qua tài khoản: "
        f"{_persons_and_amount(sums.by_account)}; tiền mặt: {_persons_and_amount(sums.in_cash)}."
    )


def _persons_and_amount(pair: list[int]) -> str:
    return f"{format_number(pair[0])} người, {format_vnd(pair[1])}"


def _draw_bridge(sheet: Sheet, header: PayrollHeader, bridge: Bridge) -> None:
    # Title, heading and all lines stand together when a page can hold them.
    sheet.keep(min(60 + 19 * (len(bridge.changes) + 2), sheet.height / 2))
    sheet.skip(10)
    before = short_month(previous(header.period))
    sheet.paragraph(f"Tăng, giảm so với {before}", font=BOLD)
    sheet.skip(3)
    columns = (Column("Nội dung", 330), Column("Số người", 80, "right"))
    table = Table(sheet, (*columns, Column("Số tiền (đồng)", 120, "right")))
    table.row(_bridge_cells(bridge.previous), bold=True)
    table.rows(_bridge_cells(line, signed=True) for line in bridge.changes)
    now = BridgeLine(f"Danh sách {short_month(header.period)}", header.persons, header.total)
    table.row(_bridge_cells(now), bold=True)
    table.close()


def _bridge_cells(line: BridgeLine, *, signed: bool = False) -> tuple[str, str, str]:
    return line.label, _signed(line.persons, signed), _signed(line.amount, signed)


def _signed(number: int, signed: bool) -> str:
    if not signed or number == 0:
        return format_number(number)
    return f"{'+' if number > 0 else '−'}{format_number(abs(number))}"
