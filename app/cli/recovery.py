"""`ansinh benefits overpaid`, `recover`, `repaid`: what was granted too much, and its way back."""

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
from app.cli.signing import opened, signed, signers, with_officers
from app.disbursement.recovery import Decision, Overpayment, Recorded, decide, overpaid, to_recover
from app.disbursement.repaid import Receipt
from app.disbursement.repaid import receive as receive_by
from app.privacy import Keyring
from ledger.money import format_vnd


@click.command(name="overpaid")
@with_database
@with_json
def overpaid_command(database_url: str | None, as_json: bool) -> None:
    """Khoản đã tính thừa mà chưa có quyết định thu hồi; không tự trừ của ai."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = overpaid(session)
    told = "\n".join(_line(one) for one in found)
    answer(as_json, [asdict(one) for one in found], told or "Không có khoản nào tính thừa.")


def _line(one: Overpayment) -> str:
    paid = "đã trả" if one.paid else "chưa trả, không thu hồi"
    if 0 < one.recoverable < one.amount:
        paid = f"đã trả và thu hồi được {format_vnd(one.recoverable)}"
    return (
        f"AS-{one.person_id:06}  {one.programme}  {one.unit_code}  {format_vnd(one.amount)}"
        f"  {one.reason} ({paid})"
    )


@click.command()
@click.argument("person")
@click.option("--programme", required=True, type=click.Choice(PROGRAMMES), help="Chương trình.")
@click.option("--number", required=True, help="Số quyết định thu hồi.")
@click.option("--date", "decided_on", required=True, type=DAY, help="Ngày quyết định.")
@click.option("--signer", "signed_by", required=True, help="Người ký quyết định.")
@click.option("--unit", default="", help="Đơn vị đã chi; chỉ cần khi hai đơn vị cùng chi thừa.")
@click.option("--apply", "is_real", is_flag=True, help="Ghi thật; không có thì chỉ xem trước.")
@with_officers
@with_database
@with_json
def recover(
    person: str,
    programme: str,
    number: str,
    decided_on: datetime,
    signed_by: str,
    unit: str,
    is_real: bool,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi quyết định thu hồi thành khoản phải thu; mặc định chỉ xem trước."""
    person_id = person_number(person)
    one = Decision(number, decided_on.date(), signed_by, person_id, programme, unit)
    if not is_real:
        _preview(one, database_url, as_json)
        return

    def work(session: Session, keyring: Keyring) -> Recorded:
        two = signers(session, officers, codes)
        return decide(session, keyring, two, one, moment_of(session))

    done = signed(database_url, work)
    says = f"Đã ghi quyết định {number}: phải thu {format_vnd(done.amount)}, số {done.number}."
    before = f"Quyết định {number} đã ghi từ trước, số {done.number}."
    answer(as_json, asdict(done), says if done.is_new else before)


def _preview(one: Decision, database_url: str | None, as_json: bool) -> None:
    with opened(database_url) as house, house.database.view() as session:
        found = to_recover(session, one)
    total = sum(each.recoverable for each in found)
    lines = [
        f"Quyết định {one.number} sẽ thu hồi {format_vnd(total)} của người hưởng số"
        f" {one.person_id}, {len(found)} tháng:",
        *(f"  {_line(each)}" for each in found),
        "Chưa ghi gì. Thêm --apply với --officer và --code của hai người để ghi.",
    ]
    answer(as_json, {"total": total, "months": [asdict(each) for each in found]}, "\n".join(lines))


@click.command()
@click.argument("decision", type=click.IntRange(1))
@click.option("--document", required=True, help="Số giấy nộp tiền.")
@click.option("--date", "received_on", required=True, type=DAY, help="Ngày nộp.")
@click.option("--provider", required=True, help="Mã ngân hàng nhận tiền.")
@click.option("--amount", required=True, help="Số tiền nộp.")
@with_officers
@with_database
@with_json
def repaid(
    decision: int,
    document: str,
    received_on: datetime,
    provider: str,
    amount: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người ghi tiền người hưởng nộp lại theo quyết định thu hồi."""
    one = Receipt(decision, document, received_on.date(), provider, amount_of(amount))

    def work(session: Session, keyring: Keyring) -> Recorded:
        two = signers(session, officers, codes)
        return receive_by(session, keyring, two, one, moment_of(session))

    done = signed(database_url, work)
    says = (
        f"Đã ghi nộp lại {format_vnd(one.amount)} theo giấy {document}, bút toán {done.entry_id}."
    )
    answer(as_json, asdict(done), says if done.is_new else f"Giấy {document} đã ghi từ trước.")
