"""`ansinh recon rule`, `rules`, `rule-end`: what a bank's text means, by two finance officers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.cli.options import DAY, amount_of, answer, moment_of, with_database, with_json
from app.cli.recon_lines import NUMBER, propose_by, tell_proposal
from app.cli.signing import opened, with_officer, with_officers
from app.disbursement.line_rules import SAYS, rules
from app.disbursement.workbench.proposing import Draft
from app.disbursement.workbench.ruling import (
    Past,
    Wanted,
    end_draft,
    preview,
    rule_draft,
    rule_of,
)
from app.disbursement.workbench.telling import rule_told
from app.errors import InputError
from ledger.money import format_number

SHOWN = 20


@click.command(name="rule")
@click.argument("line", type=NUMBER)
@click.option("--means", required=True, type=click.Choice(tuple(SAYS)), help="Dòng có nghĩa gì.")
@click.option("--text", default="", help="Chữ phải có; trống là nội dung của dòng, bỏ các số.")
@click.option("--least", default="", help="Số tiền ít nhất; trống là của dòng.")
@click.option("--most", default="", help="Số tiền nhiều nhất; trống là của dòng.")
@click.option("--any-account", is_flag=True, help="Mọi tài khoản của ta tại ngân hàng đó.")
@click.option("--from", "since", type=DAY, help="Từ ngày nào; mặc định hôm nay.")
@click.option("--reason", default="", help="Vì sao, một câu cho người xác nhận.")
@with_officers
@with_database
@with_json
def rule_command(
    line: int,
    means: str,
    text: str,
    least: str,
    most: str,
    any_account: bool,
    since: datetime | None,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Quy tắc từ dòng LINE; không có --officer thì chỉ xem quy tắc sẽ lấy những dòng nào đã qua.

    \b
    fee              phí ngân hàng: theo hợp đồng thì trả, còn lại là khoản phải đòi
    interest         lãi tiền gửi: chờ dưới tên của nó
    treasury         Kho bạc chuyển tiền: giấy rút dự toán duy nhất cùng số tiền
    provider_return  nơi chi trả nộp lại tiền: chờ dưới tên của nó
    """
    low, high = (amount_of(one) if one else 0 for one in (least, most))
    day = since.date() if since else None
    wanted = Wanted(means, text, low, high, any_account, day)
    if not officers:
        _preview(line, wanted, database_url, as_json)
        return
    if len(officers) != 1 or len(codes) != 1:
        raise InputError("Đề nghị cần một cán bộ tài chính.", "Ghi một --officer và một --code.")

    def draft(session: Session) -> Draft:
        return rule_draft(rule_of(session, line, wanted, moment_of(session)), reason)

    tell_proposal(propose_by(database_url, officers[0], codes[0], draft), as_json)


def _preview(line: int, wanted: Wanted, database_url: str | None, as_json: bool) -> None:
    with opened(database_url) as house, house.database.view() as session:
        now = moment_of(session)
        rule = rule_of(session, line, wanted, now)
        found = preview(session, rule, now)
    head = f"{rule_told(asdict(rule))}\nSẽ lấy {format_number(len(found))} dòng của một năm qua:"
    lines = [head, *(_past_line(one) for one in found[:SHOWN])]
    value = {"rule": asdict(rule), "lines": len(found), "first": [asdict(o) for o in found[:SHOWN]]}
    answer(as_json, value, "\n".join(lines))


def _past_line(one: Past) -> str:
    return (
        f"  dòng {one.line}  {one.booked_on:%d/%m/%Y}  {format_number(one.amount)}  {one.text}"
        f" (đang là {one.verdict}, {one.pass_name})"
    )


@click.command(name="rules")
@with_database
@with_json
def rules_command(database_url: str | None, as_json: bool) -> None:
    """Quy tắc đã xác nhận, cả những quy tắc đã hết. Chỉ đọc."""
    with opened(database_url) as house, house.database.view() as session:
        found = list(session.execute(rules()))
    told = "\n".join(_rule_line(row) for row in found)
    answer(as_json, [dict(row._mapping) for row in found], told or "Chưa có quy tắc nào.")


def _rule_line(row: Row[Any]) -> str:
    ends = f", hết từ {row.ended_on:%d/%m/%Y}" if row.ended_on else ""
    return f"{row.proposal_id:>4}  {rule_told(row._asdict())}{ends}"


@click.command(name="rule-end")
@click.argument("number", type=NUMBER)
@click.option("--on", type=DAY, required=True, help="Từ ngày nào thôi dùng.")
@click.option("--reason", required=True, help="Vì sao, một câu cho người xác nhận.")
@with_officer
@with_database
@with_json
def rule_end(
    number: int,
    on: datetime,
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đề nghị thôi dùng quy tắc NUMBER từ một ngày."""

    def draft(session: Session) -> Draft:
        return end_draft(session, number, on.date(), reason, moment_of(session))

    tell_proposal(propose_by(database_url, officer, code, draft), as_json)


COMMANDS = (rule_command, rules_command, rule_end)
