"""`ansinh bank channel`: how a provider is reached, proposed by one and confirmed by another."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.channels.deciding import Decided, confirm_channel, propose
from app.channels.lookup import Terms, all_channels, in_force, next_version
from app.channels.profile import COURIERS
from app.cli.options import DAY, House, answer, moment_of, open_house, with_database, with_json
from app.cli.signing import signed_in, signer, with_officer
from app.clock import TIME_ZONE, local_date
from app.errors import InputError
from app.privacy import Keyring


@click.group()
def channel() -> None:
    """Kênh nối với từng đơn vị chi trả: một người đề nghị, người khác xác nhận."""


@channel.command(name="propose")
@click.option("--provider", required=True, help="Mã đơn vị chi trả.")
@click.option("--adapter", required=True, help="Bộ kết nối, ví dụ iso20022.")
@click.option("--courier", required=True, type=click.Choice(sorted(COURIERS)))
@click.option(
    "--profile", type=click.Path(dir_okay=False, path_type=Path), help="Tệp hồ sơ kênh (TOML)."
)
@click.option("--valid-from", type=DAY, help="Ngày bắt đầu dùng; mặc định hôm nay.")
@with_officer
@with_database
@with_json
def propose_command(
    provider: str,
    adapter: str,
    courier: str,
    profile: Path | None,
    valid_from: datetime | None,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đề nghị một bản kênh mới; chưa có hiệu lực đến khi người thứ hai xác nhận."""
    text = _read(profile)

    def work(house: House, session: Session, keyring: Keyring) -> Decided:
        now, version = moment_of(session), next_version(session, provider)
        day = valid_from.date() if valid_from else local_date(now)
        terms = Terms(provider, version, adapter, courier, text, day)
        who = signer(session, officer, code)
        return propose(session, keyring, house.settings, who, terms, now)

    done = signed_in(database_url, work)
    told = {"channel": done.channel_id, "digest": done.digest, "confirmed": False}
    line = f"ansinh bank channel confirm --digest {done.digest[:12]}"
    answer(as_json, told, f"Đã đề nghị. Mã kênh: {done.digest}\nNgười thứ hai đọc rồi chạy: {line}")


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Không đọc được hồ sơ kênh {path}.", "Lưu tệp bằng UTF-8.") from error


@channel.command(name="confirm")
@click.option("--digest", required=True, help="Ít nhất 12 ký tự đầu của mã kênh đã đọc.")
@with_officer
@with_database
@with_json
def confirm_command(
    digest: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Người thứ hai xác nhận bản kênh đã đọc; từ ngày hiệu lực kênh được dùng."""

    def work(house: House, session: Session, keyring: Keyring) -> Decided:
        who, now = signer(session, officer, code), moment_of(session)
        return confirm_channel(session, keyring, house.settings, who, digest, now)

    done = signed_in(database_url, work)
    told = {"channel": done.channel_id, "digest": done.digest, "confirmed": True}
    answer(as_json, told, "Kênh đã được hai người xác nhận.")


@channel.command(name="show")
@click.option("--provider", default="", help="Chỉ một đơn vị chi trả.")
@with_database
@with_json
def show_command(provider: str, database_url: str | None, as_json: bool) -> None:
    """Mọi bản kênh, ai đề nghị, ai xác nhận, bản nào đang dùng, và hồ sơ đầy đủ."""
    with open_house(database_url).database.view() as session:
        rows = all_channels(session, provider)
        used = {row.id for row in in_force(session, local_date(moment_of(session)))}
    values = [_value(row, row.id in used) for row in rows]
    text = "\n\n".join(_told(one) for one in values) or "Chưa có kênh nào: chưa tệp nào gửi được."
    answer(as_json, {"channels": values}, text)


def _value(row: Any, in_use: bool) -> dict[str, Any]:
    return {
        "channel": row.id, "provider": row.provider, "version": row.version,
        "adapter": row.adapter, "courier": row.courier, "valid_from": row.valid_from.isoformat(),
        "digest": row.digest, "proposed_by": row.proposed_by, "proposed_at": row.proposed_at,
        "confirmed_by": row.confirmed_by, "confirmed_at": row.confirmed_at, "in_force": in_use,
        "profile": row.profile,
    }  # fmt: skip


def _told(one: dict[str, Any]) -> str:
    state = "đang dùng" if one["in_force"] else "không dùng"
    if one["confirmed_at"] is None:
        state = "chờ người thứ hai xác nhận"
    head = (
        f"{one['provider']} bản {one['version']}: {one['adapter']}, {one['courier']},"
        f" từ {one['valid_from']} — {state}"
    )
    moment = one["proposed_at"].astimezone(TIME_ZONE)
    said = f"  mã kênh {one['digest']}; đề nghị lúc {moment:%H:%M %d/%m/%Y}"
    profile = "\n".join(f"    {line}" for line in one["profile"].strip().splitlines())
    return "\n".join(part for part in (head, said, profile) if part)
