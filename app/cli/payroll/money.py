"""`ansinh payroll money`: budget, need, requests and what may be released, before approval."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from app.cli.options import answer, open_house, with_database, with_json
from app.cli.tables import fitted
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
    table = Table("đơn vị", "nguồn", "chương trình", box=SIMPLE_HEAD,
                  title=f"Tiền của kỳ {in_words(period)}, đồng")  # fmt: skip
    for title in _COLUMNS.values():
        table.add_column(title, justify="right")
    for one in [*rows, total(rows)]:
        sums = (format_number(getattr(one, name)) for name in _COLUMNS)
        table.add_row(one.unit, one.fund, one.programme, *sums)
    return fitted(table, range(3, 3 + len(_COLUMNS)))


COMMANDS = (money,)
