"""`ansinh officers add`, `list` and `show`: the accounts of officers and what each may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pyotp
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.enrolling import NewOfficer, enrol
from app.access.factors import factor_in_words
from app.access.granting import found
from app.access.grants import Granted, grants_of
from app.access.identities import is_linked
from app.access.officers import add_officer, officer_named
from app.access.review import roles_held
from app.access.role_tables import KINDS, ROLES
from app.access.switching import turns_in_words
from app.access.tables import officer as accounts
from app.access.together import Signer
from app.audit.trail import record
from app.cli.access import told_role
from app.cli.cashless.common import FILE, new_file
from app.cli.officers.square import square
from app.cli.options import answer, open_house, with_database, with_json
from app.cli.signing import keyring_of, opened, signers, with_officers
from app.clock import TIME_ZONE, SystemClock
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_vnd


@click.command()
@click.argument("username")
@click.option("--name", required=True, help="Họ và tên.")
@click.option("--citizen-id", prompt="Số định danh của cán bộ", hide_input=True,
              help="12 chữ số; nên để trống để được hỏi, không lưu trên dòng lệnh.")  # fmt: skip
@click.option("--qr", type=FILE, required=True,
              help="Tệp .svg hoặc .png chứa mã QR; chỉ đưa cho chính cán bộ, rồi xoá.")  # fmt: skip
@click.option("--founding", type=click.Choice(ROLES),
              help="Vai trò ban đầu, không ai ký: chỉ khi chưa ai xác nhận gì.")  # fmt: skip
@click.option("--unit", default="", help="Đơn vị của vai trò ban đầu; bỏ trống là toàn tỉnh.")
@with_officers
@with_database
@with_json
def add(
    username: str, name: str, citizen_id: str, qr: Path, founding: str | None, unit: str,
    officers: tuple[str, ...], codes: tuple[str, ...], database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Lập tài khoản cho một cán bộ, gặp mặt: hai người ký; mã QR chỉ hiện một lần."""
    new, secret = NewOfficer(username, name, citizen_id.strip()), pyotp.random_base32()
    with (
        opened(database_url) as house,
        new_file(qr) as out,
        house.database.signed_work() as session,
    ):
        keyring = keyring_of(house)
        who = signers(session, officers, codes)
        number = _enrolled(session, keyring, new, secret, founding, unit, who)
        out.write(square(qr, username, secret))
    text = f"Đã lập tài khoản {username}. Cho cán bộ quét {qr} bằng ứng dụng mã xác thực rồi xoá."
    answer(as_json, {"officer": username, "id": number, "qr": str(qr)}, text)


def _enrolled(
    session: Session,
    keyring: Keyring,
    new: NewOfficer,
    secret: str,
    founding: str | None,
    unit: str,
    who: Sequence[Signer],
) -> int:
    now = SystemClock().now()
    if founding is None:
        number = enrol(session, keyring, new, secret, who, now)
    elif who:
        raise InputError("Vai trò ban đầu không có người ký.", "Bỏ --founding hoặc bỏ --officer.")
    else:
        number = add_officer(session, keyring, new.username, new.name, new.citizen_id, secret)
        found(session, number, [(founding, unit)], now)
        record(
            session, now, "cli", "access:role:found", f"officer:{number}", f"{founding} ({unit})"
        )
    return number


@click.command("list")
@click.option("--role", type=click.Choice(ROLES), help="Chỉ vai trò này.")
@with_database
@with_json
def list_command(role: str | None, database_url: str | None, as_json: bool) -> None:
    """Mọi cán bộ và quyền đang có."""
    house = open_house(database_url)
    with house.database.view() as session:
        held = roles_held(session, SystemClock().now())
        rows = session.execute(select(accounts).order_by(accounts.c.username)).all()
    found = [
        (row, [one for one in sorted(held[row.id]) if role in (None, one.role)]) for row in rows
    ]
    value = [
        {
            "officer": row.username,
            "name": row.name,
            "disabled": row.disabled_at is not None,
            "roles": [asdict(one) for one in roles],
        }
        for row, roles in found
        if roles or role is None
    ]
    lines = [
        f"{row.username}{' (ĐÃ KHOÁ)' if row.disabled_at else ''}:"
        f" {', '.join(map(told_role, roles)) or 'không có quyền'}"
        for row, roles in found
        if roles or role is None
    ]
    answer(as_json, {"officers": value}, "\n".join(lines))


@click.command()
@click.argument("username")
@with_database
@with_json
def show(username: str, database_url: str | None, as_json: bool) -> None:
    """Mã xác thực, lần khoá, và mọi quyền đã cấp cho một cán bộ: hạn, ai cấp, vì sao kết thúc."""
    house = open_house(database_url)
    with house.database.view() as session:
        number = officer_named(session, username)
        grants = [_grant(one) for one in grants_of(session, number)]
        uses, turns = factor_in_words(session, number), turns_in_words(session, number)
        linked = is_linked(session, number)
    value = {"officer": username, "factor": uses, "single_sign_on": linked, "switched": turns,
             "grants": grants}  # fmt: skip
    both = ["đã gắn với nơi đăng nhập chung"] if linked else []
    answer(as_json, value, "\n".join([f"{username}: {uses}", *both, *turns, *map(_told, grants)]))


def _grant(one: Granted) -> dict[str, Any]:
    return {
        "grant": one.number,
        "role": one.role,
        "unit": one.unit,
        "department": one.department,
        "kind": one.kind,
        "from": one.since,
        "until": one.until,
        "cap": one.cap,
        "granted_by": list(one.by),
        "ended_at": one.ended_at,
        "ended_for": one.ended_for,
    }


def _told(one: dict[str, Any]) -> str:
    days = [one[key].astimezone(TIME_ZONE) for key in ("from", "until")]
    by = " và ".join(one["granted_by"]) or "ban đầu"
    text = (
        f"{one['grant']}. {one['role']} ({one['unit'] or 'toàn tỉnh'}"
        f"{', ' + one['department'] if one['department'] else ''}), {KINDS[one['kind']]},"
        f" {days[0]:%d/%m/%Y %H:%M} đến {days[1]:%d/%m/%Y %H:%M}; người cấp: {by}"
    )
    if one["cap"]:
        text += f"; tối đa {format_vnd(one['cap'])} mỗi bảng"
    if one["ended_at"]:
        ended = one["ended_at"].astimezone(TIME_ZONE)
        text += f"; đã kết thúc {ended:%d/%m/%Y %H:%M}: {one['ended_for']}"
    return text
