"""The progress of communes as a spreadsheet: counts, and rates computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from app.beneficiaries.still_cash import REASONS
from app.cashless.people import commune_name
from app.cashless.progress import Progress, total
from app.indicators.rates import percent
from app.printing.spreadsheet import Cell, SheetColumn, SheetWriter, open_workbook
from app.printing.values import SYNTHETIC_NOTICE

_NAMES = ("Mã xã", "Xã, phường", "Số người", "Có tài khoản", "Tỷ lệ %", "Đã xác minh",
          "Đã nhận tiền", "Đã đề nghị", "Đã mở", "Chỉ tiêu", "So chỉ tiêu %")  # fmt: skip


def write_progress(
    out: BinaryIO, found: Mapping[str, Progress], now: datetime, synthetic: bool
) -> None:
    """Write a row a commune, and their sum at the end."""
    note = SYNTHETIC_NOTICE if synthetic else ""
    book = open_workbook(out, "Từ tiền mặt sang tài khoản", now, streaming=False)
    columns = [SheetColumn(name, 14) for name in (*_NAMES, "Còn tiền mặt: chưa hỏi")]
    columns += [SheetColumn(f"Còn tiền mặt: {word}", 18) for word in REASONS.values()]
    writer = SheetWriter(book, "Tiến độ", columns, title="Từ tiền mặt sang tài khoản", note=note)
    for code, one in found.items():
        writer.row(_cells(code, commune_name(code), one))
    writer.row(_cells("", "Cộng", total(found.values())), bold=True)
    book.close()


def _cells(code: str, name: str, one: Progress) -> list[Cell]:
    def share(n: int, d: int | None) -> Decimal | None:
        told = percent(n, d) if d else None
        return Decimal(told) if told else None

    return [
        code, name, one.people, one.with_account, share(one.with_account, one.people),
        one.verified, one.first_paid, one.asked, one.opened, one.target,
        share(one.targeted, one.target), *(one.reasons.get(key, 0) for key in ("", *REASONS)),
    ]  # fmt: skip
