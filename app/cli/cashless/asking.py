"""`ansinh accounts ask-bank` and `bank-answer`: the list to a bank and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import confirm_together
from app.cashless.answering import Answer, read_answer
from app.cashless.applying import apply_answer
from app.cashless.asking import ask
from app.cashless.campaigns import campaign_named
from app.cashless.profile import profile, profiles
from app.cashless.requests import request_area
from app.cashless.tables import NAME_DIFFERS, OPENED, REFUSED, VISIT
from app.cli.cashless.common import FILE, is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, with_database, with_json
from app.cli.signing import keyring_of, opened, signed, signers, with_officers
from app.clock import SystemClock
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_number

_WORDS = {
    OPENED: "đã mở, chờ khoản tiền đầu tiên",
    REFUSED: "bị từ chối",
    NAME_DIFFERS: "tên khác, vẫn nhận tiền mặt",
    VISIT: "cần gặp",
}


@click.command("ask-bank")
@click.option("--bank", "bank_bin", required=True, help="Mã 6 số của ngân hàng.")
@click.option("--profile", "layout", type=click.Choice(list(profiles())), default="common",
              show_default=True, help="Mẫu danh sách.")  # fmt: skip
@click.option("--campaign", default="", help="Tên chiến dịch, nếu có.")
@click.option("--reason", required=True, help="Vì sao lập; danh sách có số căn cước đầy đủ.")
@with_area
@with_output
@with_database
@with_json
def ask_bank(
    bank_bin: str,
    layout: str,
    campaign: str,
    reason: str,
    area: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Lập danh sách đề nghị ngân hàng mở tài khoản cho người còn nhận tiền mặt."""
    wanted = profile(layout)
    if output.suffix.lower() != f".{wanted.format}":
        raise InputError(f"Mẫu này là tệp .{wanted.format}.", "Đổi đuôi tên tệp ở --output.")
    with (
        opened(database_url) as house,
        new_file(output) as out,
        house.database.unit_of_work() as session,
    ):
        number = campaign_named(session, campaign).id if campaign else None
        made = ask(
            session, keyring_of(house), out, wanted, bank_bin, area, moment_of(session),
            actor="cli", reason=reason, synthetic=is_training(session), campaign_id=number,
        )  # fmt: skip
    said = (
        f"Đã ghi {output}: danh sách số {made.request_id}, {format_number(made.lines)} người,"
        f" mã nội dung {made.digest[:12]}."
    )
    value = {"file": str(output), "request": made.request_id, "lines": made.lines,
             "digest": made.digest}  # fmt: skip
    answer(as_json, value, said)


@click.command("bank-answer")
@click.argument("file", type=FILE)
@click.option("--request", "number", type=int, required=True, help="Số danh sách đã gửi.")
@click.option("--check", is_flag=True, help="Chỉ kiểm tra, không ghi gì.")
@with_officers
@with_database
@with_json
def bank_answer(
    file: Path,
    number: int,
    check: bool,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nhận kết quả mở tài khoản: người lập rồi người kiểm tra cùng xác nhận."""
    if check:
        with opened(database_url) as house, house.database.view() as session:
            read = read_answer(session, keyring_of(house), file, number)
        _tell(as_json, read, None)
        return

    def work(session: Session, keyring: Keyring) -> tuple[Answer, Mapping[str, int]]:
        read = read_answer(session, keyring, file, number)
        if read.applied_before:
            return read, {}
        now = SystemClock().now()
        who = signers(session, officers, codes)
        what = Confirmation("bank_answer", read.sha256, len(read.lines), 0)
        confirm_together(session, keyring, who, f"account_request:{number}", now, what,
                         ("maker", "checker"), request_area(session, number))  # fmt: skip
        one, two = (signer.officer_id for signer in who)
        return read, apply_answer(session, keyring, read, one, two, now)

    _tell(as_json, *signed(database_url, work))


def _tell(as_json: bool, read: Answer, reached: Mapping[str, int] | None) -> None:
    value = {
        "request": read.request_id,
        "new": len(read.lines),
        "repeated": read.repeated,
        "applied": dict(reached or {}),
    }
    if read.applied_before:
        said = "Kết quả này đã nhận từ trước. Không đổi gì."
    elif reached is None:
        said = f"{read.name}: đúng, {len(read.lines)} người có kết quả mới. Chưa ghi gì."
    else:
        listed = [f"{_WORDS[state]} {format_number(people)}" for state, people in reached.items()]
        said = f"Đã nhận kết quả: {'; '.join(listed)}."
    answer(as_json, value, said)
