"""`ansinh payroll return|withdraw|exclude|undo`: the ways back, each with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, with_database, with_json
from app.cli.payroll.told import with_numbers, with_reason
from app.cli.signing import signed, signer, signers, with_officer, with_officers
from app.clock import SystemClock
from app.disbursement.undoing import Undone
from app.disbursement.undoing import undo as undo_by
from app.payroll.excluding import Excluded, exclude
from app.payroll.returning import return_to_maker, withdraw
from app.privacy import Keyring
from ledger.money import format_number, format_vnd

_Ending = Callable[..., int]


@click.command(name="return")
@with_numbers
@with_reason
@with_officer
@with_database
@with_json
def return_command(
    numbers: tuple[int, ...],
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Người đang giữ bước kế tiếp trả bảng lại cho người lập."""
    act_id = _end(return_to_maker, numbers, reason, officer, code, database_url)
    says = f"Đã trả lại {len(numbers)} bảng. Người lập sửa rồi trình lại; các lần duyệt trước bỏ."
    answer(as_json, {"act": act_id, "payrolls": list(numbers)}, says)


@click.command(name="withdraw")
@with_numbers
@with_reason
@with_officer
@with_database
@with_json
def withdraw_command(
    numbers: tuple[int, ...],
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Người trình rút bảng lại khi chưa ai xác nhận."""
    act_id = _end(withdraw, numbers, reason, officer, code, database_url)
    says = f"Đã rút lại {len(numbers)} bảng. Sửa rồi trình lại."
    answer(as_json, {"act": act_id, "payrolls": list(numbers)}, says)


def _end(
    how: _Ending,
    numbers: tuple[int, ...],
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
) -> int:
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        who = signer(session, officer, code)
        return how(session, keyring, who.officer_id, who.code, numbers, reason, now)

    return signed(database_url, work)


@click.command(name="exclude")
@click.argument("number", type=click.IntRange(1))
@click.option("--line", "lines", type=click.IntRange(1), multiple=True, required=True,
              help="Số dòng trong bảng; ghi nhiều lần cho nhiều dòng.")  # fmt: skip
@with_reason
@with_officer
@with_database
@with_json
def exclude_command(
    number: int,
    lines: tuple[int, ...],
    reason: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Loại dòng khỏi bảng nháp; khoản còn nợ được đưa vào bảng tháng sau."""
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> Excluded:
        who = signer(session, officer, code)
        return exclude(session, keyring, who.officer_id, who.code, number, lines, reason, now)

    did = signed(database_url, work)
    says = (
        f"Đã loại {format_number(did.lines)} dòng, {format_vnd(did.amount)} khỏi bảng {number}."
        f" Bảng còn {format_number(did.lines_left)} dòng, {format_vnd(did.total_left)}."
    )
    answer(as_json, {"payroll": number, **asdict(did)}, says)


@click.command(name="undo")
@click.argument("number", type=click.IntRange(1))
@with_reason
@with_officers
@with_database
@with_json
def undo_command(
    number: int,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Huỷ một bảng đã duyệt khi chưa lô nào gửi: người duyệt trước, tài chính sau, cùng lúc."""
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> Undone:
        two = signers(session, officers, codes)
        return undo_by(session, keyring, two, number, reason, now)

    did = signed(database_url, work)
    says = (
        f"Đã huỷ duyệt bảng {number}, huỷ {did.batches} lô chưa gửi, đảo bút toán."
        f" Bảng nháp thay thế là bảng {did.successor}: sửa rồi trình lại."
    )
    answer(as_json, {"payroll": number, **asdict(did)}, says)


COMMANDS = (return_command, withdraw_command, exclude_command, undo_command)
