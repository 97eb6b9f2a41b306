"""`ansinh sms`: how the messages to people stand; never a number, never a text."""

from __future__ import annotations

from typing import Any

import click

from app.beneficiaries.reached import unreachable
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.clock import TIME_ZONE, local_date
from app.messaging.standing import read_at, today, waiting, wishes_in_force
from app.messaging.terms import read_plan
from app.self_service.deciding import turned_away
from ledger.money import format_number

MOST = 1_000
_STATES = {"queued": "chờ gửi", "sending": "đang gửi", "in_doubt": "chưa rõ đã gửi"}
_WISHES = {"no_messages": "không nhận tin", "no_amounts": "tin không ghi số tiền"}
AFTER = click.option(
    "--after", default=0, type=click.IntRange(min=0), help="Chỉ người hưởng có số lớn hơn."
)


@click.group()
def sms() -> None:
    """Tin nhắn cho người hưởng: hàng đợi, ngân sách ngày, số sai, mong muốn."""


@sms.command(name="status")
@with_database
@with_json
def status_command(database_url: str | None, as_json: bool) -> None:
    """Tin còn chờ theo trạng thái; hôm nay gửi bao nhiêu, hết bao nhiêu tiền; đọc tới đâu."""
    house = open_house(database_url)
    plan = read_plan(house.settings.messages)
    with house.database.view() as session:
        day = local_date(moment_of(session))
        rows = [
            {"state": row.state, "messages": row.messages, "cost": row.cost, "oldest": row.oldest}
            for row in waiting(session)
        ]
        spent = today(session, plan.of(day), day) if plan else None
        read = {row.kind: row.read_at for row in read_at(session)}
        refused = turned_away(session, moment_of(session))
    told = {"on": plan is not None, "waiting": rows, "today": spent, "read": read}
    lines = _status(rows, spent)
    if refused:
        lines.append(
            f"CẢNH BÁO: {format_number(refused)} người xin mã bị từ chối: hết mã trong ngày"
        )
    answer(as_json, {**told, "codes_refused": refused}, "\n".join(lines))


def _status(rows: list[dict[str, Any]], spent: dict[str, Any] | None) -> list[str]:
    lines = ["Đang gửi tin." if spent else "Chưa đặt ANSINH_MESSAGES: không gửi tin."]
    for one in rows:
        due = f"{one['oldest'].astimezone(TIME_ZONE):%d/%m %H:%M}"
        cost = format_number(one["cost"])
        state = _STATES[one["state"]]
        lines.append(f"{state}: {format_number(one['messages'])} tin, {cost} đồng, từ {due}")
    if spent:
        used, most = format_number(spent["cost"]), format_number(spent["budget"])
        lines.append(f"Hôm nay: {format_number(spent['messages'])} tin, {used} / {most} đồng")
        if spent["full_prefixes"]:
            lines.append(f"Đầu số đã tới giới hạn: {', '.join(spent['full_prefixes'])}")
    return lines


@sms.command(name="hygiene")
@AFTER
@with_database
@with_json
def hygiene_command(after: int, database_url: str | None, as_json: bool) -> None:
    """Người hưởng có số máy mà cổng nhắn tin báo không tồn tại: hỏi lại số rồi sửa."""
    with open_house(database_url).database.view() as session:
        rows = unreachable(session, after, MOST)
    told = [{"person": row.id, "area": row.area_code, "tail": row.phone_tail} for row in rows]
    lines = [f"{one['person']}  xã {one['area']}  số *******{one['tail']}" for one in told]
    answer(as_json, {"people": told}, "\n".join(lines) or "Không có số nào sai.")


@sms.command(name="wishes")
@AFTER
@with_database
@with_json
def wishes_command(after: int, database_url: str | None, as_json: bool) -> None:
    """Ai không muốn nhận tin, ai không muốn tin ghi số tiền; từ lúc nào, do ai ghi."""
    with open_house(database_url).database.view() as session:
        rows = wishes_in_force(session, after, MOST)
    told = [
        {"person": row.person_id, "wish": row.wish, "by": row.recorded_by, "at": row.recorded_at}
        for row in rows
    ]
    lines = [
        f"{one['person']}  {_WISHES[one['wish']]}, {one['at'].astimezone(TIME_ZONE):%d/%m/%Y}"
        f" ({one['by']})"
        for one in told
    ]
    answer(as_json, {"people": told}, "\n".join(lines) or "Không ai có mong muốn riêng.")
