"""`ansinh recon settlements`, `unpaid`, `losses`, `loss`, `loss-paid`, `return-unspent`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.cli.options import (
    DAY,
    amount_of,
    answer,
    moment_of,
    with_cell,
    with_choice,
    with_database,
    with_json,
)
from app.cli.recon_close import signing_runtime
from app.cli.signing import opened, signed, signers, with_officers
from app.disbursement.recovery import Recorded
from app.disbursement.settling import losses as money
from app.disbursement.settling.accepting import Draft, drafts, joint_digest, settled
from app.disbursement.settling.losses import Loss, OpenLoss, Repayment, Return
from app.disbursement.settling.unpaid import Unpaid, unpaid
from app.disbursement.year_end.carrying import cell_named
from app.disbursement.year_end.places import place_of
from app.jobs.closing import accept_settlements
from app.privacy import Keyring
from app.units.tables import contract
from ledger.chart import Cell
from ledger.money import format_number, format_vnd


def chosen(unit: str, programme: str, provider: str) -> tuple[ColumnElement[bool], ...]:
    """The contracts that the options name, as conditions."""
    c = contract.c
    named = ((c.unit_code, unit), (c.programme, programme), (c.provider, provider))
    return tuple(column == value for column, value in named if value)


@click.command()
@click.option("--period", required=True, help="Tháng, ví dụ 2026-10.")
@with_choice
@click.option("--digest", default="", help="Mã nội dung ở cuối bảng đã đọc.")
@with_officers
@with_database
@with_json
def settlements(
    period: str,
    unit: str,
    programme: str,
    provider: str,
    digest: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Quyết toán tháng với nơi chi trả: đã chi, chưa chi, tiền thừa, chứng từ, còn thiếu gì.

    Có --digest và hai --officer thì hai cán bộ tài chính chấp nhận mọi quyết toán đang xem.
    """
    where = chosen(unit, programme, provider)
    with opened(database_url) as house:
        if officers:
            runtime = signing_runtime(house)
            with house.database.view() as session:
                two = signers(session, officers, codes)
            done = accept_settlements(runtime, two, digest, period, where)
            count = format_number(len(done.settlements))
            value = {"joint_act": done.joint_id, "accepted": len(done.settlements)}
            answer(as_json, value, f"Đã chấp nhận {count} quyết toán của tháng {period}.")
            return
        with house.database.snapshot() as session:
            found = drafts(session, period, moment_of(session), where)
            already = settled(session, period)
    _show(period, found, len(already), as_json)


def _show(period: str, found: list[Draft], already: int, as_json: bool) -> None:
    digest = joint_digest(one.digest for one in found)
    value = {
        "period": period,
        "accepted": already,
        "waiting": [
            {**one.values(), "difference": one.figures.difference, "missing": list(one.missing)}
            for one in found
        ],
        "digest": digest if found else "",
    }
    lines = [f"Tháng {period}: {already} quyết toán đã chấp nhận, {len(found)} đang chờ."]
    lines += [_line(one) for one in found]
    answer(as_json, value, "\n".join([*lines, *([f"Mã nội dung: {digest}"] if found else [])]))
    sys.exit(1 if any(one.missing for one in found) else 0)


def _line(one: Draft) -> str:
    f = one.figures
    told = (
        f"  {'CHƯA' if one.missing else 'đủ  '}  {place_of(f.cell)}: danh sách"
        f" {format_number(f.listed_count)} khoản {format_vnd(f.listed)}; qua tài khoản"
        f" {format_number(f.account)}, tiền mặt {format_number(f.cash)} ({f.vouchers} chứng từ),"
        f" chưa chi {format_number(f.unpaid)}; tiền còn {format_vnd(f.unspent)}"
    )
    return f"{told}\n         thiếu: {'; '.join(one.missing)}" if one.missing else told


