"""`ansinh payroll open`: the lists of a month, of every kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.benefits.campaigns import campaign_named
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.payroll.told import folded
from app.cli.service import runtime_of
from app.clock import FixedClock
from app.errors import InputError, NotFound
from app.jobs.campaigns import prepare_campaign
from app.jobs.payrolls import open_differences, open_follow_ups, open_payrolls
from app.jobs.runtime import Runtime
from app.months import in_words, require_month
from app.payroll.tables import payroll
from app.units.tables import paying_unit
from app.units.tables import programme as programmes

_NAMED = 5

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
    with house.database.view() as session:
        drafts = _drafts(session, kind, period, campaign)
    told = f"{KINDS[kind]} {in_words(period) if period else campaign}: {_told(drafts)}"
    answer(as_json, {"kind": kind, "period": period, "done": done, "drafts": drafts}, folded(told))


def _drafts(session: Session, kind: str, period: str, campaign: str) -> list[int]:
    """Numbers of the drafts of a kind that stand now; a month's are with its lists of officers."""
    kinds = (kind, "staff") if kind == "monthly" else (kind,)
    query = select(payroll.c.id).where(payroll.c.state == "draft", payroll.c.kind.in_(kinds))
    about = payroll.c.campaign == campaign if campaign else payroll.c.period == period
    return list(session.scalars(query.where(about).order_by(payroll.c.id)))


def _told(drafts: list[int]) -> str:
    if not drafts:
        return "không có bản nháp nào; hoặc không có gì phải chi, hoặc bảng đã trình rồi."
    numbers = ", ".join(map(str, drafts[:_NAMED])) + ("…" if len(drafts) > _NAMED else "")
    return (
        f"{len(drafts)} bản nháp (số {numbers}). Xem bằng `ansinh payroll show {drafts[0]}`, trình"
        f" bằng `ansinh payroll submit {drafts[0]}`."
    )


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
        if not campaign:
            raise InputError("Thiếu mã đợt chi.", "Thêm --campaign; xem mã bằng"
                             " `ansinh benefits campaign list`.")  # fmt: skip
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
    with runtime.database.view() as session:
        _require_known(session, paying_unit.c.code, unit, "đơn vị chi")
        _require_known(session, programmes.c.code, programme, "chương trình")
    return open_differences(runtime, period, unit, programme, for_rates=rates)


def _require_known(session: Session, column: Any, code: str, word: str) -> None:
    if session.scalar(select(column).where(column == code)) is None:
        raise NotFound(f"Không có {word} mã “{code[:20]}”.", "Kiểm tra lại mã.")


COMMANDS = (open_command,)
