"""What waits at the border to the providers, as a list: each with an owner and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement import holds, troubles
from app.disbursement.cutoff import pay_day
from app.disbursement.doubts import FINANCE, SYSTEM, next_steps
from app.disbursement.held import stop_of
from app.disbursement.settling.overdue import overdue
from app.disbursement.settling.statements_due import late
from app.disbursement.silence import silences
from app.disbursement.states import RELEASED
from app.disbursement.submission import details
from app.disbursement.tables import batch
from bank_adapters.contract import Capabilities
from reconciliation.tables import inbound_file

TECHNICAL, TWO = "Quản trị kỹ thuật", "Hai cán bộ tài chính hoặc người duyệt"
_OF_HOLD = {
    holds.GLOBAL: "toàn bộ",
    "provider": "đơn vị chi trả {}",
    "programme": "chương trình {}",
    holds.UNIT: "đơn vị chi {}",
    holds.AREA: "địa bàn {}",
    holds.PERSON: "người hưởng {}",
    holds.INSTRUCTION: "lệnh số {}",
}
_CLEAR = "Xem xét rồi bỏ: ansinh hold clear --hold {}."
_OF_TROUBLE = {
    troubles.SEND: ("không gửi được tới {}", "Kiểm tra đường truyền; hệ thống tự thử lại."),
    troubles.COLLECT: ("không nhận được từ {}", "Kiểm tra đường truyền; hệ thống tự thử lại."),
    troubles.PACK: (
        "không đóng được tin báo của {} thành tệp",
        "Người quản trị xem lỗi; hệ thống tự thử lại.",
    ),
    troubles.NAMES: (
        "có tệp của {} không lấy về được",
        "Đề nghị nơi gửi đặt lại tên tệp: chỉ chữ, số, dấu cách và . , ( ) + @ = & ' - _.",
    ),
    troubles.CALLS: (
        "có tin báo của {} đã bị sửa trong cơ sở dữ liệu",
        "Tìm người đã sửa; hỏi lại nơi gửi về các tin này.",
    ),
    troubles.ENQUIRE: ("không hỏi được {}", "Kiểm tra đường truyền; hệ thống tự hỏi lại."),
    "batch": ("lô {}", "Xem lỗi và trạng thái lô; lô khác vẫn đi."),
    "file": ("tệp số {}", "Gửi tệp cho kỹ thuật; tệp của nơi khác vẫn được xử lý."),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: about what, what was found, what to do, who, and when (None: now)."""

    about: str
    found: str
    what: str
    owner: str
    at: datetime | None = None


def tasks(session: Session, declared: Mapping[str, Capabilities], now: datetime) -> list[Task]:
    """Everything that waits, what people do first; `declared` by provider code."""
    found = [*_holds(session), *_doubts(session, declared, now), *_released(session, now)]
    found += [*_silent(session, now), *_troubles(session), *_files(session)]
    found += [*_statements(session, now), *_settlements(session, now)]
    return sorted(found, key=lambda one: one.owner == SYSTEM)


def _holds(session: Session) -> Iterator[Task]:
    for row in holds.standing(session):
        place = _OF_HOLD[row.scope].format(row.key)
        yield Task(f"dừng chi {place}", row.reason, _CLEAR.format(row.id), TWO)


def _doubts(
    session: Session, declared: Mapping[str, Capabilities], now: datetime
) -> Iterator[Task]:
    for step in next_steps(session, declared, now):
        yield Task(f"lô {step.batch_id}", "chưa rõ kết quả gửi", step.what, step.owner, step.at)


def _released(session: Session, now: datetime) -> Iterator[Task]:
    """Released batches that a hold stops, or that were too late for their day."""
    query = select(batch.c.id).where(batch.c.state == RELEASED).order_by(batch.c.id)
    for number in session.scalars(query).all():
        row = details(session, number)
        stop = stop_of(session, row)
        if stop is not None:
            yield Task(f"lô {number}", f"đang dừng chi: {stop.told}", stop.what_to_do, FINANCE)
        elif (late := _late(session, row, now)) is not None:
            yield late


def _late(session: Session, row: Row[Any], now: datetime) -> Task | None:
    day = pay_day(session, row, now)
    if row.requested_on > local_date(now) or day == local_date(now):
        return None
    found = "quá giờ chót của ngày chi"
    return Task(f"lô {row.id}", found, f"Tự gửi vào {day:%d/%m/%Y}.", SYSTEM)


def _silent(session: Session, now: datetime) -> Iterator[Task]:
    for one in silences(session, now):
        since = f"{one.payments} khoản {one.found} từ ngày {one.day:%d/%m/%Y}"
        yield Task(f"lô {one.batch_id}", since, one.what, FINANCE)


def _statements(session: Session, now: datetime) -> Iterator[Task]:
    """Statements that are late, or have holes between them."""
    for one in late(session, now):
        what = f"Xin {one.provider} sổ phụ; ngày và tháng chưa khóa được khi còn thiếu."
        yield Task(one.about, one.what, what, FINANCE)


def _settlements(session: Session, now: datetime) -> Iterator[Task]:
    for one in overdue(session, now):
        yield Task(f"quyết toán {one.period} của {one.provider}", one.found, one.what, FINANCE)


def _troubles(session: Session) -> Iterator[Task]:
    for row in troubles.standing(session):
        kind, _, number = row.subject.partition(":")
        about, what = _OF_TROUBLE[kind]
        found = f"{row.error} ({row.times} lần)"
        yield Task(about.format(number or row.provider), found, what, TECHNICAL, row.last_at)


def _files(session: Session) -> Iterator[Task]:
    query = select(inbound_file).where(inbound_file.c.state == "quarantined")
    for row in session.execute(query.order_by(inbound_file.c.id)):
        what = "Hỏi lại đơn vị gửi, xin tệp đúng; xem bằng ansinh bank read."
        yield Task(f"tệp {row.name} của {row.provider}", row.why, what, FINANCE)
