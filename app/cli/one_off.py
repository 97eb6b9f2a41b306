"""`ansinh benefits campaign` and `funeral`: payments beside the monthly list."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.benefits.campaigns import campaign_named
from app.benefits.forecast import last_list
from app.benefits.funeral import PAYEES, Deceased, Proposal, at_death
from app.benefits.told import facts_and_history
from app.cli.options import answer, moment_of, open_house, person_number, with_database, with_json
from app.cli.rate_tables import campaign_line, campaigns_told
from app.cli.service import runtime_of
from app.clock import FixedClock, local_date
from app.errors import InputError, NotFound
from app.jobs.campaigns import prepare_campaign
from app.months import month_of
from app.takeover.lookup import last_taken_over
from ledger.money import format_vnd


@click.group()
def campaign() -> None:
    """Đợt chi một lần: quà tặng, trả gộp hai tháng, trợ cấp giáo dục."""


@campaign.command(name="list")
@with_json
def list_command(as_json: bool) -> None:
    """Các đợt chi đã biết, với văn bản và ngày được lập."""
    found = campaigns_told()
    answer(as_json, found, "\n".join(campaign_line(one).strip() for one in found))


@campaign.command()
@click.argument("code")
@with_database
@with_json
def prepare(code: str, database_url: str | None, as_json: bool) -> None:
    """Tính người được nhận và lập bảng chi nháp; chạy lại chỉ thêm người còn thiếu."""
    house, one = open_house(database_url), campaign_named(code)
    with house.database.view() as session:
        now = moment_of(session)
    done = prepare_campaign(replace(runtime_of(house), clock=FixedClock(now)), one)
    says = f"Đợt {code}: {done}. Bảng nháp chờ trình, kiểm tra, duyệt như bảng tháng."
    answer(as_json, {"campaign": code, "done": done}, says)


@click.command()
@click.argument("person_name", metavar="PERSON")
@click.option("--died-on", type=click.DateTime(["%Y-%m-%d", "%d/%m/%Y"]), help="Ngày mất.")
@click.option("--period", default="", help="Kỳ chi trả; bỏ trống là tháng này.")
@click.option(
    "--sought",
    multiple=True,
    type=click.Choice(["pension", "assistance"]),
    help="Đã đề nghị và đủ điều kiện nhưng mất trước khi có quyết định.",
)
@click.option("--child-of-parent", is_flag=True, help="Con của người đơn thân nghèo đang hưởng.")
@click.option("--other-allowance", is_flag=True, help="Từ đủ 80 tuổi, hưởng trợ cấp tuất, khác.")
@click.option("--disaster", is_flag=True, help="Chết do thiên tai, tai nạn theo Điều 12.")
@with_database
@with_json
def funeral(
    person_name: str,
    died_on: datetime | None,
    period: str,
    sought: tuple[str, ...],
    child_of_parent: bool,
    other_allowance: bool,
    disaster: bool,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đề xuất hỗ trợ khi người hưởng chết, theo điều nào; chưa ghi gì."""
    house, number = open_house(database_url), person_number(person_name)
    with house.database.view() as session:
        month = period or month_of(local_date(moment_of(session)))
        died = died_on.date() if died_on else _told_death(session, number)
        # Who stood on the newest list went on standing there until the death.
        listed = min(month, last_list(session))
        facts, history = facts_and_history(session, number, listed, last_taken_over(session))
        who = Deceased(died, facts, frozenset(sought), child_of_parent, other_allowance, disaster)
        found = at_death(who, month, history)
    told = "\n".join(_line(one) for one in found)
    nothing = f"Người hưởng số {number} mất {died:%d/%m/%Y}: không có khoản hỗ trợ nào."
    value = {"person": number, "died_on": died, "proposals": [asdict(one) for one in found]}
    answer(as_json, value, told or nothing)


def _told_death(session: Session, number: int) -> date:
    found = session.execute(select(person.c.died_on).where(person.c.id == number)).one_or_none()
    if found is None:
        raise NotFound(f"Không có người hưởng số {number}.", "Xem số trong danh sách.")
    if found.died_on is None:
        raise InputError("Sổ chưa có ngày mất của người này.", "Nhập --died-on.")
    day: date = found.died_on
    return day


def _line(one: Proposal) -> str:
    mark = "" if one.confirmed else " [CẦN ĐỐI CHIẾU văn bản gốc]"
    return (
        f"{one.name}: {format_vnd(one.amount)} cho {PAYEES[one.payee]}; {one.reason};"
        f" {one.article}{mark}"
    )
