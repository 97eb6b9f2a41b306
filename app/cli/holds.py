"""`ansinh hold`: stop money, and let two persons start it again."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.cli.keeping import require_keys, told_signature
from app.cli.options import answer, open_house, with_database, with_json
from app.clock import TIME_ZONE, SystemClock
from app.disbursement.clearing import Officer, Signed, clear, proposals, stop
from app.disbursement.holds import GLOBAL, SCOPES, standing


@click.group()
def hold() -> None:
    """Lệnh dừng chi: một người đặt, hai người bỏ."""


@hold.command(name="list")
@with_database
@with_json
def list_command(database_url: str | None, as_json: bool) -> None:
    """Các lệnh dừng chi đang hiệu lực, và ai đã ký bỏ."""
    house = open_house(database_url)
    with house.database.view() as session:
        rows, signed = standing(session), proposals(session, SystemClock().now())
    values = [
        {"hold": row.id, "scope": row.scope, "key": row.key, "reason": row.reason,
         "set_by": row.set_by, "set_at": row.set_at, "signed_by": signed.get(row.id, [])}
        for row in rows
    ]  # fmt: skip
    text = "\n".join(_line(one) for one in values) or "Không có lệnh dừng chi nào."
    answer(as_json, {"holds": values}, text)


def _line(one: dict[str, Any]) -> str:
    place = f"{one['scope']} {one['key']}".strip()
    moment = f"{one['set_at'].astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
    signed = f"; đã ký bỏ: {', '.join(one['signed_by'])}" if one["signed_by"] else ""
    return f"{one['hold']}  {place}  từ {moment}, {one['set_by']}: {one['reason']}{signed}"


@hold.command(name="set")
@click.option("--scope", type=click.Choice(SCOPES), default=GLOBAL, show_default=True)
@click.option(
    "--key",
    default="",
    help="Mã; với person, instruction là số hồ sơ, số lệnh chi.",
)
@click.option("--reason", required=True, help="Vì sao dừng, cho người đọc sau.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập.")
@click.option("--code", required=True, help="6 chữ số đang hiện trong ứng dụng mã xác thực.")
@with_database
@with_json
def set_command(
    scope: str,
    key: str,
    reason: str,
    username: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Dừng chi ngay; một người có quyền là đủ."""
    house, now = open_house(database_url), SystemClock().now()
    require_keys(house)

    def work(session: Session) -> int:
        who = Officer(officer_named(session, username), username, code)
        return stop(session, house.keyring, who, scope, key, reason, now)

    number = house.database.serializable(work)
    answer(as_json, {"hold": number}, f"Đã dừng chi, lệnh số {number}. Hai người mới bỏ được.")


@hold.command(name="clear")
@click.option("--hold", "number", type=int, required=True, help="Số của lệnh dừng.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập.")
@click.option("--code", required=True, help="6 chữ số đang hiện trong ứng dụng mã xác thực.")
@with_database
@with_json
def clear_command(
    number: int, username: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Ký bỏ một lệnh dừng; người thứ hai ký thì lệnh hết hiệu lực."""
    house, now = open_house(database_url), SystemClock().now()
    require_keys(house)

    def work(session: Session) -> Signed:
        who = Officer(officer_named(session, username), username, code)
        return clear(session, house.keyring, who, number, now)

    signed = house.database.serializable(work)
    told_signature(as_json, signed, f"ansinh hold clear --hold {number}")
