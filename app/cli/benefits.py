"""`ansinh benefits`: why a person is due just this, and what the coming months will cost."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.beneficiaries.revealing import permit
from app.benefits.forecast import ForecastLine, forecast, last_list
from app.benefits.told import explain_person
from app.cli.options import answer, open_house, person_number, with_database, with_json
from app.clock import SystemClock
from app.errors import InputError
from app.months import in_words
from app.takeover.lookup import last_taken_over
from ledger.money import format_number

_WIDEST = 500


@click.group()
def benefits() -> None:
    """Mức hưởng: giải thích từng đồng, dự toán các tháng tới."""


@benefits.command(name="explain")
@click.argument("person")
@click.option("--period", required=True, help="Kỳ chi trả, ví dụ 2026-10.")
@click.option("--reveal", default="", help="Lý do cần xem tên nhóm đầy đủ; được ghi vào nhật ký.")
@click.option("--officer", default="", help="Tên đăng nhập; cần khi có --reveal.")
@with_database
@with_json
def explain_command(
    person: str,
    period: str,
    reveal: str,
    officer: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Vì sao người này được đúng số tiền này trong kỳ, theo điều khoản nào."""
    house, number = open_house(database_url), person_number(person)
    if reveal:
        with house.database.unit_of_work() as session:
            _permit(session, number, officer, reveal, house.settings.reveals_per_hour)
    with house.database.view() as session:
        others = last_taken_over(session)
        told = explain_person(session, number, period, others, reveal=bool(reveal))
    answer(as_json, {"person": number, "period": period, "lines": told.splitlines()}, told)


def _permit(session: Session, number: int, officer: str, reason: str, per_hour: int) -> None:
    """The exact name of a group is for who prepares the list of that commune, with a reason."""
    if not officer:
        raise InputError("Xem tên nhóm đầy đủ cần tên cán bộ.", "Thêm --officer.")
    now = SystemClock().now()
    scope = scope_of(session, officer, now, ("maker",))
    permit(session, scope, number, "group", reason, now, per_hour)


@benefits.command(name="forecast")
@click.option("--months", type=click.IntRange(1, 60), default=15, show_default=True)
@click.option("--from", "listed", default="", help="Danh sách làm gốc; bỏ trống là mới nhất.")
@with_database
@with_json
def forecast_command(months: int, listed: str, database_url: str | None, as_json: bool) -> None:
    """Dự toán các tháng tới theo nguồn kinh phí, từ danh sách và mức chuẩn đã biết."""
    house = open_house(database_url)
    with house.database.view() as session:
        listed = listed or last_list(session)
        lines = forecast(session, listed, months)
    if as_json:
        answer(True, {"from": listed, "lines": [asdict(one) for one in lines]}, "")
        return
    table = _table(lines, listed)
    # A narrow window may break lines, but no amount is cut.
    needed = Console(width=_WIDEST).measure(table).maximum
    Console(width=max(Console().width, needed)).print(table)
    click.echo("Chưa tính người mới, người chết, người chuyển đi và mức chuẩn chưa ban hành.")


def _table(lines: list[ForecastLine], listed: str) -> Table:
    table = Table(
        "kỳ",
        "nguồn",
        "chương trình",
        box=SIMPLE_HEAD,
        title=f"Dự toán từ danh sách {in_words(listed)}",
    )
    for title in ("người", "hằng tháng", "truy lĩnh", "cộng"):
        table.add_column(title, justify="right", no_wrap=True)
    for period, group in groupby(lines, key=lambda one: one.period):
        for one in group:
            numbers = (one.persons, one.regular, one.arrears, one.total)
            table.add_row(in_words(period), one.fund, one.programme, *map(format_number, numbers))
    table.add_section()
    total = format_number(sum(one.total for one in lines))
    table.add_row("cộng", "", "", "", "", "", total)
    return table
