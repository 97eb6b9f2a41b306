"""Payments whose last attempt failed, and what each of them waits for.

`to_mend`: the account must be put right first. `ready`: it was, or the order never came; a
follow-up payroll takes it. `listed`: it stands on a list that has no batch yet. `asked`: the bank
is asked about it, so it may have been paid. `not_due`: nothing is owed any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, literal_column, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import banned_account, destination, person
from app.benefits.tables import obligation
from app.disbursement.evidence_tables import bank_case
from app.disbursement.selects import is_owed_again, is_repaired
from app.disbursement.tables import instruction, outcome
from app.payroll.states import VOID
from app.payroll.tables import payroll, payroll_line
from app.units.tables import paying_unit, programme
from ledger.bulk import found_by_key

TO_MEND, READY, LISTED, ASKED, NOT_DUE = "to_mend", "ready", "listed", "asked", "not_due"
WAITS = (TO_MEND, READY, ASKED, LISTED, NOT_DUE)
# As the partial index writes it: so both databases find the few that failed among all outcomes.
FAILED_OUTCOME: ColumnElement[bool] = literal_column(
    "outcome.state in ('rejected', 'returned', 'not_received', 'recalled')"
)
_TRIED = instruction.alias("tried_last")
_PAYEE = person.alias("paid_now")


class Sum(NamedTuple):
    """Payments that wait for the same thing, and their VND."""

    payments: int
    amount: int


@dataclass(frozen=True, slots=True)
class Failures:
    """By what they wait for: how many payments and their VND, and the numbers of their outcomes,
    the oldest first. Every key of `WAITS` is in both."""

    sums: Mapping[str, Sum]
    ids: Mapping[str, Sequence[int]]


def failures(session: Session, *where: ColumnElement[bool]) -> Failures:
    """The payments that failed and were not tried since; `where` is about `obligation`.

    These are few beside all that failed, and what each waits for is asked once of each.
    """
    rows = session.execute(_failed(*where)).all()
    amounts: dict[str, list[int]] = {name: [] for name in WAITS}
    ids: dict[str, list[int]] = {name: [] for name in WAITS}
    for row in rows:
        amounts[row.waits].append(row.amount)
        ids[row.waits].append(row.id)
    return Failures({name: Sum(len(one), sum(one)) for name, one in amounts.items()}, ids)


def told(session: Session, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Payments that failed by the numbers of their outcomes, the oldest first.

    With the person, the unit, the account that failed (`banned` when nobody is paid into it any
    more), what was said, and the destination that stands now.
    """
    banned = exists().where(banned_account.c.account_key == destination.c.account_key)
    query = select(
        _TRIED.c.id, _TRIED.c.reference, _TRIED.c.amount, _TRIED.c.state, _TRIED.c.method,
        _TRIED.c.batch_id, _TRIED.c.attempt, obligation.c.period, obligation.c.unit_code,
        paying_unit.c.name.label("unit_name"), programme.c.name.label("programme_name"),
        person.c.id.label("person_id"), person.c.name, person.c.citizen_tail,
        person.c.destination_id.label("stands_id"), destination.c.bank_bin,
        destination.c.account_tail, outcome.c.reason, outcome.c.evidence, outcome.c.happened_on,
        and_(destination.c.account_key != "", banned).label("banned"),
    )  # fmt: skip
    query = (
        _tried(query)
        .join(destination, destination.c.id == _TRIED.c.destination_id)
        .join(paying_unit, paying_unit.c.code == obligation.c.unit_code)
        .join(programme, programme.c.code == obligation.c.programme)
        .where(outcome.c.id.in_(ids))
    )
    return session.execute(query.order_by(outcome.c.happened_on, _TRIED.c.id)).all()


def _tried(query: Any) -> Any:
    """The query over outcomes with the attempt, what was owed, and whose it was."""
    return (
        query.select_from(outcome)
        .join(_TRIED, (_TRIED.c.id == outcome.c.instruction_id)
              & (_TRIED.c.state == outcome.c.state))
        .join(obligation, obligation.c.id == _TRIED.c.obligation_id)
        .join(person, person.c.id == obligation.c.person_id)
    )  # fmt: skip


def _failed(*where: ColumnElement[bool]) -> Select[Any]:
    """(id, amount, waits) of each outcome, the oldest first."""
    later = instruction.alias("later_try")
    tried_since = exists().where(
        later.c.obligation_id == _TRIED.c.obligation_id, later.c.attempt > _TRIED.c.attempt
    )
    there = (
        _tried(select(outcome.c.id, outcome.c.happened_on, _TRIED.c.id.label("tried_id"),
                      _TRIED.c.amount, _waits().label("waits")))
        .where(FAILED_OUTCOME, outcome.c.undone_by == 0, ~tried_since, *where)
        .subquery("failed")
    )  # fmt: skip
    query = select(there.c.id, there.c.amount, there.c.waits)
    return query.order_by(there.c.happened_on, there.c.tried_id)


def _waits() -> ColumnElement[str]:
    merged = select(_PAYEE.c.destination_id).where(_PAYEE.c.id == person.c.merged_into_id)
    stands_id = case(
        (person.c.merged_into_id.is_(None), person.c.destination_id),
        else_=merged.scalar_subquery(),
    )
    return case(
        (is_repaired(_TRIED, stands_id), READY),
        (is_owed_again(_TRIED), TO_MEND),
        (_asked(), ASKED),
        (_on_a_list(), LISTED),
        else_=NOT_DUE,
    )


def _asked() -> ColumnElement[bool]:
    other = instruction.alias("other_try")
    return found_by_key(
        select(bank_case.c.id)
        .join(other, other.c.id == bank_case.c.instruction_id)
        .where(other.c.obligation_id == _TRIED.c.obligation_id, bank_case.c.state == "open")
        .where(bank_case.c.kind != "recall")
        .correlate(_TRIED)
    )


def _on_a_list() -> ColumnElement[bool]:
    line = payroll_line.alias("listed_again")
    built = exists().where(instruction.c.payroll_line_id == line.c.id,
                           instruction.c.obligation_id == line.c.obligation_id)  # fmt: skip
    return found_by_key(
        select(line.c.id)
        .join(payroll, payroll.c.id == line.c.payroll_id)
        .where(line.c.obligation_id == _TRIED.c.obligation_id, payroll.c.state != VOID, ~built)
        .correlate(_TRIED)
    )
