"""`ansinh benefits recoveries`, `recover-notice`, `recover-plan`, `write-off`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.benefits.groups import PROGRAMMES
from app.cli.options import (
    DAY,
    amount_of,
    answer,
    moment_of,
    open_house,
    person_number,
    with_database,
    with_json,
)
from app.cli.signing import signed, signer, signers, with_officer, with_officers
from app.clock import local_date
from app.disbursement.instalments import Plan, lay_down
from app.disbursement.recovery import Recorded
from app.disbursement.recovery_notices import WAYS, Notice, give_notice
from app.disbursement.recovery_standing import Standing, standings
from app.disbursement.written_off import WriteOff
from app.disbursement.written_off import write_off as write_off_by
from app.privacy import Keyring
from ledger.money import format_vnd


@click.command()
@with_database
@with_json
def recoveries(database_url: str | None, as_json: bool) -> None:
    """Các quyết định thu hồi: đã nộp, đã xoá, còn phải thu, chậm so với kế hoạch trả dần."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = standings(session, local_date(moment_of(session)))
    values = [{**asdict(one), "still_open": one.still_open} for one in found]
    told = "\n".join(_line(one) for one in found)
    answer(as_json, values, told or "Không có quyết định thu hồi nào.")


def _line(one: Standing) -> str:
    parts = [f"còn phải thu {format_vnd(one.still_open)} của {format_vnd(one.amount)}"]
    if one.written_off:
        parts.append(f"đã xoá {format_vnd(one.written_off)}")
    if one.monthly:
        parts.append(f"trả dần {format_vnd(one.monthly)} mỗi tháng")
    if one.late:
        parts.append(f"chậm {format_vnd(one.late)}")
    where = f"AS-{one.person_id:06}  {one.programme}  {one.unit_code}"
    return f"{one.decision_id:>4}  {one.number}  {where}: {'; '.join(parts)}"


@click.command("recover-notice")
@click.argument("person")
@click.option("--programme", required=True, type=click.Choice(PROGRAMMES), help="Chương trình.")
@click.option("--number", required=True, help="Số thông báo.")
@click.option("--date", "sent_on", required=True, type=DAY, help="Ngày thông báo.")
@click.option("--answer-by", required=True, type=DAY, help="Hạn người hưởng trả lời.")
@click.option("--way", required=True, type=click.Choice(list(WAYS)), help="Cách gửi.")
@click.option("--unit", default="", help="Đơn vị đã chi; chỉ cần khi hai đơn vị cùng chi thừa.")
@with_officer
@with_database
@with_json
def recover_notice(
    person: str,
    programme: str,
    number: str,
    sent_on: datetime,
    answer_by: datetime,
    way: str,
    unit: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi đã báo trước cho người hưởng về khoản sẽ thu hồi; hết hạn mới ra quyết định."""
    person_id = person_number(person)
    one = Notice(number, sent_on.date(), answer_by.date(), way, person_id, programme, unit)

    def work(session: Session, keyring: Keyring) -> tuple[int, int]:
        row = give_notice(session, keyring, signer(session, officer, code), one, moment_of(session))
        return row.id, row.amount

    notice, amount = signed(database_url, work)
    says = (
        f"Đã ghi thông báo {number}: {format_vnd(amount)}, trả lời đến {answer_by:%d/%m/%Y}"
        f" ({WAYS[way]})."
    )
    answer(as_json, {"notice": notice, "amount": amount}, says)


@click.command("recover-plan")
@click.argument("decision", type=click.IntRange(1))
@click.option("--number", required=True, help="Số quyết định trả dần.")
@click.option("--date", "decided_on", required=True, type=DAY, help="Ngày quyết định.")
@click.option("--signer", "signed_by", required=True, help="Người ký quyết định.")
@click.option("--monthly", required=True, help="Số tiền mỗi tháng.")
@click.option("--from", "first", required=True, help="Kỳ đầu, ví dụ 2026-12.")
@with_officers
@with_database
@with_json
def recover_plan(
    decision: int,
    number: str,
    decided_on: datetime,
    signed_by: str,
    monthly: str,
    first: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi quyết định trả dần; không quá phần mức hưởng mà luật cho phép."""
    one = Plan(decision, number, decided_on.date(), signed_by, amount_of(monthly), first)

    def work(session: Session, keyring: Keyring) -> int:
        two = signers(session, officers, codes)
        return lay_down(session, keyring, two, one, moment_of(session))

    plan = signed(database_url, work)
    says = f"Đã ghi quyết định trả dần {number}: {format_vnd(one.monthly)} mỗi tháng từ kỳ {first}."
    answer(as_json, {"plan": plan}, says)


@click.command("write-off")
@click.argument("decision", type=click.IntRange(1))
@click.option("--number", required=True, help="Số quyết định của tỉnh.")
@click.option("--date", "decided_on", required=True, type=DAY, help="Ngày quyết định.")
@click.option("--signer", "signed_by", required=True, help="Người ký quyết định.")
@click.option("--reason", required=True, help="Vì sao không thu hồi được.")
@with_officers
@with_database
@with_json
def write_off(
    decision: int,
    number: str,
    decided_on: datetime,
    signed_by: str,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Xoá phần còn phải thu: cán bộ tài chính đề nghị, người duyệt của tỉnh xác nhận."""
    one = WriteOff(decision, number, decided_on.date(), signed_by, reason)

    def work(session: Session, keyring: Keyring) -> Recorded:
        two = signers(session, officers, codes)
        return write_off_by(session, keyring, two, one, moment_of(session))

    done = signed(database_url, work)
    says = f"Đã xoá {format_vnd(done.amount)} theo quyết định {number}, bút toán {done.entry_id}."
    answer(as_json, asdict(done), says if done.is_new else f"Quyết định {number} đã ghi từ trước.")
