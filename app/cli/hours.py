"""`ansinh hours`: when lists are approved and batches released."""

from __future__ import annotations

from datetime import datetime

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.signing import signed, signers, with_officers
from app.clock import local_date
from app.payroll.hours import CLOSES, OPENS, Hours, hours_on, hours_set, set_hours
from app.privacy import Keyring


@click.group(name="hours")
def hours_group() -> None:
    """Giờ duyệt chi và giải ngân; hai cán bộ tài chính báo trước."""


@hours_group.command(name="set")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--opens", default=OPENS, show_default=True, help="Giờ mở, HH:MM.")
@click.option("--closes", default=CLOSES, show_default=True, help="Giờ đóng, HH:MM, đến 24:00.")
@click.option("--every-day", is_flag=True, help="Cả ngày nghỉ và ngày lễ.")
@click.option("--reason", required=True, help="Số văn bản làm căn cứ.")
@with_officers
@with_database
@with_json
def set_command(
    since: datetime,
    opens: str,
    closes: str,
    every_day: bool,
    reason: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Đặt giờ từ ngày mai trở đi; muốn chỉ một ngày thì đặt lại cho ngày sau đó."""
    hours = Hours(since.date(), opens, closes, every_day, reason)

    def work(session: Session, keyring: Keyring) -> int:
        who = signers(session, officers, codes)
        return set_hours(session, keyring, who, hours, moment_of(session))

    number = signed(database_url, work)
    answer(as_json, {"hours": number, **_values(hours)}, _line(hours))


@hours_group.command(name="show")
@with_database
@with_json
def show_command(database_url: str | None, as_json: bool) -> None:
    """Giờ hôm nay, và những lần đã đặt, mới nhất ở cuối."""
    with open_house(database_url).database.view() as session:
        known, today = hours_set(session), local_date(moment_of(session))
    now = hours_on(known, today)
    lines = [f"Hôm nay: {now.told()}.", *map(_line, known)]
    value = {"today": _values(now), "set": [_values(one) for one in known]}
    answer(as_json, value, "\n".join(lines))


def _values(hours: Hours) -> dict[str, object]:
    return {
        "from_day": hours.from_day, "opens": hours.opens, "closes": hours.closes,
        "every_day": hours.every_day, "reason": hours.reason,
    }  # fmt: skip


def _line(hours: Hours) -> str:
    return f"Từ {hours.from_day:%d/%m/%Y}: {hours.told()} ({hours.reason})."
