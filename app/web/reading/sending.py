"""How the payments of a month go: counters, what came back and why, batches that wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import destination, person
from app.disbursement.failed import FAILED_OUTCOME
from app.disbursement.states import (
    ACCEPTED,
    BUILT,
    CANCELLED,
    IN_DOUBT,
    NOT_RECEIVED,
    READY,
    RECALLED,
    REJECTED,
    RELEASED,
    RETURNED,
    SENDING,
    SETTLED,
)
from app.disbursement.tables import batch, instruction, outcome
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract, paying_unit, provider
from app.web.reading.batches import joined, named

CLASSES = ("credited", "cash", "waiting", "back")
BACK = (REJECTED, RETURNED, NOT_RECEIVED, RECALLED)


class Counter(NamedTuple):
    """Payments of a class, and their VND."""

    payments: int = 0
    amount: int = 0


class Going(NamedTuple):
    """Payments of a month by class; `all` of them, without what was cancelled."""

    credited: Counter
    cash: Counter
    waiting: Counter
    back: Counter

    @property
    def all(self) -> int:
        """How many there are."""
        return sum(one.payments for one in self)

    @property
    def percent(self) -> int:
        """How many in a hundred have their answer; 100 only when all have."""
        known = self.all - self.waiting.payments
        return min(99, 100 * known // self.all) if self.waiting.payments else 100


def going(session: Session, where: Sequence[ColumnElement[bool]]) -> Going:
    """The counters of the batches chosen."""
    rows = session.execute(
        joined(
            select(instruction.c.state, instruction.c.method, func.count().label("payments"),
                   func.sum(instruction.c.amount).label("amount"))
        )
        .join(instruction, instruction.c.batch_id == batch.c.id)
        .where(*where, batch.c.state.not_in((BUILT, CANCELLED)))
        .group_by(instruction.c.state, instruction.c.method)
    )  # fmt: skip
    found = dict.fromkeys(CLASSES, Counter())
    for row in rows:
        name = class_of(row.state, row.method)
        if name:
            was = found[name]
            found[name] = Counter(was.payments + row.payments, was.amount + int(row.amount))
    return Going(**found)


def class_of(state: str, method: str) -> str:
    """The counter of a payment, '' for what was cancelled."""
    if state == SETTLED:
        return "cash" if method == "cash" else "credited"
    if state in (READY, ACCEPTED):
        return "waiting"
    return "back" if state in BACK else ""


def listed(
    session: Session, where: Sequence[ColumnElement[bool]], name: str, size: int, offset: int
) -> list[Row[Any]]:
    """One page of the payments of a counter, each with what was said of it."""
    query = (
        joined(
            select(
                instruction.c.id, instruction.c.reference, instruction.c.amount,
                instruction.c.state, instruction.c.method, batch.c.id.label("batch_id"),
                payroll_line.c.person_id, person.c.name, person.c.citizen_tail,
                paying_unit.c.name.label("unit_name"), provider.c.adapter,
                destination.c.bank_bin, destination.c.account_tail,
                outcome.c.reason, outcome.c.happened_on, outcome.c.evidence,
            )
        )
        .join(instruction, instruction.c.batch_id == batch.c.id)
        .outerjoin(outcome, (outcome.c.instruction_id == instruction.c.id)
              & (outcome.c.state == instruction.c.state) & (outcome.c.undone_by == 0))
        .join(payroll_line, payroll_line.c.id == instruction.c.payroll_line_id)
        .join(person, person.c.id == payroll_line.c.person_id)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .where(*where, *_of_class(name), batch.c.state.not_in((BUILT, CANCELLED)))
        .order_by(instruction.c.id)
    )  # fmt: skip
    return list(session.execute(query.limit(size).offset(offset)))


def _of_class(name: str) -> list[ColumnElement[bool]]:
    state, in_cash = instruction.c.state, instruction.c.method == "cash"
    failed = select(outcome.c.instruction_id).where(FAILED_OUTCOME).correlate(None)
    if name in ("credited", "cash"):
        return [state == SETTLED, in_cash if name == "cash" else ~in_cash]
    if name == "back":
        return [state.in_(BACK), instruction.c.id.in_(failed)]  # few, and found by an index
    return [state.in_((READY, ACCEPTED))]


def unfinished(session: Session, where: Sequence[ColumnElement[bool]], most: int) -> list[Row[Any]]:
    """Batches that are released and not gone, on their way, or in doubt; at most so many."""
    query = joined(named()).where(*where, batch.c.state.in_((RELEASED, SENDING, IN_DOUBT)))
    return list(session.execute(query.order_by(batch.c.state, batch.c.id).limit(most)))


def of_month(period: str, within: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """The batches of a month within an officer's units."""
    return [payroll.c.period == period, within]


def within(viewer: Any) -> ColumnElement[bool]:
    """The condition that a batch is of the viewer's units."""
    found: ColumnElement[bool] = viewer.within_units(contract.c.unit_code)
    return found
