"""`ansinh payroll money`: budget, need, requests and what may be released, before approval."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.cli.options import answer, open_house, with_database, with_json
from app.disbursement.figures import Figures, figures, total
from app.months import in_words, require_month
from ledger.money import format_number

_COLUMNS = {
    "allotment": "dự toán năm",
    "approved": "đã duyệt",
    "remaining": "còn dự toán",
    "listed": "bảng chi",
    "unspent": "chưa chi chuyển sang",
    "need": "cần rút",
    "requested": "đã yêu cầu",
    "received": "đã về",
    "released": "đã giải ngân",
    "free": "còn giải ngân được",
}


@click.command()
@click.option("--period", required=True, help="Kỳ chi trả, ví dụ 2026-10.")
@click.option("--unit", default="", help="Chỉ một đơn vị chi.")
@with_database
@with_json
def money(period: str, unit: str, database_url: str | None, as_json: bool) -> None:
    """Tiền của một kỳ theo đơn vị, nguồn, chương trình: dự toán, cần rút, đã về, còn lại."""
    require_month(period)
    with open_house(database_url).database.view() as session:
        rows = figures(session, period, unit)
    value = {"period": period, "rows": [_value(one) for one in rows], "total": _value(total(rows))}
    answer(as_json, value, _text(rows, period))


def _value(one: Figures) -> dict[str, Any]:
    return {**asdict(one), "remaining": one.remaining, "need": one.need}


def _text(rows: list[Figures], period: str) -> str:
    """A block for each place, two figures a line, so that it fits a screen of 80 columns."""
    month = in_words(period)
    if not rows:
        return f"Kỳ {month} không có dự toán hay bảng chi nào ở đây. Kiểm tra --period và --unit."
    told = [f"Tiền của kỳ {month}, đồng"]
    for one in [*rows, total(rows)] if len(rows) > 1 else rows:
        place = f"{one.unit}, nguồn {one.fund}, {one.programme}" if one.fund else "Cộng"
        told += ["", place, *_lines(one)]
    return "\n".join(told)


def _lines(one: Figures) -> list[str]:
    cells = [
        f"{word:<20} {format_number(getattr(one, name)):>15}" for name, word in _COLUMNS.items()
    ]
    half = len(cells) // 2
    return [f"  {left}   {right}" for left, right in zip(cells[:half], cells[half:], strict=True)]


COMMANDS = (money,)
