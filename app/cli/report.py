"""`ansinh report`: the rates, each with numerator, denominator, as-of and definition."""

from __future__ import annotations

import sys

import click

from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.errors import NotFound
from app.indicators.cashless import compute
from app.indicators.definitions import definition
from app.indicators.rates import Figure
from app.units.lookup import facts
from ledger.money import format_number


@click.group()
def report() -> None:
    """Báo cáo."""


@report.command()
@click.option("--period", required=True, help="Tháng chi trả, ví dụ 2026-10.")
@click.option("--area", help="Mã xã; bỏ trống là toàn tỉnh.")
@with_database
@with_json
def cashless(period: str, area: str | None, database_url: str | None, as_json: bool) -> None:
    """Tỷ lệ chi trả không dùng tiền mặt: R1, R1b, R2, R3, kèm tử số và mẫu số."""
    house = open_house(database_url)
    with house.database.view() as session:
        known = facts(session)
        figures = compute(session, period, moment_of(session), area)
    if figures[1].d == 0:
        raise NotFound(
            f"Chưa có bảng chi trả nào của tháng {period}.", "Kiểm tra --period, --area."
        )
    value = {
        "period": period,
        "area": area,
        "synthetic": bool(known.get("training")),
        "figures": [one.as_json() for one in figures],
    }
    answer(as_json, value, "\n".join(figure_line(one) for one in figures))
    sys.exit(0)


def figure_line(one: Figure) -> str:
    """A rate for people: code, percent, n and d, name, as-of, definition."""
    percent = (one.percent or "–").replace(".", ",")
    sides = f"{format_number(one.n)} / {format_number(one.d)}"
    moment = f"tính đến {one.cut_off:%d/%m/%Y %H:%M}, định nghĩa {one.definition}"
    return f"  {one.code:<4} {percent:>7} %  {sides:>34}  {definition(one.code).name.vi} ({moment})"
