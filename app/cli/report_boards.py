"""`ansinh report readiness`, `league`, `targets`, `hours`: communes compared, what was reached."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cashless.campaigns import campaign_named
from app.cashless.daily import CampaignDay, daily
from app.cashless.people import commune_name
from app.cashless.progress import progress, total
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import PERIOD
from app.clock import local_date
from app.indicators.breakdown import asked
from app.indicators.declared import Declared, declared, together
from app.indicators.hours import saved
from app.indicators.leader_printed import comma
from app.indicators.league import formula
from app.indicators.league import league as rank
from app.indicators.readiness import Light, board, criteria, worst
from app.indicators.tallies import Tally, added
from app.indicators.targets import reached
from ledger.money import format_number

_COLOURS = {"red": "ĐỎ", "amber": "VÀNG", "green": "XANH", "grey": "CHƯA CÓ SỐ"}


def _communes(session: Session, period: str) -> dict[str, Tally]:
    return asked(session, period, moment_of(session), "commune").tallies


@click.command()
@PERIOD
@with_database
@with_json
def readiness(period: str, database_url: str | None, as_json: bool) -> None:
    """Mức sẵn sàng của từng xã, từ đỏ đến xanh, theo bộ tiêu chí có phiên bản."""
    house = open_house(database_url)
    with house.database.view() as session:
        communes, people = _communes(session, period), declared(session)
        lights = board(session, period, communes, people, moment_of(session))
    value = {
        "period": period,
        "version": criteria()[0].version,
        "communes": {code: _lights(ones) for code, ones in lights.items()},
    }
    lines = [f"  {at}. {one.code}: {one.name.vi}" for at, one in enumerate(criteria(), start=1)]
    lines += [
        f"  {code}  {commune_name(code):<24} {_COLOURS[worst(ones)]:<11}"
        + " ".join(f"{comma(one.percent):>9}" for one in ones)
        for code, ones in lights.items()
    ]
    answer(as_json, value, "\n".join(lines))


def _lights(ones: list[Light]) -> dict[str, Any]:
    criterion = {
        one.code: {"n": one.n, "d": one.d, "percent": one.percent, "colour": one.colour}
        for one in ones
    }
    return {"colour": worst(ones), "criteria": criterion}


@click.command()
@PERIOD
@with_database
@with_json
def league(period: str, database_url: str | None, as_json: bool) -> None:
    """Bảng xếp hạng xã, phường theo công thức công bố."""
    house = open_house(database_url)
    with house.database.view() as session:
        places = rank(_communes(session, period))
    said = formula()
    value = {
        "period": period,
        "version": said.version,
        "weights": dict(said.weights),
        "places": [asdict(one) for one in places],
    }
    lines = [f"Công thức {said.version}: {said.in_words}"]
    lines += [
        f"  {one.place or '–':>4}  {commune_name(one.commune):<26}"
        f" {(one.score or '–').replace('.', ','):>7}"
        for one in places
    ]
    answer(as_json, value, "\n".join(lines))


@click.command()
@PERIOD
@click.option("--campaign", "name", default="", help="Thêm tiến độ từng ngày của chiến dịch này.")
@with_database
@with_json
def targets(period: str, name: str, database_url: str | None, as_json: bool) -> None:
    """Mục tiêu và mức đạt, kể cả trên 100 %; dữ liệu khớp dân cư; chiến dịch theo ngày."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = list(reached(_communes(session, period), period))
        people = together(declared(session).values())
        days = list(_days(session, name)) if name else []
    value = {
        "period": period,
        "targets": [
            {**asdict(one.target), "n": one.n, "d": one.d, "percent": one.percent,
             "of_goal": one.of_goal}
            for one in found
        ],
        "declared": {**asdict(people), "fields": people.fields},
        "campaign": [{**asdict(one), "percent": one.percent} for one in days],
    }  # fmt: skip
    lines = [
        f"  {one.target.code:<4} {one.target.scope or 'toàn bộ':<10} đạt {comma(one.percent)}"
        f" ({format_number(one.n)}/{format_number(one.d)}), bằng {comma(one.of_goal)} mục tiêu"
        for one in found
    ]
    lines += [_told(people)]
    lines += [
        f"  {one.day:%d/%m/%Y}: thêm {format_number(one.gained)}, có"
        f" {format_number(one.reached)}/{format_number(one.target)} ({comma(one.percent)})"
        for one in days
    ]
    answer(as_json, value, "\n".join(lines))


def _told(people: Declared) -> str:
    return (
        f"  M1   khớp dữ liệu dân cư {format_number(people.matched)}/"
        f"{format_number(people.people)} người; M2 không phải khai lại"
        f" {format_number(people.vouched)}/{format_number(people.fields)} trường;"
        f" M3 định danh điện tử mức 2 {format_number(people.level_two)}/"
        f"{format_number(people.people)} người"
    )


def _days(session: Session, name: str) -> list[CampaignDay]:
    campaign, today = campaign_named(session, name), local_date(moment_of(session))
    whole = total(progress(session, "", today, campaign).values())
    return list(daily(whole, campaign.starts_on, min(campaign.ends_on, today)))


@click.command()
@PERIOD
@with_database
@with_json
def hours(period: str, database_url: str | None, as_json: bool) -> None:
    """Giờ tiết kiệm ước tính: số lượng × phút / 60; số phút là giả định, ghi rõ nguồn."""
    house = open_house(database_url)
    with house.database.view() as session:
        tally = added(_communes(session, period).values())
        terms = list(saved(tally, together(declared(session).values()).vouched))
    value = {"period": period, "terms": [asdict(one) for one in terms]}
    lines = [
        f"  {one.code}  {format_number(one.count):>12} × {one.minutes.replace('.', ',')} phút ="
        f" {format_number(one.hours):>8} giờ  {one.name.vi}"
        + ("" if one.confirmed else " (giả định)")
        for one in terms
    ]
    answer(as_json, value, "\n".join(lines))
