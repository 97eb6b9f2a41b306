"""What was said of a month at one moment and what is said at another, with why they differ.

Every line is found in one of four states at each moment: not on an approved list, unpaid, in an
account, in cash. The moves between them explain every đồng of the difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.indicators.breakdown import asked
from app.indicators.cashless import evidence_until
from app.indicators.definitions import Words
from app.indicators.lines import due_days, lines
from app.indicators.rates import Figure, cut_offs
from ledger.schema import Whole, whole_sum

UNLISTED, UNPAID, CREDITED, CASH = "unlisted", "unpaid", "credited", "cash"
STATES = {
    UNLISTED: Words("chưa có trong danh sách đã duyệt", "not on an approved list"),
    UNPAID: Words("chưa nhận", "not yet paid"),
    CREDITED: Words("đã vào tài khoản", "credited"),
    CASH: Words("đã ký nhận tiền mặt", "signed for in cash"),
}


@dataclass(frozen=True, slots=True)
class Move:
    """Lines that were in one state at the first moment and in another at the second; VND."""

    before: str
    after: str
    lines: int
    amount: int


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure as it was said and as it is said; both carry their moments."""

    then: Figure
    now: Figure

    @property
    def differs(self) -> bool:
        """Whether either side changed."""
        return (self.then.n, self.then.d) != (self.now.n, self.now.d)


@dataclass(frozen=True, slots=True)
class Restatement:
    """Every figure at two moments, and the moves of lines between them."""

    figures: tuple[Restated, ...]
    moves: tuple[Move, ...]


def restated(session: Session, period: str, then: datetime, now: datetime) -> Restatement:
    """The month as it was answered at `then` and as it is at `now`."""
    before, after = asked(session, period, then), asked(session, period, now)
    pairs = zip(before.figures()[""], after.figures()[""], strict=True)
    moments = cut_offs(period)
    span = (evidence_until(moments, then), evidence_until(moments, now))
    return Restatement(
        tuple(Restated(one, two) for one, two in pairs), tuple(moves(session, period, *span))
    )


def moves(session: Session, period: str, first: datetime, second: datetime) -> list[Move]:
    """The lines whose state differs between two moments, by their states."""
    due = due_days(session, period)
    before = lines(period, first, due).subquery("before")
    after = lines(period, second, due).subquery("after")
    rows = session.execute(_compared(before, after))
    return [Move(row[0], row[1], int(row[2]), int(row[3])) for row in rows]


def _compared(before: Subquery, after: Subquery) -> Select[Any, Any, Any, Any]:
    """Both moments one below the other and brought together by line: a join would be planned for
    few lines, and compare every one with every one."""
    both = union_all(_told(before.c, is_after=0), _told(after.c, is_after=1)).subquery("both")
    line = (
        select(
            func.max(case((both.c.is_after == 0, both.c.state))).label("was"),
            func.max(case((both.c.is_after == 1, both.c.state))).label("becomes"),
            func.max(case((both.c.is_after == 1, both.c.amount))).label("amount"),
        )
        .group_by(both.c.id)
        .subquery("line")
    )
    was, becomes = func.coalesce(line.c.was, UNLISTED), line.c.becomes
    return (
        select(was, becomes, func.count(), whole_sum(line.c.amount))
        .where(was != becomes)
        .group_by(was, becomes)
        .order_by(was, becomes)
    )


def _told(line: Any, is_after: int) -> Select[Any]:
    state = _state(line).label("state")
    return select(literal(is_after, Whole).label("is_after"), line.id, state, line.amount)


def _state(line: Any) -> ColumnElement[str]:
    return case(
        (line.credited > 0, literal(CREDITED)),
        (line.cash > 0, literal(CASH)),
        else_=literal(UNPAID),
    )
