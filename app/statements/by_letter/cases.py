"""Whom a letter of a case is for: what is so now, of a commune and a month of lists.

Each case is a query of payments or lines with their person; a person may stand in it several times
and gets one letter. Nobody who died, was merged or was forgotten is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select

from app.beneficiaries.reached import lives
from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.disbursement.evidence import CREDITED, OPEN
from app.disbursement.states import (
    ANSWERED,
    DONE,
    REJECTED,
    RETURNED,
    SENT,
    SETTLED,
)
from app.disbursement.tables import batch, instruction, outcome
from app.messaging import states as kinds
from app.payroll.states import VOID
from app.payroll.tables import bridge_left, payroll, payroll_line
from app.statements.notices.lists import LEFT_FOR, follows, is_new, is_over

Case = Callable[[str, str], Select[Any]]
_PERSON = (
    person.c.id.label("person_id"),
    *(person.c.name, person.c.birth, person.c.hamlet, person.c.area_code, person.c.sort_key),
)
_OWED = (obligation.c.id.label("obligation_id"), obligation.c.period.label("owed_for"))


def _returned(area: str, period: str) -> Select[Any]:
    """Into an account, came back or was refused, and stands on no later list yet."""
    later, again = payroll.alias("later"), payroll_line.alias("again")
    listed = exists().where(
        again.c.obligation_id == obligation.c.id,
        again.c.id > instruction.c.payroll_line_id,
        later.c.id == again.c.payroll_id,
        later.c.state != VOID,
    )
    query = _payments(area, period).where(instruction.c.method == "account", ~listed)
    return query.where(instruction.c.state.in_((RETURNED, REJECTED)))


def _cash_ready(area: str, period: str) -> Select[Any]:
    """A cash provider has it in hand and nobody has collected it."""
    return _payments(area, period).where(
        instruction.c.method == "cash",
        instruction.c.state.in_(OPEN),
        batch.c.state.in_((SENT, ANSWERED, DONE)),
    )


def _taken_back(area: str, period: str) -> Select[Any]:
    """Called arrived once, taken back by two officers, and not arrived since."""
    wrong = exists().where(
        outcome.c.instruction_id == instruction.c.id,
        outcome.c.state.in_((SETTLED, CREDITED)),
        outcome.c.undone_by != 0,
    )
    right = exists().where(
        outcome.c.instruction_id == instruction.c.id,
        outcome.c.state.in_((SETTLED, CREDITED)),
        outcome.c.undone_by == 0,
    )
    return _payments(area, period).where(instruction.c.state.in_(OPEN), wrong, ~right)


def _payments(area: str, period: str) -> Select[Any]:
    """The last attempts to pay what stands on a month's lists."""
    newer = instruction.alias("newer")
    last = ~exists().where(
        newer.c.obligation_id == instruction.c.obligation_id,
        newer.c.attempt > instruction.c.attempt,
    )
    query = select(*_PERSON, *_OWED, instruction.c.amount)
    joined = query.join_from(payroll, payroll_line, payroll_line.c.payroll_id == payroll.c.id)
    # By the obligation too: it is what instructions are found by.
    of_line = and_(
        instruction.c.obligation_id == payroll_line.c.obligation_id,
        instruction.c.payroll_line_id == payroll_line.c.id,
    )
    return (
        _whose(joined, area)
        .join(instruction, of_line)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(payroll.c.period == period, last)
    )


def _joined(area: str, period: str) -> Select[Any]:
    """On an approved list of the month, and on none of this programme before."""
    query = select(*_PERSON, *_OWED, payroll_line.c.amount)
    joined = query.join_from(payroll, payroll_line, payroll_line.c.payroll_id == payroll.c.id)
    return _whose(joined, area).where(*_list_of(period), obligation.c.regular > 0, is_new())


def _left(area: str, period: str) -> Select[Any]:
    """On the list before, and no more on the month's; the line is that of the list before."""
    query = select(*_PERSON, *_OWED, payroll_line.c.amount)
    joined = query.join_from(payroll, bridge_left, bridge_left.c.payroll_id == payroll.c.id)
    joined = joined.join(payroll_line, payroll_line.c.id == bridge_left.c.line_id)
    return _whose(joined, area).where(*_list_of(period), bridge_left.c.cause.in_(LEFT_FOR))


def _list_of(period: str) -> tuple[ColumnElement[bool], ...]:
    return payroll.c.period == period, payroll.c.kind == "monthly", is_over(), follows()


def _whose(query: Select[Any], area: str) -> Select[Any]:
    return (
        query.join(person, person.c.id == payroll_line.c.person_id)
        .join(obligation, obligation.c.id == payroll_line.c.obligation_id)
        .where(person.c.area_code == area, lives())
    )


CASES: Mapping[str, Case] = {
    kinds.RETURNED: _returned,
    kinds.CASH_READY: _cash_ready,
    kinds.JOINED: _joined,
    kinds.LEFT: _left,
    kinds.TAKEN_BACK: _taken_back,
}
"""A query for each case, of a commune and a month: the person, what is owed, VND."""
