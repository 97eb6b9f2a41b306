"""The last moment of a day: a batch leaves a quarter of an hour before it, or waits.

What a list needs is the hand-over to its provider and a rail for each of its lines; the earliest
of their last moments counts. A batch that is too late, or whose day banks do not work, waits with
the next banking day as the day that the provider is asked to pay; its release does not grow older
or younger by that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination
from app.clock import TIME_ZONE, local_date
from app.disbursement.states import RELEASED
from app.disbursement.submission import asked_day
from app.disbursement.tables import batch, instruction
from app.errors import Conflict, Refused
from app.reference.banks import bank
from app.reference.calendar import Calendar
from app.reference.rails import ALL_BANKS, LIST, last_moment, rail_of
from app.schedule.calendar import calendar_of

MARGIN = timedelta(minutes=15)
DAYS_AHEAD = 30
"""Beyond this many banking days the calendar itself is wrong."""


def pay_day(session: Session, row: Row[Any], now: datetime) -> date:
    """The first banking day, from the requested one on, whose last moment is far enough ahead."""
    calendar, kinds = calendar_of(session), _kinds(session, row.id)
    day = calendar.roll_forward(max(row.requested_on, local_date(now)))
    for _ in range(DAYS_AHEAD):
        if now + MARGIN < last_moment_of(row.provider, kinds, day, calendar):
            return day
        day = calendar.next_banking_day(day)
    raise Refused(
        f"Không tìm thấy ngày nào gửi được lô {row.id} trong {DAYS_AHEAD} ngày làm việc tới.",
        "Kiểm tra lịch bằng `ansinh calendar show`.",
    )


def last_moment_of(
    provider: str, kinds: Iterable[tuple[int, str]], day: date, calendar: Calendar
) -> datetime:
    """Until when a list with these (amount, bank) lines may leave on a day for that day.

    The rail of each line is the one that is preferred in the middle of the day; a moment in the
    past when one of them does not work on it.
    """
    noon = datetime.combine(day, datetime.min.time(), TIME_ZONE) + timedelta(hours=12)
    needed = {(LIST, provider)}
    for amount, code in kinds:
        needed.add((rail_of(amount, code, _is_instant(code), noon, calendar).code, code))
    ends = [last_moment(rail, code, day, calendar, TIME_ZONE) for rail, code in sorted(needed)]
    return min(end or datetime.min.replace(tzinfo=TIME_ZONE) for end in ends)


def _is_instant(code: str) -> bool:
    found = bank(code)
    return found is not None and found.receives_transfers


def _kinds(session: Session, batch_id: int) -> list[tuple[int, str]]:
    """The smallest and the greatest amount of a batch for each bank it pays into."""
    code, amount = destination.c.bank_bin, instruction.c.amount
    rows = session.execute(
        select(code, func.min(amount).label("least"), func.max(amount).label("most"))
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(instruction.c.batch_id == batch_id, instruction.c.method == "account")
        .group_by(code)
    ).all()
    found = {(one, row.bank_bin or ALL_BANKS) for row in rows for one in (row.least, row.most)}
    return sorted(found)


def refuse_late(session: Session, row: Row[Any], now: datetime) -> None:
    """Raise Conflict when a batch is too late for today, or its file asks for another day."""
    day = pay_day(session, row, now)
    if day != local_date(now):
        raise Conflict(
            f"Lô {row.id} quá giờ chót của hôm nay; ngày chi tiếp theo là {day:%d/%m/%Y}.",
            "Không phải làm gì: lô tự đi vào ngày đó nếu lệnh giải ngân còn hạn.",
        )
    if day != asked_day(row):
        raise Conflict(f"Tệp của lô {row.id} ghi ngày chi khác hôm nay.", "Gửi lại lượt sau.")


def ask_for(session: Session, row: Row[Any], day: date) -> None:
    """The provider will be asked to pay a released batch on this day."""
    if day != asked_day(row):
        mine = update(batch).where(batch.c.id == row.id, batch.c.state == RELEASED)
        session.execute(mine.values(execute_on=day))
