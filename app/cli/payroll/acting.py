"""`ansinh payroll submit|approve`: without a code they show what is to be confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, with_database, with_json
from app.cli.payroll.told import DUTIES, as_text, values, with_numbers
from app.cli.signing import opened, signed, signer
from app.clock import SystemClock
from app.errors import InputError
from app.payroll.approvals import Approved, approve, submit
from app.payroll.duties import APPROVE
from app.payroll.seen import shown
from app.payroll.waiting import waiting
from app.privacy import Keyring

F = TypeVar("F", bound=Callable[..., Any])


def _with_confirmation(command: F) -> F:
    for name, says in (
        ("--seen", "Mã danh sách đã xem, ví dụ 7F3K-9XQ2."),
        ("--code", "6 chữ số đang hiện trong ứng dụng mã xác thực; bỏ trống là chỉ xem."),
        ("--officer", "Tên đăng nhập."),
    ):
        command = click.option(name, default="", help=says)(command)
    return command


@click.command(name="submit")
@with_numbers
@_with_confirmation
@with_database
@with_json
def submit_command(
    numbers: tuple[int, ...],
    officer: str,
    code: str,
    seen: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Người lập trình các bảng nháp; không có --code thì chỉ cho xem."""
    if not code:
        _preview(database_url, numbers, as_json)
        return
    _require_all(officer, seen)
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        who = signer(session, officer, code)
        return submit(session, keyring, who.officer_id, who.code, numbers, now, seen=seen)

    act_id = signed(database_url, work)
    _tell(database_url, numbers, as_json, now, {"act": act_id}, f"Đã trình {len(numbers)} bảng.")


@click.command(name="approve")
@with_numbers
@_with_confirmation
@with_database
@with_json
def approve_command(
    numbers: tuple[int, ...],
    officer: str,
    code: str,
    seen: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Kiểm tra hoặc duyệt, tuỳ bước đang chờ; không có --code thì chỉ cho xem."""
    if not code:
        _preview(database_url, numbers, as_json)
        return
    _require_all(officer, seen)
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> tuple[str, Approved]:
        who = signer(session, officer, code)
        duty = waiting(session, numbers[:1], now)[0].duty or APPROVE
        did = approve(session, keyring, who.officer_id, who.code, duty, numbers, now, seen=seen)
        return duty, did

    duty, did = signed(database_url, work)
    value = {"act": did.act_id, "duty": duty, "finished": list(did.finished)}
    says = f"Đã {DUTIES[duty]} {len(numbers)} bảng."
    if did.finished:
        says += f" {len(did.finished)} bảng đã duyệt xong, bạn là người xác nhận cuối cùng."
    _tell(database_url, numbers, as_json, now, value, says)


def _require_all(officer: str, seen: str) -> None:
    if not officer or not seen:
        raise InputError(
            "Thiếu --officer hoặc --seen.", "Xem danh sách trước (không kèm --code) để lấy mã."
        )


def _preview(database_url: str | None, numbers: tuple[int, ...], json_wanted: bool) -> None:
    with opened(database_url) as house, house.database.view() as session:
        rows, seen = waiting(session, numbers, SystemClock().now()), shown(session, numbers)
    answer(json_wanted, values(rows, seen), as_text(rows, seen))


def _tell(
    database_url: str | None,
    numbers: tuple[int, ...],
    json_wanted: bool,
    now: datetime,
    value: dict[str, Any],
    says: str,
) -> None:
    """What was done, and who must act next."""
    with opened(database_url) as house, house.database.view() as session:
        rows = waiting(session, numbers, now)
    answer(json_wanted, {**value, **values(rows)}, f"{says}\n{as_text(rows)}")


COMMANDS = (submit_command, approve_command)
