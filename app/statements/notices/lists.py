"""Events of lists: who came onto a monthly list that is approved, and who left it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, literal, null, select
from sqlalchemy.orm import Session

from app.benefits.tables import obligation
from app.messaging import states as kinds
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import bridge_left, payroll, payroll_line
from app.statements.notices.source import (
    LOOKS_BACK,
    NOTHING,
    Chunk,
    Source,
    next_chunk,
    unread,
    untold,
    whom,
)
from ledger.schema import Day

_APPROVED = (APPROVED, CLOSED)
LEFT_FOR = tuple(f"left_{one}" for one in ("decided", "missing", "waiting", "arrears"))
"""Causes of leaving that a living person is told of; who moved is told by the new commune."""


def is_over() -> ColumnElement[bool]:
    """Whether the approval of a `payroll` row is over."""
    return payroll.c.state.in_(_APPROVED)


def follows() -> ColumnElement[bool]:
    """Whether an approved list of the same unit and programme came before a `payroll` row: the
    first one is nobody's news."""
    before = payroll.alias("list_before")
    return exists().where(
        before.c.unit_code == payroll.c.unit_code,
        before.c.programme == payroll.c.programme,
        before.c.period < payroll.c.period,
        before.c.state.in_(_APPROVED),
    )


def is_new() -> ColumnElement[bool]:
    """Whether the person of an `obligation` row was owed nothing under its programme for any month
    before."""
    before = obligation.alias("owed_before")
    return ~exists().where(
        before.c.programme == obligation.c.programme,
        before.c.person_id == obligation.c.person_id,
        before.c.period < obligation.c.period,
    )


def _lists(kind: str) -> Callable[[Session, date], Sequence[int]]:
    """Approved monthly lists; the first one of a unit and programme is nobody's news."""

    def subjects(session: Session, today: date) -> Sequence[int]:
        query = select(payroll.c.id).where(
            is_over(),
            payroll.c.kind == "monthly",
            payroll.c.period >= f"{today - LOOKS_BACK:%Y-%m}",
            unread(kind, payroll.c.id),
            follows(),
        )
        return session.scalars(query.order_by(payroll.c.id)).all()

    return subjects


def _joined(session: Session, subject: int, after: int, size: int) -> Chunk:
    """Whom a list names who was owed nothing under this programme for any month before."""
    query = _lines(kinds.JOINED, obligation.c.regular, payroll.c.period).where(
        payroll_line.c.payroll_id == subject, obligation.c.regular > 0, is_new()
    )
    return next_chunk(session, query.where(payroll_line.c.id > after), size, after)


def _left(session: Session, subject: int, after: int, size: int) -> Chunk:
    """Whom a list names no more; the line is that of the month before."""
    now = payroll.alias("list_now")
    query = (
        _lines(kinds.LEFT, payroll_line.c.amount, now.c.period)
        .join(bridge_left, bridge_left.c.line_id == payroll_line.c.id)
        .join(now, now.c.id == bridge_left.c.payroll_id)
        .where(bridge_left.c.payroll_id == subject, bridge_left.c.cause.in_(LEFT_FOR))
    )
    return next_chunk(session, query.where(payroll_line.c.id > after), size, after)


def _lines(kind: str, amount: Any, period: Any) -> Select[Any]:
    return (
        whom(
            literal(kind, Text).label("kind"),
            payroll_line.c.id.label("event_id"),
            amount.label("amount"),
            NOTHING.label("tail"),
            cast(null(), Day).label("day"),
            period.label("period"),
            NOTHING.label("evidence"),
            NOTHING.label("reason"),
        )
        .join(obligation, obligation.c.id == payroll_line.c.obligation_id)
        .where(untold(kind, payroll_line.c.id))
        .order_by(payroll_line.c.id)
    )


def _newest(session: Session) -> int:
    return int(session.scalar(select(func.max(payroll.c.id)).where(is_over())) or 0)


JOINERS = Source(kinds.JOINED, _newest, _lists(kinds.JOINED), _joined)
"""Who is on an approved list for the first time."""
LEAVERS = Source(kinds.LEFT, _newest, _lists(kinds.LEFT), _left)
"""Who stood on the list before and stands on this one no more."""
