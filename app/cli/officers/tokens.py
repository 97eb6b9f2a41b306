"""`ansinh officers re-enrol` and `tokens`: a new factor in person, hardware tokens by file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe

import click
import pyotp
from sqlalchemy.orm import Session

from app.access.factors import re_enrol
from app.access.links import give_link
from app.access.officers import officer_named
from app.access.together import Signer
from app.access.tokens import Imported, assign_token, block_token, import_tokens
from app.cli.cashless.common import FILE, new_file
from app.cli.officers.square import square
from app.cli.options import answer, with_database, with_json
from app.cli.signing import (
    keyring_of,
    opened,
    signed,
    signer,
    signers,
    with_officer,
    with_officers,
)
from app.clock import TIME_ZONE, SystemClock
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_number

_SEEDS = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("re-enrol")
@click.argument("username")
@click.option("--reason", required=True, help="Ví dụ: mất điện thoại, nhập sai 50 lần.")
@click.option("--qr", type=FILE, required=True,
              help="Tệp .svg hoặc .png chứa mã QR; chỉ đưa cho chính cán bộ, rồi xoá.")  # fmt: skip
@with_officers
@with_database
@with_json
def re_enrol_command(
    username: str, reason: str, qr: Path, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Lập lại mã xác thực, gặp mặt: hai người ký; mã cũ hết dùng, 24 giờ sau mới duyệt được."""
    secret = pyotp.random_base32()
    with opened(database_url) as house, new_file(qr) as out:
        keyring = keyring_of(house)

        def work(session: Session) -> None:
            who = signers(session, officers, codes)
            number = officer_named(session, username)
            re_enrol(session, keyring, number, secret, reason, who, SystemClock().now())

        out.write(square(qr, username, secret))
        house.database.serializable(work)
    text = (
        f"Đã lập lại mã của {username}; mã cũ hết dùng. Cho cán bộ quét {qr} rồi xoá."
        " Trong 24 giờ tới chưa duyệt được bằng mã mới."
    )
    answer(as_json, {"officer": username, "qr": str(qr)}, text)


@click.command("link")
@click.argument("username")
@with_officers
@with_database
@with_json
def link_command(
    username: str, officers: tuple[str, ...], codes: tuple[str, ...], database_url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Liên kết dùng một lần để cán bộ tự đặt mật khẩu: hai người ký, đưa tận tay."""
    secret = token_urlsafe(32)
    with opened(database_url) as house:
        keyring = keyring_of(house)

        def work(session: Session) -> datetime:
            who, number = signers(session, officers, codes), officer_named(session, username)
            return give_link(session, keyring, number, secret, who, SystemClock().now())

        until = house.database.serializable(work)
        here = f"http://{house.settings.host}:{house.settings.port}"
        address = f"{house.settings.public_url or here}/enrol/{secret}"
    text = f"{address}\nDùng được một lần, đến {until.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}."
    answer(as_json, {"officer": username, "address": address, "until": until}, text)


@click.group()
def tokens() -> None:
    """Thẻ mã xác thực: nhập tệp của nhà cung cấp, giao cho cán bộ, khoá khi mất."""


@tokens.command("import")
@click.argument("file", type=_SEEDS)
@click.option("--key-file", type=_SEEDS, help="Tệp chỉ có khoá PSKC, viết dạng hex.")
@with_officer
@with_database
@with_json
def import_command(
    file: Path, key_file: Path | None, officer: str, code: str, database_url: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Nhập tệp mã gốc của thẻ: CSV của nhà cung cấp hoặc PSKC (RFC 6030). Xong thì huỷ tệp."""
    key, content = _key(key_file), file.read_bytes()

    def work(session: Session, keyring: Keyring) -> Imported:
        who, now = signer(session, officer, code), SystemClock().now()
        return import_tokens(session, keyring, file.name, content, key, who, now)

    done = signed(database_url, work)
    said = (
        f"Tệp này đã nhập từ trước ({format_number(done.tokens)} thẻ). Không đổi gì."
        if done.known
        else f"Đã nhập {format_number(done.tokens)} thẻ. Huỷ tệp {file.name}: nó chứa mã gốc."
    )
    answer(as_json, done._asdict(), said)


def _key(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        return bytes.fromhex(path.read_text("utf-8"))
    except ValueError as error:
        raise InputError(f"Tệp {path.name} không phải khoá dạng hex.", "Xin lại khoá.") from error


@tokens.command("assign")
@click.argument("serial")
@click.option("--to", "username", required=True, help="Tên đăng nhập của cán bộ nhận thẻ.")
@click.option("--shown", required=True, help="Mã đang hiện trên thẻ, để biết đúng thẻ.")
@with_officers
@with_database
@with_json
def assign_command(
    serial: str, username: str, shown: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Giao thẻ SERIAL cho cán bộ, gặp mặt: hai người ký; mã cũ của người đó hết dùng."""

    def work(session: Session, keyring: Keyring) -> None:
        who, number = signers(session, officers, codes), officer_named(session, username)
        assign_token(session, keyring, serial, number, shown, who, SystemClock().now())

    signed(database_url, work)
    text = f"Đã giao thẻ {serial} cho {username}. Trong 24 giờ tới chưa duyệt được bằng thẻ này."
    answer(as_json, {"serial": serial, "officer": username}, text)


@tokens.command("block")
@click.argument("serial")
@click.option("--reason", required=True, help="Ví dụ: mất thẻ.")
@click.option("--officer", required=True, help="Người giữ thẻ, hoặc quản trị viên.")
@click.option("--code", default="", help="Mã của quản trị viên; người giữ thẻ không cần.")
@with_database
@with_json
def block_command(
    serial: str, reason: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Khoá ngay thẻ SERIAL: mất, hỏng. Sau đó lập lại mã bằng re-enrol hoặc giao thẻ khác."""

    def work(session: Session, keyring: Keyring) -> None:
        who = Signer(officer_named(session, officer), code)
        block_token(session, keyring, serial, who, reason, SystemClock().now())

    signed(database_url, work)
    answer(as_json, {"serial": serial, "blocked": True}, f"Đã khoá thẻ {serial}.")
