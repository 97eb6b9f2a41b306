"""Batches of which a provider owes a word, or the account a debit, for a week of banking days.

They are in no doubt, so that nobody is asked by itself: people look, and ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.paid import on_its_word
from app.disbursement.states import ACCEPTED, ANSWERED, DONE, READY, SENT, SETTLED
from app.disbursement.tables import batch, instruction
from app.schedule.calendar import calendar_of
from app.units.tables import contract

SILENT_DAYS = 5
"""Banking days after the day of paying, the last of them included, that nobody need ask."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Payments of one batch, since its day: what was found, and what people do."""

    batch_id: int
    day: date
    payments: int
    found: str
    what: str


_WORDLESS = and_(batch.c.state.in_((SENT, ANSWERED)), instruction.c.state.in_((READY, ACCEPTED)))
_UNDEBITED = and_(
    batch.c.state.in_((SENT, ANSWERED, DONE)),
    instruction.c.state == SETTLED,
    instruction.c.id.in_(on_its_word()),
)
_KINDS: tuple[tuple[ColumnElement[bool], str, str], ...] = (
    (
        _WORDLESS,
        "chưa có kết quả",
        "Xem sao kê, hỏi {}; đủ chứng cứ không tới thì `ansinh bank horizon {}`.",
    ),
    (
        _UNDEBITED,
        "báo đã trả mà tài khoản chưa bị ghi nợ",
        "Xem sao kê, hỏi {} bao giờ ghi nợ lô {}.",
    ),
)


def silences(session: Session, now: datetime) -> Iterator[Silence]:
    """What is owed to us for longer than `SILENT_DAYS` banking days, batch by batch."""
    calendar, today = calendar_of(session), local_date(now)
    day = func.coalesce(batch.c.execute_on, batch.c.requested_on)
    for wanting, found, what in _KINDS:
        query = (
            select(batch.c.id, contract.c.provider, day.label("day"), func.count().label("count"))
            .join(instruction, instruction.c.batch_id == batch.c.id)
            .join(contract, contract.c.id == batch.c.contract_id)
            .where(wanting, day < today)
            .group_by(batch.c.id, contract.c.provider, day)
            .order_by(batch.c.id)
        )
        for row in session.execute(query).all():
            if calendar.add_banking_days(row.day, SILENT_DAYS) < today:
                told = what.format(row.provider, row.id)
                yield Silence(row.id, row.day, row._mapping["count"], found, told)
