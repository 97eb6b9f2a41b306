"""`ansinh accounts add`, `order` and `reason`: where a person's money goes, and why in cash."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.beneficiaries.cooling import OTHER, PROOFS, usable_from
from app.beneficiaries.destinations import person_row
from app.beneficiaries.kinds import KINDS, POST, NewAccount
from app.beneficiaries.order_of_use import standing
from app.beneficiaries.reasons import counts, set_reasons
from app.beneficiaries.signed_changes import change_account, change_order
from app.beneficiaries.still_cash import REASONS
from app.cashless.people import is_paid
from app.cashless.reason_list import read_reasons
from app.cli.cashless.common import FILE, with_area
from app.cli.options import answer, moment_of, open_house, person_number, with_database, with_json
from app.cli.signing import opened, signed, signers, with_officers
from app.clock import SystemClock, local_date
from app.errors import InputError
from app.privacy import Keyring
from app.reference.money_providers import keeper_name
from app.text import hamlet_key
from ledger.money import format_number


@click.command()
@click.argument("number")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="Cách nhận tiền.")
@click.option("--bank", "code", default="", help="Mã 6 số của ngân hàng hoặc nơi cung cấp.")
@click.option(
    "--account-file", type=FILE, help="Tệp chỉ có số tài khoản; không ghi trên dòng lệnh."
)
@click.option("--holder", default="", help="Tên chủ tài khoản như ngân hàng ghi.")
@click.option(
    "--own-phone",
    "asked_phone",
    is_flag=True,
    help="Đã hỏi: số điện thoại là của chính người hưởng.",
)
@click.option("--reason", required=True, help="Đơn đề nghị, giấy của ngân hàng…")
@click.option(
    "--proof",
    type=click.Choice(list(PROOFS)),
    default=OTHER,
    show_default=True,
    help="Hai người đã xem gì: letter và passbook dùng được ngay, other phải chờ.",
)
@with_officers
@with_database
@with_json
def add(
    number: str,
    kind: str,
    code: str,
    account_file: Path | None,
    holder: str,
    asked_phone: bool,
    reason: str,
    proof: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi nơi nhận tiền mới của một người: người lập rồi người kiểm tra cùng xác nhận."""
    person_id, now = person_number(number), SystemClock().now()
    account = _account_in(account_file) if account_file else ""
    new = NewAccount(code, account, holder, kind)

    def work(session: Session, keyring: Keyring) -> int:
        who = signers(session, officers, codes)
        asked = officers[0] if asked_phone else ""
        return change_account(
            session, keyring, who, person_id, new, reason, now, asked_phone=asked, proof=proof
        )

    made = signed(database_url, work)
    waits = None if kind == POST else usable_from(proof, now)
    until = f", chờ đến {waits:%d/%m/%Y} hoặc khi ngân hàng xác nhận tên" if waits else ""
    said = f"AS-{person_id:06}: {KINDS[kind].lower()}, dùng từ danh sách kế tiếp{until}."
    told = {"person": person_id, "destination": made, "kind": kind, "usable_from": waits}
    answer(as_json, told, said)


def _account_in(path: Path) -> str:
    """The one number that the file holds. Raises InputError when it is not one line of text."""
    try:
        (line,) = path.read_text("utf-8-sig").strip().splitlines()
    except ValueError as error:
        raise InputError(
            f"Tệp {path.name} phải có đúng một dòng, là số tài khoản.", "Lưu lại dạng văn bản."
        ) from error
    return line


@click.command()
@click.argument("number")
@click.option("--first", type=int, help="Số thứ tự bản ghi đưa lên dùng trước.")
@click.option("--reason", default="", help="Vì sao đổi; bắt buộc khi có --first.")
@with_officers
@with_database
@with_json
def order(
    number: str,
    first: int | None,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Thứ tự nơi nhận tiền của một người: xem, hoặc đưa một nơi lên trước (hai người)."""
    person_id = person_number(number)
    if first is not None:
        now, chosen = SystemClock().now(), first

        def work(session: Session, keyring: Keyring) -> int:
            who = signers(session, officers, codes)
            return change_order(session, keyring, who, person_id, chosen, reason, now)

        signed(database_url, work)
    with opened(database_url) as house, house.database.view() as session:
        person_row(session, person_id)
        rows = standing(session, [person_id])[person_id].rows
    values = [
        {"rank": rank, "version": row.version, "kind": row.kind, "keeper": row.bank_bin,
         "tail": row.account_tail, "banned": bool(row.banned)}
        for rank, row in enumerate(rows, 1)
    ]  # fmt: skip
    lines = [
        f"{rank}. bản ghi {row.version}: {KINDS[row.kind]}"
        + (f", {keeper_name(row.bank_bin)} ****{row.account_tail}" if row.bank_bin else "")
        + (" (đã bị loại)" if row.banned else "")
        for rank, row in enumerate(rows, 1)
    ]
    said = "\n".join(lines) or "Người này chưa có nơi nhận tiền."
    answer(as_json, {"person": person_id, "destinations": values}, said)


@click.command()
@click.argument("number", required=False)
@click.argument("why", required=False, type=click.Choice(list(REASONS)))
@click.option("--file", "path", type=FILE, help="Tệp CSV: Mã người hưởng, Lý do.")
@with_area
@with_database
@with_json
def reason(
    number: str | None,
    why: str | None,
    path: Path | None,
    area: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Vì sao còn nhận tiền mặt: ghi cho một người, cho cả danh sách, hoặc đếm theo thôn."""
    if number is None and path is None:
        _count(area, database_url, as_json)
        return
    if (path is None) == (why is None):
        raise InputError("Ghi mã người hưởng và lý do, hoặc --file.", "Chọn một cách.")
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        if path is not None:
            reasons, source = read_reasons(session, path), f"file:{path.name}"
        else:
            reasons, source = {person_number(number or ""): why or ""}, "cli"
        changed = set_reasons(session, reasons, source, "cli", moment_of(session))
    answer(as_json, {"people": len(reasons), "changed": changed},
           f"Đã ghi lý do của {len(reasons)} người, {changed} người thay đổi.")  # fmt: skip


def _count(area: str, database_url: str | None, as_json: bool) -> None:
    house = open_house(database_url)
    with house.database.view() as session:
        rows = counts(session, area, is_paid(local_date(moment_of(session))))
    rows = sorted(rows, key=lambda row: (row.area_code, hamlet_key(row.hamlet), row.still_cash))
    values = [
        {
            "area": row.area_code,
            "hamlet": row.hamlet,
            "reason": row.still_cash,
            "people": row.people,
        }
        for row in rows
    ]
    lines = [
        f"{row.area_code}  {row.hamlet}: {REASONS.get(row.still_cash, 'Chưa hỏi')}:"
        f" {format_number(row.people)}"
        for row in rows
    ]
    answer(as_json, {"reasons": values}, "\n".join(lines) or "Không có ai nhận tiền mặt.")
