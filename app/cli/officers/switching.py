"""`ansinh officers disable` and `enable`: two switch an account off and on again."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.review import HeldRole, roles_held
from app.access.switching import switch
from app.access.tables import DISABLE, ENABLE
from app.cli.access import told_role
from app.cli.options import answer, with_database, with_json
from app.cli.signing import signed, signers, with_officers
from app.clock import SystemClock
from app.privacy import Keyring


@click.command("disable")
@click.argument("username")
@click.option("--reason", required=True, help="Vì sao khoá; được giữ lại.")
@with_officers
@with_database
@with_json
def disable_command(
    username: str, reason: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Khoá ngay tài khoản một cán bộ: một quản trị viên và người thứ hai ký."""
    roles = _switched(database_url, username, DISABLE, reason, officers, codes)
    lines = [f"Đã khoá tài khoản {username}: từ lúc này không ký, không xem được gì."]
    lines += [f"  thôi tính: {one}" for one in roles]
    lines += [f"Mở lại bằng `ansinh officers enable {username}`, cũng hai người ký."]
    answer(as_json, {"officer": username, "disabled": True, "roles": roles}, "\n".join(lines))


@click.command("enable")
@click.argument("username")
@click.option("--reason", required=True, help="Vì sao mở lại; được giữ lại.")
@with_officers
@with_database
@with_json
def enable_command(
    username: str, reason: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Mở lại tài khoản đã khoá; vai trò còn hạn lại có hiệu lực: hai người ký."""
    roles = _switched(database_url, username, ENABLE, reason, officers, codes)
    lines = [f"Đã mở lại tài khoản {username}."]
    lines += [f"  lại có hiệu lực: {one}" for one in roles] or ["  Không còn vai trò nào còn hạn."]
    answer(as_json, {"officer": username, "disabled": False, "roles": roles}, "\n".join(lines))


def _switched(
    database_url: str | None, username: str, kind: str, reason: str,
    officers: tuple[str, ...], codes: tuple[str, ...],
) -> list[str]:  # fmt: skip
    """Switch an account; gives the roles that stopped counting or count again, in words."""

    def work(session: Session, keyring: Keyring) -> list[HeldRole]:
        now, number = SystemClock().now(), officer_named(session, username)
        before = roles_held(session, now)[number]
        switch(session, keyring, number, kind, reason, signers(session, officers, codes), now)
        return before if kind == DISABLE else roles_held(session, now)[number]

    return [told_role(one) for one in sorted(signed(database_url, work))]
