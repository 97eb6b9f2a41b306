"""A month of two communes' lists, and papers read back as plain rows."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from openpyxl import load_workbook

from app.printing.spreadsheet import FIRST_ROW
from bank_adapters.contract import LineKind, ReportKind
from tests.app.printing.reading import read_pdf
from tests.factories import (
    ASSISTANCE,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    in_cash,
    listed,
    report,
    row,
)

LONG_NAME = "Hoàng Phủ Ngọc Ằng Nguyễn Thị Ễnh Ương Trần Lê Ự Quỳnh Hương Giang"
FORMULA = "=1+1 Nông Thị Phép"


def october_approved(house: House) -> None:
    """October is approved: 1 and 6 by account, 2 to 4 in cash, 3 with September carried on."""
    house.register(
        SEPTEMBER,
        row(1, hamlet="Tổ 10"),
        in_cash(2, hamlet="Tổ 2", name=LONG_NAME),
        in_cash(3, hamlet="", name=FORMULA),
    )
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    unpaid = listed(LineKind.UNPAID, house.reference(3, SEPTEMBER), 500_000, "2026-09-18")
    paid = listed(LineKind.PAID, house.reference(2, SEPTEMBER), 500_000, "2026-09-12")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), unpaid, paid))
    house.register(
        OCTOBER,
        row(1, hamlet="Tổ 10"),
        in_cash(2, hamlet="Tổ 2", name=LONG_NAME),
        in_cash(3, hamlet="", name=FORMULA),
        in_cash(4, hamlet="Tổ 10", name="Đặng Văn Ự"),
        row(6, hamlet="Tổ 2", holder_name="NONG VAN GIAM", start_period=OCTOBER),
    )
    house.approve_month(OCTOBER)


HIDDEN = (
    row(21, programme=ASSISTANCE, group="C8", hamlet="Tổ 1", name="Lý Văn Kín"),
    in_cash(22, programme=ASSISTANCE, group="C8", hamlet="Tổ 9", name="Lý Thị Khuất"),
    row(23, programme=ASSISTANCE, group="C3a", hamlet="Tổ 2", name="Lý Bé Con",
        birth_date=date(2024, 5, 1), birth_year=2024),
    row(24, programme=ASSISTANCE, group="C3b", hamlet="Tổ 2", name="Lý Bé Lớn",
        birth_date=date(2016, 5, 1), birth_year=2016),
)  # fmt: skip
SEEN = (
    row(11, programme=ASSISTANCE, group="C5a1", hamlet="Tổ 1", birth_date=date(1960, 3, 2)),
    row(12, programme=ASSISTANCE, group="C5a1", hamlet="Tổ 2", birth_date=date(1960, 4, 2)),
    row(13, programme=ASSISTANCE, group="C6c", hamlet="Tổ 3", name="Lý Thị Nặng",
        birth_date=date(1990, 1, 2)),
    row(14, programme=ASSISTANCE, group="C7", hamlet="Tổ 2", name="Lý Bé Xa",
        birth_date=date(2024, 6, 1)),
)  # fmt: skip


def sheet_rows(data: bytes, name: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet beneath its headings, without empty cells at their ends."""
    sheet = load_workbook(io.BytesIO(data))[name]
    rows = []
    for cells in sheet.iter_rows(min_row=FIRST_ROW + 1, values_only=True):
        values = list(cells)
        while values and values[-1] is None:
            values.pop()
        rows.append(tuple(values))
    return rows


def drawn(data: bytes) -> str:
    """The text of a PDF in the order it is drawn, spaces evened out."""
    return " ".join(read_pdf(data).text.split())


def written(write: Callable[..., Any], *arguments: Any) -> bytes:
    """What a writer writes for `(*arguments, out, made up)`."""
    out = io.BytesIO()
    write(*arguments, out, True)
    return out.getvalue()


def shown(cells: tuple[Any, ...]) -> str:
    """A spreadsheet's row as paper shows it."""
    return " ".join(_cell(one) for one in cells if one not in (None, ""))


def _cell(value: Any) -> str:
    return f"{value:,}".replace(",", ".") if isinstance(value, int) else " ".join(value.split())


def in_order(text: str, rows: Iterator[str]) -> None:
    """Every row stands in the text, one after another."""
    at = 0
    for one in rows:
        found = text.find(one, at)
        assert found >= 0, one
        at = found + len(one)
