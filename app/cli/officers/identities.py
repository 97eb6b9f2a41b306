"""`ansinh officers identity`: whose subject at the issuer is whose account, said by two."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from app.access.identities import link_identity, unlink_identity
from app.access.officers import officer_named
from app.cli.options import House, answer, with_database, with_json
from app.cli.signing import signed, signed_in, signers, with_officers
from app.clock import SystemClock
from app.errors import InputError
from app.privacy import Keyring


@click.group()
def identity() -> None:
    """Đăng nhập một lần: gắn, gỡ tài khoản cán bộ với nơi đăng nhập chung (ANSINH_OIDC_ISSUER)."""


@identity.command("link")
@click.argument("username")
@click.option("--subject", required=True, help="Mã định danh (sub) mà nơi đăng nhập báo.")
@click.option("--reason", required=True, help="Vì sao tin là người này; được giữ lại.")
@with_officers
@with_database
@with_json
def link_command(
    username: str, subject: str, reason: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Gắn: một quản trị viên và người thứ hai ký; không tự gắn theo tên hay thư điện tử."""

    def work(house: House, session: Session, keyring: Keyring) -> int:
        issuer = house.settings.oidc_issuer
        if not issuer:
            raise InputError("Chưa cấu hình nơi đăng nhập chung.", "Đặt ANSINH_OIDC_ISSUER.")
        who, number = signers(session, officers, codes), officer_named(session, username)
        now = SystemClock().now()
        return link_identity(session, keyring, number, issuer, subject, reason, who, now)

    number = signed_in(database_url, work)
    text = f"Đã gắn {username} với nơi đăng nhập chung. Ký duyệt vẫn bằng mã xác thực riêng."
    answer(as_json, {"officer": username, "linked": True, "number": number}, text)


@identity.command("unlink")
@click.argument("username")
@click.option("--reason", required=True, help="Vì sao gỡ; được giữ lại.")
@with_officers
@with_database
@with_json
def unlink_command(
    username: str, reason: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Gỡ: hai người ký; các phiên đang mở của cán bộ này hết ngay."""

    def work(session: Session, keyring: Keyring) -> int:
        who, number = signers(session, officers, codes), officer_named(session, username)
        return unlink_identity(session, keyring, number, reason, who, SystemClock().now())

    number = signed(database_url, work)
    text = f"Đã gỡ {username}: từ nay chỉ đăng nhập bằng mật khẩu. Các phiên đang mở đã hết."
    answer(as_json, {"officer": username, "linked": False, "number": number}, text)
