"""One person's page, one number in clear, and who looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from app.access.scope import scope_of
from app.audit.trail import record
from app.audit.views import views
from app.beneficiaries.revealing import FIELDS, ROLES, reveal
from app.cli.options import answer, open_house, person_number, with_database, with_json
from app.cli.register.page import told
from app.cli.signing import keyring_of
from app.clock import TIME_ZONE, SystemClock
from app.statements.person_file import person_file

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(name="show")
@click.argument("person")
@click.option("--officer", default="", help="Tên đăng nhập: chỉ xem người trong địa bàn.")
@with_database
@with_json
def show_command(person: str, officer: str, database_url: str | None, as_json: bool) -> None:
    """Trang của một người: nhân thân, hộ, chế độ, nơi nhận tiền, nguồn, nhật ký; số được che."""
    house, number = open_house(database_url), person_number(person)
    now = SystemClock().now()
    with house.database.unit_of_work() as session:
        file = person_file(session, number)
        if officer:
            scope_of(session, officer, now).require(file["area_code"])
        record(session, now, officer or "cli", "cli:person:view",
               f"person:{number}")  # fmt: skip
    answer(as_json, file, told(file))


@click.command(name="reveal")
@click.argument("person")
@click.option("--field", type=click.Choice(FIELDS), required=True, help="Số cần hiện.")
@click.option("--reason", required=True, help="Việc đang làm; được ghi vào nhật ký.")
@click.option("--officer", required=True, help="Tên đăng nhập.")
@with_database
@with_json
def reveal_command(
    person: str, field: str, reason: str, officer: str, database_url: str | None, as_json: bool
) -> None:
    """Hiện đủ một số của một người; có lý do, được ghi nhật ký, giới hạn mỗi giờ."""
    house, number = open_house(database_url), person_number(person)
    keyring, now = keyring_of(house), SystemClock().now()
    per_hour = house.settings.reveals_per_hour

    def work(session: Any) -> str:
        scope = scope_of(session, officer, now, ROLES)
        return reveal(session, keyring, scope, number, field, reason, now, per_hour)

    # Shown only when the line of the trail is committed; two at once cannot both be the last.
    value = house.database.serializable(work)
    answer(as_json, {"person": number, "field": field, "value": value}, value or "Chưa có số này.")


@click.command(name="views")
@click.option("--person", default="", help="Chỉ người này.")
@click.option("--officer", default="", help="Chỉ cán bộ này.")
@click.option("--from", "since", type=_DAY, help="Từ ngày, ví dụ 2026-10-01.")
@click.option("--to", "until", type=_DAY, help="Trước ngày.")
@with_database
@with_json
def views_command(
    person: str,
    officer: str,
    since: datetime | None,
    until: datetime | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nhật ký xem: ai đã xem, hiện số, xuất dữ liệu của ai, lúc nào, vì sao."""
    house = open_house(database_url)
    with house.database.view() as session:
        rows = views(
            session,
            person_id=person_number(person) if person else None,
            actor=officer,
            since=since and since.replace(tzinfo=TIME_ZONE),
            until=until and until.replace(tzinfo=TIME_ZONE),
        )
    value = [{"at": row.at, "officer": row.actor, "action": row.action, "object": row.object,
              "detail": row.detail} for row in rows]  # fmt: skip
    lines = map(_line, rows)
    answer(as_json, {"views": value}, "\n".join(lines) or "Chưa có lần xem nào.")


def _line(row: Any) -> str:
    at, act = row.at.astimezone(TIME_ZONE), row.action.rpartition(":")[2]
    return f"{at:%d/%m/%Y %H:%M}  {row.actor}  {act}  {row.object}  {row.detail}"