@click.command(name="unpaid")
@with_choice
@with_database
@with_json
def unpaid_command(
    unit: str, programme: str, provider: str, database_url: str | None, as_json: bool
) -> None:
    """Khoản chưa trả được, chuyển kỳ sau: mấy tháng rồi, bước tiếp là gì. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = unpaid(session, moment_of(session), chosen(unit, programme, provider))
    told = "\n".join(_unpaid_line(one) for one in found)
    answer(as_json, [asdict(one) for one in found], told or "Không còn khoản nào chưa trả.")


def _unpaid_line(one: Unpaid) -> str:
    return (
        f"  {place_of(one.cell)}  từ {one.period}, {one.months} tháng: {format_number(one.count)}"
        f" khoản {format_vnd(one.amount)}; {one.next_step}"
    )


@click.command(name="losses")
@with_database
@with_json
def losses_command(database_url: str | None, as_json: bool) -> None:
    """Tiền nơi chi trả làm mất: đã bồi hoàn bao nhiêu, còn phải đòi bao nhiêu. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = money.losses(session)
    value = [{**asdict(one), "claimed": one.claimed} for one in found]
    told = "\n".join(_loss_line(one) for one in found)
    answer(as_json, value, told or "Không có khoản mất tiền nào.")


def _loss_line(one: OpenLoss) -> str:
    return (
        f"  {one.id}  {place_of(one.cell)}  biên bản {one.report} ngày {one.lost_on:%d/%m/%Y}:"
        f" {format_vnd(one.amount)}, còn phải bồi hoàn {format_vnd(one.claimed)}"
    )


Work = Callable[[Session, Keyring, Any, datetime], Recorded]


def _record(
    database_url: str | None,
    as_json: bool,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    paper: str,
    work: Work,
) -> None:
    """Run what two officers record by a paper, and answer."""

    def together(session: Session, keyring: Keyring) -> Recorded:
        two = signers(session, officers, codes)
        return work(session, keyring, two, moment_of(session))

    done = signed(database_url, together)
    says = f"Đã ghi {format_vnd(done.amount)} theo {paper}, số {done.number}."
    answer(as_json, asdict(done), says if done.is_new else f"{paper} đã ghi từ trước.")


@click.command()
@with_cell
@click.option("--report", required=True, help="Số biên bản mất tiền.")
@click.option("--date", "lost_on", required=True, type=DAY, help="Ngày mất tiền.")
@click.option("--amount", required=True, help="Số tiền mất.")
@with_officers
@with_database
@with_json
def loss(
    unit: str,
    programme: str,
    provider: str,
    report: str,
    lost_on: datetime,
    amount: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi tiền nơi chi trả làm mất; nơi chi trả phải bồi hoàn toàn bộ."""
    value = amount_of(amount)

    def work(session: Session, keyring: Keyring, two: Any, now: datetime) -> Recorded:
        cell: Cell = cell_named(session, unit, programme, provider)
        return money.lose(session, keyring, two, Loss(cell, report, lost_on.date(), value), now)

    _record(database_url, as_json, officers, codes, f"Biên bản {report}", work)


@click.command(name="loss-paid")
@click.argument("number", type=click.IntRange(1))
@click.option("--document", required=True, help="Số giấy nộp tiền.")
@click.option("--date", "received_on", required=True, type=DAY, help="Ngày nộp.")
@click.option("--amount", required=True, help="Số tiền bồi hoàn.")
@with_officers
@with_database
@with_json
def loss_paid(
    number: int,
    document: str,
    received_on: datetime,
    amount: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi tiền nơi chi trả bồi hoàn cho khoản mất số NUMBER."""
    paper = Repayment(number, document, received_on.date(), amount_of(amount))

    def work(session: Session, keyring: Keyring, two: Any, now: datetime) -> Recorded:
        return money.make_good(session, keyring, two, paper, now)

    _record(database_url, as_json, officers, codes, f"Giấy nộp {document}", work)


@click.command(name="return-unspent")
@with_cell
@click.option("--slip", required=True, help="Số chứng từ nộp trả Kho bạc.")
@click.option("--date", "returned_on", required=True, type=DAY, help="Ngày trên chứng từ.")
@click.option("--amount", required=True, help="Số tiền trên chứng từ.")
@with_officers
@with_database
@with_json
def return_unspent(
    unit: str,
    programme: str,
    provider: str,
    slip: str,
    returned_on: datetime,
    amount: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi tiền chưa chi mà nơi chi trả nộp trả Kho bạc trong năm."""
    value = amount_of(amount)

    def work(session: Session, keyring: Keyring, two: Any, now: datetime) -> Recorded:
        cell: Cell = cell_named(session, unit, programme, provider)
        back = Return(cell, slip, returned_on.date(), value)
        return money.give_back(session, keyring, two, back, now)

    _record(database_url, as_json, officers, codes, f"Chứng từ {slip}", work)
