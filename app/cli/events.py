"""`ansinh events`: what happens to people, what is proposed for it, and who decides."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.access.officers import officer_named
from app.benefits.ages import YEAR_ONLY_MONTH
from app.cli import event_entry
from app.cli.options import answer, moment_of, open_house, person_number, with_database, with_json
from app.disbursement.selects import uncollected
from app.events.deciding import Verdict, decide
from app.events.finding import find
from app.events.reading import Told, lines_of, listed, shown
from app.events.states import CONFIRMED, KINDS, REFUSED
from app.events.transfers import ANSWER_DAYS, Waiting, unanswered
from app.months import in_words, require_month

STATES = {"proposed": "chờ quyết định", "confirmed": "đã xác nhận", "refused": "đã từ chối"}
LINES = {"active": "đang hưởng", "paused": "tạm dừng", "stopped": "đã thôi"}
SIDES = {"": "", "from": "nơi đi ", "to": "nơi đến "}


@click.group()
def events() -> None:
    """Biến động của người hưởng: chỉ đề xuất, cán bộ xác nhận hoặc từ chối."""


@events.command(name="find")
@click.option("--period", required=True, help="Danh sách cần xem, ví dụ 2026-12.")
@click.option(
    "--year-only",
    type=click.IntRange(1, 12),
    default=YEAR_ONLY_MONTH,
    show_default=True,
    help="Người chỉ biết năm sinh được tính thêm tuổi vào tháng này.",
)
@with_database
@with_json
def find_command(period: str, year_only: int, database_url: str | None, as_json: bool) -> None:
    """Tìm biến động liên quan tới danh sách của một tháng; chỉ đề xuất, không tự đổi."""
    house = open_house(database_url)
    with house.database.unit_of_work() as session:
        found = find(session, period, uncollected(), year_only, moment_of(session))
    text = "\n".join(f"{KINDS[kind]}: {count}" for kind, count in found.items())
    answer(as_json, {"period": period, "found": found}, text or "Không có biến động mới.")


@events.command(name="list")
@click.option("--kind", type=click.Choice(list(KINDS)), default=None, help="Loại biến động.")
@click.option("--area", default="", help="Mã xã 5 chữ số; bỏ trống là cả tỉnh.")
@click.option("--state", type=click.Choice(list(STATES)), default="proposed", show_default=True)
@with_database
@with_json
def list_command(
    kind: str | None, area: str, state: str, database_url: str | None, as_json: bool
) -> None:
    """Các đề xuất đang chờ quyết định."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = listed(session, kind=kind or "", area=area, state=state)
    text = "\n".join(map(_line, found)) or "Không có đề xuất nào."
    answer(as_json, {"events": [asdict(one) for one in found]}, text)


def _line(one: Told) -> str:
    who = f"AS-{one.person_id:06}  {one.name}"
    return f"{one.id}  {one.area_code}  {who}  [{KINDS[one.kind]}] {one.says}"


@events.command(name="show")
@click.argument("event", type=int)
@with_database
@with_json
def show_command(event: int, database_url: str | None, as_json: bool) -> None:
    """Một đề xuất và ai đã quyết định."""
    house = open_house(database_url)
    with house.database.view() as session:
        told, decisions = shown(session, event)
    lines = [_line(told), STATES[told.state]]
    for one in decisions:
        words = one.number or one.reason
        lines.append(
            f"  {SIDES[one.side]}{STATES[one.verdict]} bởi cán bộ {one.officer_id}: {words}"
        )
    value = {**asdict(told), "decisions": [asdict(one) for one in decisions]}
    answer(as_json, value, "\n".join(lines))


@events.command(name="lines")
@click.argument("person")
@click.option("--period", required=True, help="Kỳ cần xem, ví dụ 2026-12.")
@with_database
@with_json
def lines_command(person: str, period: str, database_url: str | None, as_json: bool) -> None:
    """Các mức của một người: đang hưởng, tạm dừng hay đã thôi trong một kỳ."""
    house, number = open_house(database_url), person_number(person)
    with house.database.view() as session:
        found = lines_of(session, number, require_month(period))
    text = "\n".join(
        f"{one.area_code}  {one.name}: từ {in_words(one.start)}, {LINES[one.state]}"
        f"{f' (hết {in_words(one.stop)})' if one.stop else ''}"
        for one in found
    )
    value = {"person": number, "lines": [asdict(one) for one in found]}
    answer(as_json, value, text or "Không có mức hưởng nào.")


@events.command(name="confirm")
@click.argument("event", type=int)
@click.option("--officer", "username", required=True, help="Tên đăng nhập; khác người ghi nhận.")
@click.option("--decision", "number", required=True, help="Số quyết định, ví dụ 15/QĐ-UBND.")
@click.option("--side", type=click.Choice(["from", "to"]), default=None, help="Chỉ khi chuyển xã.")
@with_database
@with_json
def confirm_command(
    event: int,
    username: str,
    number: str,
    side: str | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Xác nhận một đề xuất: danh sách kế tiếp chi theo quyết định này."""
    _decide(database_url, as_json, event, username, CONFIRMED, number, "", side)


@events.command(name="refuse")
@click.argument("event", type=int)
@click.option("--officer", "username", required=True, help="Tên đăng nhập; khác người ghi nhận.")
@click.option("--reason", required=True, help="Vì sao từ chối, cho người đọc sau.")
@click.option("--side", type=click.Choice(["from", "to"]), default=None, help="Chỉ khi chuyển xã.")
@with_database
@with_json
def refuse_command(
    event: int,
    username: str,
    reason: str,
    side: str | None,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Từ chối một đề xuất; mức hưởng giữ nguyên."""
    _decide(database_url, as_json, event, username, REFUSED, "", reason, side)


def _decide(
    database_url: str | None,
    as_json: bool,
    event: int,
    username: str,
    verdict: str,
    number: str,
    reason: str,
    side: str | None,
) -> None:
    house = open_house(database_url)

    def work(session: Any) -> str:
        given = Verdict(officer_named(session, username), verdict, number, reason, side or "")
        return decide(session, event, given, moment_of(session))

    state = house.database.serializable(work)
    text = f"Đề xuất {event}: {STATES[state]}."
    if verdict == CONFIRMED and state != CONFIRMED:
        text = f"Đề xuất {event}: đã ghi ý kiến, còn chờ xã kia."
    answer(as_json, {"event": event, "state": state}, text)


@events.command(name="unanswered")
@click.option("--days", type=click.IntRange(0, 365), default=ANSWER_DAYS, show_default=True)
@with_database
@with_json
def unanswered_command(days: int, database_url: str | None, as_json: bool) -> None:
    """Các lần chuyển xã quá hạn mà một xã chưa trả lời, cho tỉnh nhắc."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = unanswered(session, moment_of(session), days)
    text = "\n".join(map(_waiting, found)) or "Không có lần chuyển nào quá hạn."
    answer(as_json, {"waiting": [asdict(one) for one in found]}, text)


def _waiting(one: Waiting) -> str:
    who = f"AS-{one.person_id:06}: {one.from_area} → {one.to_area}"
    return f"{one.event_id}  {who}  chờ xã {one.waits_for} từ {one.since:%d/%m/%Y}"


for command in (
    event_entry.death,
    event_entry.move,
    event_entry.resume,
    event_entry.dependant,
    event_entry.study,
    event_entry.merge_area_command,
):
    events.add_command(command)
