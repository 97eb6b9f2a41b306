"""`ansinh ledger chart`, `trial-balance` and `ageing`: the books to read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from app.cli.options import answer, open_house, with_database, with_json
from app.clock import SystemClock, local_date
from app.config import load_settings
from app.statements.chart_words import ITEMS
from app.units.tables import programme
from ledger.ageing import BRACKETS, ageing
from ledger.balances import trial_balance
from ledger.chain import head
from ledger.chart import KINDS, Kind, public_chart
from ledger.money import format_number

SIDES = {0: "Nợ hoặc Có", 1: "Có", 2: "Nợ"}
ITEMISED = sorted(kind.code for kind in KINDS.values() if kind.itemised)
with_day = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Tính đến hết ngày này (YYYY-MM-DD); bỏ trống là đến bây giờ.",
)


@click.command()
@with_json
@click.option("--map", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def chart(path: Path | None, as_json: bool) -> None:
    """Hệ thống tài khoản và tài khoản tương ứng trong chế độ kế toán hành chính sự nghiệp."""
    public = public_chart(path or load_settings().public_chart)
    rows = [
        {**_kind(kind), "public": public[kind.code].number, "name_there": public[kind.code].name}
        | {"confirmed": public[kind.code].confirmed}
        for kind in sorted(KINDS.values(), key=lambda one: one.number)
    ]
    table = Table("số", "tài khoản", "bên", "chi tiết theo", "TK hành chính sự nghiệp", "")
    for row in rows:
        there = f"{row['public']} {row['name_there']}".strip()
        said = "" if row["confirmed"] or not there else "chưa xác nhận"
        item = ITEMS.get(str(row["item"]), str(row["item"]))
        table.add_row(*(str(row[name]) for name in ("number", "name", "side")), item, there, said)
    _answer(as_json, rows, table)


def _kind(kind: Kind) -> dict[str, Any]:
    return {
        "number": kind.number,
        "code": kind.code,
        "name": kind.name,
        "side": SIDES[kind.guard],
        "codes": ", ".join(kind.dimensions),
        "item": kind.item,
    }


@click.command("trial-balance")
@with_database
@with_json
@with_day
def trial(database_url: str | None, as_json: bool, on: datetime | None) -> None:
    """Bảng cân đối tài khoản theo bút toán đã niêm phong; tổng Nợ bằng tổng Có."""
    house = open_house(database_url)
    with house.database.view() as session:
        every = trial_balance(session, on=on.date() if on else None)
        lines = [one for one in every if one.debit or one.credit]
        sealed = head(session).position
        rows = session.execute(select(programme.c.code, programme.c.name)).all()
        names: dict[str, str] = {row.code: row.name for row in rows}
    totals = (sum(one.debit for one in lines), sum(one.credit for one in lines))
    table = Table("số", "tài khoản", "chương trình", show_footer=True)
    table.title = f"Đến bút toán thứ {format_number(sealed)} của chuỗi"
    for title, total in zip(("Nợ", "Có"), totals, strict=True):
        table.add_column(title, justify="right", footer=format_number(total))
    for one in lines:
        amounts = (format_number(by) if by else "" for by in (one.debit, one.credit))
        table.add_row(one.number, one.name, names.get(one.programme, one.programme), *amounts)
    value = {"sealed": sealed, "lines": [one._asdict() for one in lines]}
    _answer(as_json, {**value, "debit": totals[0], "credit": totals[1]}, table)


@click.command("ageing")
@with_database
@with_json
@with_day
@click.option("--kind", type=click.Choice(ITEMISED), default="payable", show_default=True)
def aged(database_url: str | None, as_json: bool, on: datetime | None, kind: str) -> None:
    """Khoản còn treo theo số ngày: trợ cấp chưa trả, tiền chưa rõ nguồn, khoản phải đòi."""
    house = open_house(database_url)
    day: date = on.date() if on else local_date(SystemClock().now())
    with house.database.view() as session:
        found = ageing(session, kind, day)
    table = Table("tài khoản", "số ngày", title=f"{KINDS[kind].name}, đến {day:%d/%m/%Y}")
    for title in ("số khoản", "số tiền"):
        table.add_column(title, justify="right")
    for one in found:
        days = f"đến {one.days}" if one.days else f"trên {BRACKETS[-1]}"
        table.add_row(one.path, days, format_number(one.items), format_number(one.balance))
    _answer(as_json, [one._asdict() for one in found], table)


def _answer(as_json: bool, value: Any, table: Table) -> None:
    if as_json:
        answer(True, value, "")
    else:
        Console().print(table)
