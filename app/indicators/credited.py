"""What counts as paid up to a moment: credited is what has evidence and has not come back.

Conditions and parts of queries over instructions and their outcomes, for every indicator alike.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from app.access.tables import act
from app.beneficiaries.about_tables import destination_check
from app.beneficiaries.tables import destination
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.disbursement.line_tables import line_unplacing
from app.disbursement.tables import instruction, outcome
from app.payroll.approval_tables import approval
from app.payroll.tables import MONTH_LISTS, payroll, payroll_line
from ledger.schema import whole_sum


def is_regular() -> ColumnElement[bool]:
    """Only regular lines count: a one-off payment carried on to a later list is reported apart."""
    return obligation.c.component.in_(MONTHLY)


def is_listed(period: str, until: datetime) -> ColumnElement[bool]:
    """Whether a `payroll` row is a list of the month whose last approval was given by then."""
    later = (
        exists()
        .where(approval.c.payroll_id == payroll.c.id, approval.c.round == payroll.c.round)
        .where(act.c.id == approval.c.act_id, act.c.acted_at > until)
    )
    approved = payroll.c.state.in_(("approved", "closed"))
    return and_(payroll.c.period == period, payroll.c.kind.in_(MONTH_LISTS), approved, ~later)


def paid(period: str, until: datetime) -> Select[Any]:
    """Per obligation on the month's lists what was credited and handed out in cash up to a moment,
    and on what it rests.

    Columns: obligation_id, evidence, credited, cash (VND). Only the month's obligations are looked
    up, so that the cost does not grow with the years.
    """
    listed = (
        select(payroll_line.c.obligation_id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(is_listed(period, until))
    )
    is_cash = instruction.c.method == "cash"
    return (
        select(
            instruction.c.obligation_id,
            func.min(outcome.c.evidence).label("evidence"),
            whole_sum(case((is_cash, 0), else_=instruction.c.amount)).label("credited"),
            whole_sum(case((is_cash, instruction.c.amount), else_=0)).label("cash"),
        )
        .join(outcome, outcome.c.instruction_id == instruction.c.id)
        .where(instruction.c.obligation_id.in_(listed))
        .where(paid_by(until), ~came_back(outcome.c.instruction_id, until))
        .group_by(instruction.c.obligation_id)
    )


def paid_by(until: datetime) -> ColumnElement[bool]:
    """The first evidence that a payment was made: a booked line or list, or the bank's word."""
    word = outcome.alias("word")
    on_its_word = (
        select(word.c.id)
        .where(word.c.instruction_id == outcome.c.instruction_id, word.c.state == "credited")
        .where(word.c.recorded_at <= until)
        .exists()
    )
    first = or_(outcome.c.state == "credited", and_(outcome.c.state == "settled", ~on_its_word))
    return and_(first, outcome.c.recorded_at <= until, _stands(outcome.c, until))


def came_back(
    instruction_id: Any, until: datetime, states: tuple[str, ...] = ("returned", "recalled")
) -> ColumnElement[bool]:
    """Whether the money of an instruction had come back by then."""
    back = outcome.alias("back")
    return (
        select(back.c.id)
        .where(
            back.c.instruction_id == instruction_id,
            back.c.state.in_(states),
            back.c.recorded_at <= until,
            _stands(back.c, until),
        )
        .exists()
    )


def _stands(what: Any, until: datetime) -> ColumnElement[bool]:
    """That an outcome had not been taken back by hand by then."""
    gone = select(line_unplacing.c.proposal_id).where(
        line_unplacing.c.proposal_id == what.undone_by, line_unplacing.c.recorded_at <= until
    )
    return or_(what.undone_by == 0, ~gone.exists())


def found_wrong(until: datetime) -> ColumnElement[bool]:
    """Whether the last check of a destination up to a moment found another's account, or none.

    One that nobody checked yet counts: what came back says more than what was not asked.
    """
    check, newer = destination_check.c, destination_check.alias("newer")
    later = exists().where(
        newer.c.destination_id == check.destination_id,
        newer.c.id > check.id,
        newer.c.checked_at <= until,
    )
    return exists().where(
        check.destination_id == destination.c.id,
        check.result.in_(("different", "not_found")),
        check.checked_at <= until,
        ~later,
    )
