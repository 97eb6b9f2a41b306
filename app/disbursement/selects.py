"""Questions about instructions that several files ask, as SELECTs."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.beneficiaries.tables import person
from app.benefits.facts import who_stays
from app.benefits.groups import PROGRAMMES
from app.benefits.tables import obligation
from app.disbursement.evidence_tables import bank_case
from app.disbursement.states import CANCELLED, NOT_RECEIVED, RECALLED, REJECTED, SETTLED
from app.disbursement.tables import FAILED_STATES, instruction
from app.payroll.states import VOID
from app.payroll.tables import payroll, payroll_line
from ledger.bulk import found_by_key


def open_again() -> Select[tuple[int]]:
    """Obligations whose attempts have all failed: they are owed again and not on their way."""
    return select(instruction.c.obligation_id).where(
        instruction.c.state.in_(FAILED_STATES), is_owed_again(instruction)
    )


def uncollected() -> Select[tuple[int]]:
    """Obligations that were offered in cash, came back unpaid, and were not paid since."""
    other = instruction.alias("other")
    paid = exists().where(other.c.obligation_id == instruction.c.obligation_id,
                          other.c.state == SETTLED)  # fmt: skip
    return select(instruction.c.obligation_id).where(
        instruction.c.state.in_((REJECTED, NOT_RECEIVED)), instruction.c.method == "cash", ~paid
    )


def repaired() -> Select[tuple[int]]:
    """Obligations that failed and whose person has another destination since the last attempt, and
    those whose payment never came anywhere: there nothing is to be put right.

    The person is who stays, where the row was merged into another.
    """
    later = instruction.alias("later")
    newer = found_by_key(
        select(later.c.id).where(
            later.c.obligation_id == instruction.c.obligation_id,
            later.c.attempt > instruction.c.attempt,
        )
    )
    return select(instruction.c.obligation_id).where(
        instruction.c.state.in_(FAILED_STATES),
        ~newer,
        is_repaired(instruction, _stands_id(instruction)),
    )


def _stands_id(tried: Any) -> ColumnElement[int]:
    """The destination of who is owed what was tried. Looked up for it, and never joined: PostgreSQL
    takes what failed for one payment, and compares everything that was ever owed with it."""
    payee = person.alias("payee")
    return (
        select(payee.c.destination_id)
        .select_from(obligation)
        .join(person, person.c.id == obligation.c.person_id)
        .join(payee, payee.c.id == who_stays())
        .where(obligation.c.id == tried.c.obligation_id)
        .correlate(tried)
        .scalar_subquery()
    )


def is_owed_again(tried: Any) -> ColumnElement[bool]:
    """Whether the obligation of an attempt that failed is owed: no other attempt is on its way or
    arrived, it stands on no list yet, and nobody has to be asked."""
    other = instruction.alias("other")
    live = found_by_key(
        select(other.c.id).where(
            other.c.obligation_id == tried.c.obligation_id, other.c.state.not_in(FAILED_STATES)
        )
    )
    return and_(~live, ~_listed_again(tried), _nothing_to_ask(tried))


def is_repaired(tried: Any, stands_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a follow-up may pay the obligation whose last attempt failed: `stands_id`, the
    destination of who stays, is another since, or the payment never came anywhere."""
    # What stands on no list any more, since that was undone, is not owed in the books either: the
    # next month lists it anew.
    stands = found_by_key(
        select(payroll_line.c.id).where(
            payroll_line.c.obligation_id == tried.c.obligation_id, payroll_line.c.undone == 0
        )
    )
    # First what most fail, and what costs nothing: both databases look in this order.
    moved = stands_id != tried.c.destination_id
    return and_(
        or_(moved, tried.c.state == NOT_RECEIVED), stands, ~_listed_again(tried),
        _nothing_to_ask(tried),
    )  # fmt: skip


def never_collected(months: int = 3) -> Select[tuple[int]]:
    """People to whom money was sent for at least so many months, and who never took any."""
    theirs = obligation.alias("theirs")
    arrived = exists().where(
        instruction.c.obligation_id == theirs.c.id,
        instruction.c.state.not_in(FAILED_STATES),
        # The programmes are named so that the unique index serves.
        theirs.c.programme.in_(PROGRAMMES),
        theirs.c.person_id == obligation.c.person_id,
    )
    failed = instruction.alias("failed")
    return (
        select(obligation.c.person_id)
        .join(failed, failed.c.obligation_id == obligation.c.id)
        .where(failed.c.state.in_(FAILED_STATES), failed.c.state != CANCELLED, ~arrived)
        .group_by(obligation.c.person_id)
        .having(func.count(obligation.c.period.distinct()) >= months)
    )


def _nothing_to_ask(of: Any) -> ColumnElement[bool]:
    """No case about the obligation is open, since it may have been paid after all; nor was it
    recalled because it is no longer due."""
    tried = instruction.alias("asked_about")
    asked = and_(bank_case.c.state == "open", bank_case.c.kind != "recall")
    gone = and_(tried.c.state == RECALLED, bank_case.c.still_due == 0)
    return cast(
        "ColumnElement[bool]",
        of.c.obligation_id.not_in(
            select(tried.c.obligation_id)
            .join(bank_case, bank_case.c.instruction_id == tried.c.id)
            .where(or_(asked, gone))
        ),
    )


def _listed_again(of: Any) -> ColumnElement[bool]:
    """The obligation stands already on a payroll whose batches are not built yet."""
    tried = instruction.alias("tried")
    built = exists().where(
        tried.c.obligation_id == payroll_line.c.obligation_id,
        tried.c.payroll_line_id == payroll_line.c.id,
    )
    return found_by_key(
        select(payroll_line.c.id)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(payroll_line.c.obligation_id == of.c.obligation_id, payroll.c.state != VOID, ~built)
    )
