"""`ansinh officers lend` and `return`: who will be away lends a role, and takes it back."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.access.ending import end
from app.access.grants import day_begins, day_ends
from app.access.lending import Loan, lend
from app.access.role_tables import ROLES
from app.cli.officers.roles import DAY
from app.cli.options import amount_of, answer, with_database, with_json
from app.cli.signing import signed, signer, signers, with_officer, with_officers
from app.clock import SystemClock
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_vnd


@click.command("lend")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", default="", help="Mã đơn vị; bỏ trống là toàn tỉnh.")
@click.option("--from", "since", type=DAY, help="Từ ngày; bỏ trống là từ bây giờ.")
@click.option("--until", type=DAY, required=True, help="Hết ngày này; tối đa 30 ngày.")
@click.option("--cap", required=True, help="Mức tối đa mỗi bảng, ví dụ 50.000.000.")
@with_officers
@with_database
@with_json
def lend_command(
    role: str, unit: str, since: datetime | None, until: datetime, cap: str,
    officers: tuple[str, ...], codes: tuple[str, ...], database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Giao thay một vai trò khi vắng mặt: --officer thứ nhất giao, thứ hai nhận, cả hai ký."""
    most = amount_of(cap)

    def work(session: Session, keyring: Keyring) -> int:
        now, who = SystemClock().now(), signers(session, officers, codes)
        if len(who) != 2:
            raise InputError("Cần người giao và người nhận.", "Ghi --officer và --code hai lần.")
        begins = max(now, day_begins(since.date())) if since else now
        loan = Loan(role, unit, begins, day_ends(until.date()), most)
        return lend(session, keyring, who[0], who[1], loan, now)

    number = signed(database_url, work)
    text = (
        f"Đã giao thay, quyền số {number}: {role} ({unit or 'toàn tỉnh'}) đến hết"
        f" {until:%d/%m/%Y}, tối đa {format_vnd(most)} mỗi bảng. Người giao tạm thôi vai trò này."
    )
    answer(as_json, {"grant": number, "role": role, "unit": unit, "cap": most}, text)


@click.command("return")
@click.argument("number", type=int)
@click.option("--reason", default="trở lại làm việc", show_default=True)
@with_officer
@with_database
@with_json
def return_command(
    number: int, reason: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Thôi giao thay trước hạn: người giao hoặc người nhận ký, quyền về người giao ngay."""

    def work(session: Session, keyring: Keyring) -> None:
        who = [signer(session, officer, code)]
        end(session, keyring, number, reason, who, SystemClock().now())

    signed(database_url, work)
    answer(as_json, {"grant": number, "returned": True}, f"Đã trả quyền số {number}.")
