"""Reading a list provider's Excel list: the layout is fixed and published in README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

SHEET = "DS"
HEADINGS_ROW = 8
CASH = "Tiền mặt"
ACCOUNT = "Tài khoản"
MESSAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")  # it becomes part of a file name


class NotAList(Exception):
    """The workbook is not a list; the message says what is wrong with it."""


class Line(NamedTuple):
    """One line of a list; `amount` in whole đồng."""

    reference: str
    payee_name: str
    payee_account: str
    payee_bank: str
    cash: bool
    place: str
    amount: int
    remark: str


@dataclass(frozen=True, slots=True)
class PayList:
    """A list's head and its lines (walk them once)."""

    message_id: str
    debtor: str
    pay_date: str
    count: int
    total: int
    unit: str
    lines: Iterator[Line]


def read(path: Path) -> PayList:
    """Open one list; NotAList when its shape is wrong."""
    try:
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET)
    except (CalamineError, OSError) as error:
        raise NotAList(f"{path.name}: không mở được trang {SHEET}: {error}") from error
    rows = sheet.to_python(skip_empty_area=False)
    if len(rows) < HEADINGS_ROW or len(rows[0]) < 9:
        raise NotAList(f"{path.name}: thiếu phần đầu hoặc hàng tiêu đề")
    head = [row[1] for row in rows[:6]]
    if not MESSAGE_ID.fullmatch(text(head[0])):
        raise NotAList(f"{path.name}: ô B1 phải là mã lô gồm chữ, số, '-', '_' hoặc '.'")
    return PayList(
        message_id=text(head[0]),
        debtor=text(head[1]),
        pay_date=text(head[2]),
        count=whole(head[3]),
        total=whole(head[4]),
        unit=text(head[5]),
        lines=_lines(rows[HEADINGS_ROW:]),
    )


def _lines(rows: list[list[Any]]) -> Iterator[Line]:
    for row in rows:
        if not text(row[1]) and not text(row[7]):
            continue
        yield Line(
            reference=text(row[1]),
            payee_name=text(row[2]),
            payee_account=text(row[3]),
            payee_bank=text(row[4]),
            cash=_is_cash(row[5]),
            place=text(row[6]),
            amount=whole(row[7]),
            remark=text(row[8]),
        )


def _is_cash(cell: Any) -> bool:
    written = text(cell)
    if written not in (CASH, ACCOUNT):
        raise NotAList(f"hình thức '{written}' không phải '{ACCOUNT}' hay '{CASH}'")
    return written == CASH


def text(cell: Any) -> str:
    """A cell as text: numbers without a decimal part, dates as dd/mm/yyyy."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (date, datetime)):
        return cell.strftime("%d/%m/%Y")
    return "" if cell is None else str(cell).strip()


def whole(cell: Any) -> int:
    """A cell as whole đồng at or above 0; NotAList for anything else."""
    written = text(cell).replace(".", "").replace("\u00a0", "").removesuffix("₫").strip()
    if (isinstance(cell, float) and not cell.is_integer()) or not written.isdecimal():
        raise NotAList(f"'{cell}' không phải số tiền nguyên")
    return int(written)
