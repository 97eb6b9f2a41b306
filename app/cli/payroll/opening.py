"""`ansinh payroll open`: the lists of a month, of every kind."""

from __future__ import annotations

from dataclasses import replace

import click

from app.benefits.campaigns import campaign_named
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.service import runtime_of
from app.clock import FixedClock
from app.errors import InputError
from app.jobs.campaigns import prepare_campaign
from app.jobs.payrolls import open_differences, open_follow_ups, open_payrolls
from app.jobs.runtime import Runtime
from app.months import in_words, require_month

KINDS = {
    "monthly": "Bảng tháng",
    "difference": "Bảng chênh lệch",
    "follow_up": "Bảng chi lại",
    "campaign": "Bảng chi một lần",
}


@click.command(name="open")
@click.option("--kind", type=click.Choice(list(KINDS)), default="monthly", show_default=True)
@click.option("--period", default="", help="Kỳ chi trả, ví dụ 2026-10.")
@click.option("--unit", default="", help="Đơn vị chi, cần cho bảng chênh lệch.")
@click.option("--programme", default="", help="Chương trình, cần cho bảng chênh lệch.")
@click.option("--rates", is_flag=True, help="Chênh lệch: cả truy lĩnh do mức chuẩn mới ký.")
@click.option("--campaign", default="", help="Mã đợt chi một lần.")
@with_database
@with_json
def open_command(
    kind: str,
    period: str,
    unit: str,
    programme: str,
    rates: bool,
    campaign: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Lập bảng nháp của một kỳ, kèm cầu nối và cảnh báo; chạy lại không lập thừa."""
    house = open_house(database_url)
    with house.database.view() as session:
        now = moment_of(session)
    runtime = replace(runtime_of(house), clock=FixedClock(now))
    done = _open(runtime, kind, period, unit, programme, rates, campaign)
    told = f"{KINDS[kind]} {in_words(period) if period else campaign}: {done}."
    answer(as_json, {"kind": kind, "period": period, "done": done}, told)


def _open(
    runtime: Runtime,
    kind: str,
    period: str,
    unit: str,
    programme: str,
    rates: bool,
    campaign: str,
) -> str:
    if kind == "campaign":
        return prepare_campaign(runtime, campaign_named(campaign))
    if not period:
        raise InputError("Thiếu kỳ chi trả.", "Thêm --period, ví dụ 2026-10.")
    require_month(period)
    if kind == "monthly":
        return open_payrolls(runtime, period)
    if kind == "follow_up":
        return open_follow_ups(runtime, period)
    if not unit or not programme:
        raise InputError(
            "Bảng chênh lệch lập cho một đơn vị và một chương trình.", "Thêm --unit và --programme."
        )
    return open_differences(runtime, period, unit, programme, for_rates=rates)


COMMANDS = (open_command,)
