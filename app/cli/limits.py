"""`ansinh limits`: how much one line may bring, and how much may leave an account in a day."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.cli.options import (
    amount_of,
    answer,
    moment_of,
    open_house,
    with_database,
    with_json,
)
from app.cli.signing import signed, signers, with_officers
from app.payroll.limits import MEASURES, Limit, limits, set_limit
from app.privacy import Keyring
from ledger.money import format_vnd


@click.group(name="limits")
def limits_group() -> None:
    """Hạn mức chi: một dòng mỗi tháng, một tài khoản mỗi ngày; hai cán bộ tài chính đặt."""


@limits_group.command(name="set")
@click.argument("measure", type=click.Choice(list(MEASURES)))
@click.option("--scope", default="", help="Mã chương trình hoặc nơi chi trả; trống là tất cả.")
@click.option("--amount", required=True, help="Số tiền, ví dụ 5.000.000.")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--reason", required=True, help="Số văn bản làm căn cứ.")
@with_officers
@with_database
@with_json
def set_command(
    measure: str,
    scope: str,
    amount: str,
    since: datetime,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đặt hạn mức; hai cán bộ tài chính cùng xác nhận, không đặt lùi ngày."""
    limit = Limit(measure, scope, since.date(), amount_of(amount), reason)

    def work(session: Session, keyring: Keyring) -> int:
        who = signers(session, officers, codes)
        return set_limit(session, keyring, who, limit, moment_of(session))

    number = signed(database_url, work)
    told = f"Từ {limit.from_day:%d/%m/%Y}, {MEASURES[measure]}: {format_vnd(limit.amount)}."
    answer(as_json, {"limit": number, "measure": measure, "amount": limit.amount}, told)


@limits_group.command(name="list")
@with_database
@with_json
def list_command(database_url: str | None, as_json: bool) -> None:
    """Các hạn mức đã đặt, mới nhất ở cuối."""
    house = open_house(database_url)
    with house.database.view() as session:
        rows = limits(session)
    names = ("measure", "scope", "from_day", "amount", "reason")
    value = [{name: getattr(row, name) for name in names} for row in rows]
    lines = [
        f"từ {row.from_day:%d/%m/%Y}  {MEASURES[row.measure]}  {row.scope or 'tất cả'}:"
        f" {format_vnd(row.amount)}  ({row.reason})"
        for row in rows
    ]
    answer(as_json, {"limits": value}, "\n".join(lines) or "Chưa đặt hạn mức nào.")
