"""What was asked of banks, to look at: the lists, and what has come of each of their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.cashless.tables import (
    ASKED,
    STATES,
    account_answer_line,
    account_request,
    account_request_line,
)
from app.errors import NotFound

SHOWN = 50
OPEN = tuple(state for state, following in STATES.items() if following)
"""States that a bank may still answer."""


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody on a list: where he is, what the bank said last (`ASKED` for nothing), and why."""

    line: int
    person_id: int
    name: str
    hamlet: str
    state: str
    reason: str


def request_area(session: Session, number: int) -> str:
    """The commune of a request, '' for all. Raises NotFound."""
    return str(request_row(session, number).area_code)


def request_row(session: Session, number: int) -> Row[Any]:
    """A request as it was made. Raises NotFound."""
    query = select(account_request).where(account_request.c.id == number)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(f"Không có danh sách số {number}.", "Kiểm tra --request.")
    return found


def requests(session: Session, areas: Collection[str] | None) -> list[Row[Any]]:
    """The last requests, the newest first, with `open`: lines that the bank has not answered for
    good. `areas` are the communes that may be seen, None for all."""
    mine = account_request.c
    left = select(func.count()).where(account_request_line.c.request_id == mine.id, ~_is_final())
    query = select(account_request, left.scalar_subquery().label("open"))
    query = query.where(*_within(areas)).order_by(mine.id.desc()).limit(SHOWN)
    return list(session.execute(query))


def unanswered(session: Session, areas: Collection[str] | None) -> int:
    """How many requests have a line that the bank has not answered for good."""
    left = exists().where(account_request_line.c.request_id == account_request.c.id, ~_is_final())
    query = select(func.count()).select_from(account_request).where(left, *_within(areas))
    return session.scalar(query) or 0


def lines(session: Session, number: int, *, limit: int, skip: int = 0) -> list[Line]:
    """People on a list in its order, with the last word of the bank."""
    at, told = account_request_line.c, account_answer_line
    query = (
        select(at.line, at.person_id, person.c.name, person.c.hamlet, told.c.state, told.c.reason)
        .join(person, person.c.id == at.person_id)
        .outerjoin(told, _last_word())
        .where(at.request_id == number)
        .order_by(at.line)
    )
    rows = session.execute(query.limit(limit).offset(skip))
    return [Line(row.line, row.person_id, row.name, row.hamlet, row.state or ASKED,
                 row.reason or "") for row in rows]  # fmt: skip


def counts(session: Session, number: int) -> dict[str, int]:
    """How many lines of a list stand in each state."""
    query = (
        select(account_answer_line.c.state, func.count())
        .select_from(account_request_line)
        .outerjoin(account_answer_line, _last_word())
        .where(account_request_line.c.request_id == number)
        .group_by(account_answer_line.c.state)
    )
    found: Counter[str] = Counter()
    for state, people in session.execute(query):
        found[state or ASKED] += people
    return dict(found)


def _last_word() -> ColumnElement[bool]:
    """The answer of a line that no later one follows."""
    line, told = account_request_line.c, account_answer_line.c
    later = account_answer_line.alias("later")
    follows = exists().where(
        later.c.request_id == told.request_id,
        later.c.line == told.line,
        later.c.old_state == told.state,
    )
    return and_(told.request_id == line.request_id, told.line == line.line, ~follows)


def _is_final() -> ColumnElement[bool]:
    line, told = account_request_line.c, account_answer_line.alias("final")
    mine = and_(told.c.request_id == line.request_id, told.c.line == line.line)
    return exists().where(mine, told.c.state.not_in(OPEN))


def _within(areas: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if areas is None else [account_request.c.area_code.in_(sorted(areas))]
