"""`ansinh calendar`, `ansinh period`, `ansinh tasks`: days, the lock of a list, who must act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.scope import scope_of
from app.cli.options import DAY, answer, moment_of, open_house, with_database, with_json
from app.cli.signing import signed, signers, with_officer, with_officers
from app.clock import TIME_ZONE, SystemClock, local_date
from app.months import in_words, require_month
from app.payroll.reminders import Task, tasks
from app.privacy import Keyring
from app.schedule.calendar import KINDS, MovedDay, set_day, unusual_days
from app.schedule.locking import lock_by, standing_lock, unlock_list

STEPS = {"submit": "trình", "check": "kiểm tra", "approve": "duyệt"}
KIND_WORDS = {True: "làm việc", False: "nghỉ"}
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@click.group()
def calendar() -> None:
    """Ngày ngân hàng làm việc: ngày lễ, ngày hoán đổi, ngày nghỉ quyết định muộn."""


@calendar.command(name="show")
@click.option("--year", required=True, type=click.IntRange(2000, 2199))
@with_database
@with_json
def show_command(year: int, database_url: str | None, as_json: bool) -> None:
    """Những ngày trong năm khác với lệ thường: lễ trong tuần, ngày đã được đặt."""
    with open_house(database_url).database.view() as session:
        found = unusual_days(session, year)
    values = [
        {"day": one.day.isoformat(), "open": one.is_open, "name": one.name, "source": one.source}
        for one in found
    ]
    answer(as_json, {"year": year, "days": values}, "\n".join(_day_line(one) for one in values))


def _day_line(one: dict[str, Any]) -> str:
    day = date.fromisoformat(one["day"])
    said = f"{day:%d/%m/%Y} {WEEKDAYS[day.weekday()]}: {KIND_WORDS[one['open']]}"
    told = "; ".join(part for part in (one["name"], one["source"]) if part)
    return f"{said}  {told}".rstrip()


@calendar.command(name="set")
@click.option("--day", required=True, type=DAY, help="Ngày, ví dụ 2026-01-02.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="open: làm việc.")
@click.option("--name", required=True, help="Tên ngày, ví dụ “Nghỉ hoán đổi”.")
@click.option("--source", required=True, help="Văn bản quyết định: số, ngày, cơ quan.")
@with_officers
@with_database
@with_json
def set_command(
    day: datetime,
    kind: str,
    name: str,
    source: str,
    officers: Sequence[str],
    codes: Sequence[str],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người đặt một ngày là ngày nghỉ hay ngày làm việc."""
    moved, now = MovedDay(day.date(), kind, name.strip(), source.strip()), SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        return set_day(session, keyring, signers(session, officers, codes), moved, now)

    number = signed(database_url, work)
    told = {"id": number, "day": moved.day, "kind": kind}
    answer(as_json, told, f"Ngày {moved.day:%d/%m/%Y}: {KIND_WORDS[kind == 'open']}.")


@click.group()
def period() -> None:
    """Chốt danh sách của một tháng: sau khi chốt không thêm dòng nào."""


def _with_period(command: Any) -> Any:
    return click.option("--period", "month", required=True, help="Kỳ, ví dụ 2026-10.")(command)


@period.command(name="show")
@_with_period
@with_database
@with_json
def period_show_command(month: str, database_url: str | None, as_json: bool) -> None:
    """Danh sách của tháng đã chốt chưa, lúc nào, ai chốt."""
    month = require_month(month)
    with open_house(database_url).database.view() as session:
        lock = standing_lock(session, month)
    told = {"period": month, "locked": lock is not None}
    said = f"Danh sách kỳ {in_words(month)} chưa chốt."
    if lock is not None:
        told |= {"locked_at": lock.locked_at, "locked_by": lock.locked_by}
        said = (
            f"Danh sách kỳ {in_words(month)} đã chốt {_moment(lock.locked_at)}, {lock.locked_by}."
        )
    answer(as_json, told, said)


@period.command(name="lock")
@_with_period
@with_officer
@with_database
@with_json
def lock_command(
    month: str, officer: str, code: str, database_url: str | None, as_json: bool
) -> None:
    """Chốt danh sách ngay, hoặc chốt lại sau khi hai người đã mở."""
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> bool:
        return lock_by(session, keyring, signers(session, [officer], [code])[0], month, now)

    month = require_month(month)
    is_new = signed(database_url, work)
    said = "đã chốt" if is_new else "đã chốt từ trước"
    answer(as_json, {"period": month, "new": is_new}, f"Danh sách kỳ {in_words(month)} {said}.")


@period.command(name="unlock")
@_with_period
@click.option("--reason", required=True, help="Vì sao phải sửa danh sách đã chốt, một câu.")
@with_officers
@with_database
@with_json
def unlock_command(
    month: str,
    reason: str,
    officers: Sequence[str],
    codes: Sequence[str],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người mở chốt, có lý do; sửa xong thì chốt lại bằng `ansinh period lock`."""
    month, now = require_month(month), SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        return unlock_list(session, keyring, signers(session, officers, codes), month, reason, now)

    number = signed(database_url, work)
    told = {"period": month, "lock": number}
    answer(as_json, told, f"Đã mở chốt danh sách kỳ {in_words(month)}. Sửa xong phải chốt lại.")


@click.command(name="tasks")
@click.option("--officer", required=True, help="Tên đăng nhập.")
@with_database
@with_json
def tasks_command(officer: str, database_url: str | None, as_json: bool) -> None:
    """Việc đang chờ một cán bộ, và đã nhắc những ngày nào."""
    with open_house(database_url).database.view() as session:
        now = moment_of(session)
        found = tasks(session, scope_of(session, officer, now).officer_id, now)
    values = [one._asdict() for one in found]
    text = "\n".join(_task_line(one) for one in found) or "Không có việc nào đang chờ."
    answer(as_json, {"officer": officer, "on": local_date(now), "tasks": values}, text)


def _task_line(one: Task) -> str:
    said = f"Kỳ {in_words(one.period)}: {one.payrolls} bảng chờ {STEPS[one.step]}"
    days = dict.fromkeys(f"{local_date(at):%d/%m}" for at in one.reminded)
    return f"{said} (đã nhắc ngày {', '.join(days)})" if days else said


def _moment(moment: datetime) -> str:
    return f"lúc {moment.astimezone(TIME_ZONE):%H:%M ngày %d/%m/%Y}"
