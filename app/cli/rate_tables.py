"""`ansinh benefits rates`: every dated fact that amounts rest on, and what needs confirming."""

from __future__ import annotations

from typing import Any

import click

from app.benefits.book import Index, Rate
from app.benefits.campaigns import all_campaigns
from app.benefits.funeral import PAYEES, RELATIVE, all_supports
from app.benefits.rates import base_salaries, standing_book, tables_told
from app.benefits.reasons import factor
from app.cli.options import answer, with_json
from app.reference.areas import provinces
from ledger.money import format_number

_SCHEMES = {
    "pension": "hưu trí xã hội",
    "assistance": "trợ giúp xã hội",
    "merit": "người có công",
    "base_salary": "lương cơ sở",
}


@click.command(name="rates")
@with_json
def rates(as_json: bool) -> None:
    """Mọi mức chuẩn, bảng, mức tăng, hỗ trợ, đợt chi: ngày, văn bản, đã đối chiếu chưa."""
    value = {
        "rates": [_rate(one) for one in (*standing_book().rates, *base_salaries().rates)],
        "tables": [one._asdict() for one in tables_told()],
        "indices": [_index(one) for one in standing_book().indices],
        "supports": [_support(code) for code in all_supports()],
        "campaigns": [_campaign(code) for code in all_campaigns()],
    }
    answer(as_json, value, "\n".join(_told(value)))


def _rate(one: Rate) -> dict[str, Any]:
    return {
        "scheme": one.scheme,
        "area": one.area,
        "standard": one.standard,
        "table": one.table,
        **_days(one),
    }


def _index(one: Index) -> dict[str, Any]:
    return {"group": one.group, "factor": factor(one), "round_to": one.round_to, **_days(one)}


def _days(one: Rate | Index) -> dict[str, Any]:
    return {
        "effective_from": one.effective_from.isoformat(),
        "published_on": one.published_on.isoformat(),
        "in_force_on": one.in_force_on.isoformat(),
        "decree": one.decree,
        "confirmed": one.confirmed,
        "note": one.note,
    }


def _support(code: str) -> dict[str, Any]:
    one = all_supports()[code]
    return {
        "code": code,
        "name": one.name,
        "times": one.times,
        "of": one.of,
        "payee": PAYEES[RELATIVE if one.of == "current" else "arranger"],
        "effective_from": one.effective_from.isoformat(),
        "article": one.article,
        "confirmed": one.confirmed,
        "note": one.note,
    }


def _campaign(code: str) -> dict[str, Any]:
    one = all_campaigns()[code]
    return {
        "code": code,
        "name": one.name,
        "kind": one.kind,
        "amount": one.amount,
        "programmes": list(one.programmes),
        "period": one.period,
        "from_day": one.from_day.isoformat(),
        "to_day": one.to_day.isoformat(),
        "decree": one.decree,
        "confirmed": one.confirmed,
        "note": one.note,
    }


def _told(value: dict[str, Any]) -> list[str]:
    """The same as lines for people."""
    places = {one.code: one.name for one in provinces()}
    lines = ["Mức chuẩn (đồng một tháng; tính từ, ban hành, hiệu lực):"]
    for one in value["rates"]:
        where = f", {places[one['area']]}" if one["area"] else ""
        standard = format_number(one["standard"])
        lines.append(f"  {_SCHEMES[one['scheme']]}{where}: {standard}; {_dated(one)}")
    lines.append("Bảng mức và hệ số:")
    lines += [
        f"  {one['table']}: {one['rows']} dòng, {one['confirmed_rows']} đã đối chiếu"
        for one in value["tables"]
    ]
    lines.append("Mức tăng của mức riêng:")
    lines += [f"  {one['group']} × {one['factor']}; {_dated(one)}" for one in value["indices"]]
    lines.append("Khi người hưởng chết:")
    lines += [
        f"  {one['code']} {one['name']}: {one['times']} lần; {one['article']}{_mark(one)}"
        for one in value["supports"]
    ]
    lines.append("Đợt chi một lần:")
    lines += [campaign_line(one) for one in value["campaigns"]]
    return lines


def campaign_line(one: dict[str, Any]) -> str:
    """One campaign as a line."""
    amount = f" {format_number(one['amount'])} đồng" if one["amount"] else ""
    return (
        f"  {one['code']} {one['name']}:{amount} kỳ {one['period']}, lập từ {one['from_day']}"
        f" đến {one['to_day']}; {one['decree']}{_mark(one)}"
    )


def campaigns_told() -> list[dict[str, Any]]:
    """Every campaign as plain values."""
    return [_campaign(code) for code in all_campaigns()]


def _dated(one: dict[str, Any]) -> str:
    days = f"{one['effective_from']}, {one['published_on']}, {one['in_force_on']}"
    return f"{days}; {one['decree']}{_mark(one)}"


def _mark(one: dict[str, Any]) -> str:
    if one["confirmed"]:
        return ""
    return f" [CẦN ĐỐI CHIẾU{': ' + one['note'] if one['note'] else ''}]"
