"""`ansinh officers grant` and `end`: two persons grant a role for a time, and it is ended."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.access.ending import end
from app.access.granting import grant
from app.access.grants import terms_asked
from app.access.officers import officer_named
from app.access.role_tables import ROLES
from app.cli.options import answer, with_database, with_json
from app.cli.signing import signed, signers, with_officers
from app.clock import SystemClock
from app.privacy import Keyring

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("grant")
@click.argument("username")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--unit", default="", help="Mã đơn vị; bỏ trống là toàn tỉnh.")
@click.option("--department", default="", help="Mã ngành; bỏ trống là mọi chương trình.")
@click.option("--from", "since", type=DAY, help="Từ ngày; bỏ trống là từ bây giờ.")
@click.option("--until", type=DAY, help="Hết ngày này thì hết quyền; tối đa 12 tháng.")
@click.option("--emergency", type=click.IntRange(1, 240), metavar="PHÚT",
              help="Quyền xem khẩn cấp bấy nhiêu phút, thay cho --until.")  # fmt: skip
@with_officers
@with_database
@with_json
def grant_command(
    username: str, role: str, unit: str, department: str, since: datetime | None,
    until: datetime | None, emergency: int | None, officers: tuple[str, ...],
    codes: tuple[str, ...], database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Cấp một vai trò có hạn: một quản trị viên và người thứ hai ký, không ai cấp cho mình."""
    first, last = (day.date() if day else None for day in (since, until))

    def work(session: Session, keyring: Keyring) -> int:
        now = SystemClock().now()
        terms = terms_asked(role, unit, department, first, last, emergency or 0, now)
        who = signers(session, officers, codes)
        return grant(session, keyring, officer_named(session, username), terms, who, now)

    number = signed(database_url, work)
    answer(as_json, {"grant": number, "officer": username, "role": role, "unit": unit},
           f"Đã cấp quyền số {number}: {username} là {role} ({unit or 'toàn tỉnh'}).")  # fmt: skip


@click.command("end")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Vì sao kết thúc; được giữ lại.")
@with_officers
@with_database
@with_json
def end_command(
    number: int, reason: str, officers: tuple[str, ...], codes: tuple[str, ...],
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Kết thúc ngay quyền số NUMBER: người giữ, người giao thay hoặc một quản trị viên ký."""

    def work(session: Session, keyring: Keyring) -> None:
        who = signers(session, officers, codes)
        end(session, keyring, number, reason, who, SystemClock().now())

    signed(database_url, work)
    answer(as_json, {"grant": number, "ended": True}, f"Đã kết thúc quyền số {number}.")
