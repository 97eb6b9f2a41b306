"""Batches in doubt: what is known of each, and what happens next, when and by whom.

Nothing in doubt is left without a next step. Where a provider can be asked, it is asked after 1, 5,
15 and 60 minutes and every hour from then on; its answer is evidence like any other file. "Not
found" is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.channels.lookup import changed_since
from app.clock import TIME_ZONE, local_date
from app.disbursement.claims import never_left
from app.disbursement.cutoff import pay_day
from app.disbursement.horizon import days_of
from app.disbursement.lapsing import last_day_of
from app.disbursement.sending_tables import enquiry
from app.disbursement.states import IN_DOUBT, SENDING
from app.disbursement.tables import batch, batch_event
from app.schedule.calendar import calendar_of
from app.units.tables import contract, provider
from bank_adapters.contract import Capabilities

FIRST_ENQUIRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
THEN_EVERY = timedelta(hours=1)
RESENT_AT = time(14)
"""When the job of resending runs, every day."""
OFFICE_OPENS = time(8)
SYSTEM, FINANCE = "Hệ thống", "Cán bộ tài chính"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next to a batch, at the latest when, and who does it."""

    batch_id: int
    what: str
    at: datetime
    owner: str


def in_doubt(session: Session) -> list[Row[Any]]:
    """Batches whose fate is not known: id, file, digest, provider, first moment of sending, since
    when they are in doubt, and how often the provider was asked."""
    return list(
        session.execute(
            select(
                batch.c.id,
                batch.c.payroll_id,
                batch.c.file_name,
                batch.c.sha256,
                batch.c.message_id,
                batch.c.lines,
                batch.c.total,
                batch.c.requested_on,
                batch.c.execute_on,
                contract.c.provider,
                contract.c.programme,
                contract.c.unit_code,
                provider.c.adapter,
                _moment(func.min, SENDING).label("first_sent"),
                _moment(func.max, IN_DOUBT).label("doubted_at"),
                _asked().label("asked"),
            )
            .join(contract, contract.c.id == batch.c.contract_id)
            .join(provider, provider.c.code == contract.c.provider)
            .where(batch.c.state == IN_DOUBT)
            .order_by(batch.c.id)
        )
    )


def _moment(which: Any, state: str) -> Any:
    query = select(which(batch_event.c.at))
    mine = query.where(batch_event.c.batch_id == batch.c.id, batch_event.c.state == state)
    return mine.scalar_subquery()


def _asked() -> Any:
    return (
        select(func.count())
        .select_from(enquiry)
        .where(enquiry.c.batch_id == batch.c.id)
        .scalar_subquery()
    )


def within_window(provider: Capabilities, first_sent: datetime, now: datetime) -> bool:
    """Whether the provider still refuses a repetition: an hour less than it promises."""
    window = timedelta(days=provider.dedupe_days) - timedelta(hours=1)
    return bool(provider.dedupe) and now < first_sent + window


def may_repeat(
    session: Session, row: Row[Any], provider: Capabilities | None, now: datetime
) -> bool:
    """Whether the same bytes may go again. What a provider refuses twice on one channel it may
    take once more on another: since the first sending it must have been the same one."""
    return (
        provider is not None
        and within_window(provider, row.first_sent, now)
        and not changed_since(session, row.provider, row.first_sent, local_date(now))
    )


def enquiry_at(doubted_at: datetime, asked: int) -> datetime:
    """When a provider is asked next about a batch that it was asked about `asked` times."""
    if asked < len(FIRST_ENQUIRIES):
        return doubted_at + FIRST_ENQUIRIES[asked]
    later = asked - len(FIRST_ENQUIRIES) + 1
    return doubted_at + FIRST_ENQUIRIES[-1] + later * THEN_EVERY


def next_steps(session: Session, declared: Mapping[str, Capabilities], now: datetime) -> list[Step]:
    """The next step of every batch in doubt; `declared` by provider code, none is assumed."""
    kept = never_left(session)
    return [
        _unsent(session, row, now) if row.id in kept else _doubted(session, row, declared, now)
        for row in in_doubt(session)
    ]


def _unsent(session: Session, row: Row[Any], now: datetime) -> Step:
    """Our own process knows that nothing left."""
    last, day = last_day_of(session, row.id), pay_day(session, row, now)
    if last is not None and last < day:
        what = (
            f"Tệp chưa rời hệ thống và lệnh giải ngân hết hạn {last:%d/%m/%Y}: không gửi nữa."
            " Xác nhận các khoản chưa đến, rồi lập lại."
        )
        return Step(row.id, what, _at(last, OFFICE_OPENS), FINANCE)
    at = now if day == local_date(now) else _at(day, OFFICE_OPENS)
    return Step(row.id, "Gửi đúng tệp đã niêm phong; lượt trước chưa giao byte nào.", at, SYSTEM)


def _doubted(
    session: Session, row: Row[Any], declared: Mapping[str, Capabilities], now: datetime
) -> Step:
    """It may have left: asking, else repeating, else the statement; no longer than the horizon,
    since what never came, or was never sent, no asking brings to an end."""
    known, days = declared.get(row.provider), days_of(session, row.id)
    repeats = may_repeat(session, row, known, now)
    if days is not None and local_date(now) > days[1] and not repeats:
        return _beyond(session, row, *days)
    if known is not None and known.enquiry:
        at, asked = enquiry_at(row.doubted_at, row.asked), row.asked + 1
        what = f"Hỏi {row.provider} về lô này, lần {asked}. {_until(row, days)}"
        return Step(row.id, what, at, SYSTEM)
    if repeats:
        what = f"Gửi lại đúng tệp đã niêm phong: {row.provider} từ chối lần lặp lại."
        return Step(row.id, what, _next_resend(now), SYSTEM)
    day = calendar_of(session).next_banking_day(local_date(row.doubted_at))
    what = f"Xem sao kê của {row.provider}; chưa thấy thì hỏi bằng văn bản. Không gửi lại."
    return Step(row.id, f"{what} {_until(row, days)}", _at(day, OFFICE_OPENS), FINANCE)


def _beyond(session: Session, row: Row[Any], last_day: date, next_day: date) -> Step:
    """Beyond the horizon people decide; a provider that can be asked is asked on."""
    what = (
        f"Đã qua hạn thực hiện {last_day:%d/%m/%Y}: xem chứng cứ bằng"
        f" `ansinh bank horizon {row.id}`; đủ thì hai người xác nhận các khoản chưa đến."
    )
    day = calendar_of(session).next_banking_day(next_day)
    return Step(row.id, what, _at(day, OFFICE_OPENS), FINANCE)


def _until(row: Row[Any], days: tuple[date, date] | None) -> str:
    """When the waiting ends, whatever is answered."""
    if days is None:
        return f"{row.provider} chưa cam kết hạn thực hiện: ghi bằng `ansinh bank promise`."
    return f"Sau {days[1]:%d/%m/%Y} chưa rõ thì `ansinh bank horizon {row.id}`."


def _next_resend(now: datetime) -> datetime:
    today = _at(local_date(now), RESENT_AT)
    return today if now <= today else today + timedelta(days=1)


def _at(day: Any, hour: time) -> datetime:
    return datetime.combine(day, hour, TIME_ZONE)
