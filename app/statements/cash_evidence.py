"""Balances of a proof of cash that do not come from the books."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.clock import TIME_ZONE
from app.disbursement.line_tables import line_unplacing
from app.disbursement.states import CANCELLED, NOT_RECEIVED, SENDING
from app.disbursement.tables import batch, batch_event, instruction, outcome
from app.months import previous
from app.printing.documents.cash_figures import CashColumns, Counted
from app.statements.cash_lines import Flow, Place, flows
from app.units.tables import contract
from ledger.balances import movements_between
from ledger.periods import days_of, period_of
from ledger.schema import whole_sum
from reconciliation.lines import (
    closing_balances,
    count_statements,
    empty_statements,
    opening_balances,
)
from reconciliation.tables import closing

DAY = timedelta(days=1)
TAKEN_OVER = ("open_bank", "open_advance")


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a month."""

    first: date
    last: date

    @classmethod
    def of(cls, period: str) -> Days:
        """Raises ValueError when the period is no month."""
        return cls(*days_of(period))

    def is_before(self, day: date | None) -> bool:
        """Whether it had happened when the month began."""
        return day is not None and day < self.first

    def is_within(self, day: date | None) -> bool:
        """Whether it happened in the month."""
        return day is not None and self.first <= day <= self.last

    def is_until(self, day: date | None) -> bool:
        """Whether it had happened when the month ended."""
        return day is not None and day <= self.last


def accounts_of(session: Session, place: Place) -> list[str]:
    """The paying units' accounts at the provider for the programme."""
    query = select(contract.c.account).where(
        contract.c.provider == place.provider, contract.c.programme == place.programme
    )
    return list(session.scalars(query.order_by(contract.c.id)))


def sums(lines: Iterable[Flow]) -> CashColumns:
    """Receipts and payments of lines, with what they do to the balance as closing."""
    receipts = payments = 0
    for one in lines:
        if one.came:
            receipts += one.amount
        else:
            payments -= one.amount
    return CashColumns(0, receipts, payments, receipts - payments)


def bank_columns(
    session: Session, place: Place, days: Days, booked: CashColumns, accounts: Sequence[str]
) -> tuple[CashColumns, int]:
    """What the bank states, `booked` being its lines of the month; and how many statements.

    An account without an earlier statement begins with the opening balance of its first one.
    """
    began = opening_balances(session, place.provider, days.first, days.last)
    began |= closing_balances(session, place.provider, days.first - DAY)
    ended = closing_balances(session, place.provider, days.last)
    counted = count_statements(session, place.provider, days.first, days.last)
    opening = sum(began.get(one) or 0 for one in accounts)
    ending = sum(ended.get(one) or 0 for one in accounts)
    columns = CashColumns(opening, booked.receipts, booked.payments, ending)
    return columns, sum(counted.get(one, 0) for one in accounts)


def unstated_accounts(
    session: Session, place: Place, days: Days, units: Collection[str]
) -> list[str]:
    """Accounts of paying units of which the bank stated nothing for a month.

    A statement without lines says of no day; it counts when it came in the month after.
    """
    query = select(contract.c.account).where(
        contract.c.provider == place.provider, contract.c.programme == place.programme,
        contract.c.unit_code.in_(units),
    )  # fmt: skip
    stated = set(count_statements(session, place.provider, days.first, days.last))
    came = [datetime.combine(days.last + DAY, time(), TIME_ZONE)]
    came.append(datetime.combine(days_of(period_of(days.last + DAY))[1] + DAY, time(), TIME_ZONE))
    stated |= empty_statements(session, place.provider, came[0], came[1])
    return sorted(set(session.scalars(query)) - stated)


def advance_columns(
    session: Session, place: Place, days: Days, booked: CashColumns, late: int, taken_over: int
) -> CashColumns:
    """What slips and lists say of an advance; its opening is that of the closed month before.

    `late` is the net of what was booked before the month and is not in that closing yet,
    `taken_over` what came over from an older system in the month. Where no month was closed
    before, everything since the beginning is added up.
    """
    agreed = session.execute(
        select(func.count(), whole_sum(closing.c.balance)).where(
            closing.c.period == previous(period_of(days.first)),
            closing.c.provider == place.provider,
            closing.c.programme == place.programme,
        )
    ).one()
    if agreed[0]:
        opening = agreed[1] + late
    else:
        opening = sums(flows(session, place, days.first - DAY, date.min)).closing
        opening += taken_over_between(session, place, date.min, days.first - DAY)
    opening += taken_over
    return CashColumns(
        opening, booked.receipts, booked.payments, opening + booked.receipts - booked.payments
    )


def taken_over_between(session: Session, place: Place, first: date, last: date) -> int:
    """What came over from an older system in these days, signed for by two persons."""
    found = movements_between(session, first, last, place.programme)
    ours = [one for one in found if (one.kind, one.provider) == (place.kind, place.provider)]
    return sum(one.debit - one.credit for one in ours if one.recipe in TAKEN_OVER)


def on_their_way(session: Session, place: Place, last: date) -> Counted:
    """Instructions that had been sent by the end of a day and had no outcome in the books then."""
    midnight = datetime.combine(last + DAY, time(), TIME_ZONE)
    sent = select(batch_event.c.batch_id).where(
        batch_event.c.batch_id == batch.c.id,
        batch_event.c.state == SENDING,
        batch_event.c.at < midnight,
    )
    gone = select(line_unplacing.c.proposal_id).where(
        line_unplacing.c.proposal_id == outcome.c.undone_by, line_unplacing.c.posted_on <= last
    )
    ended = select(outcome.c.id).where(
        outcome.c.instruction_id == instruction.c.id,
        outcome.c.posted_on <= last,
        outcome.c.entry_id.is_not(None),
        or_(outcome.c.undone_by == 0, ~gone.exists()),
    )
    query: Any = (
        select(func.count(), func.coalesce(whole_sum(instruction.c.amount), 0))
        .select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(contract.c.provider == place.provider, contract.c.programme == place.programme)
        .where(instruction.c.state.not_in((NOT_RECEIVED, CANCELLED)))
        .where(sent.exists(), ~ended.exists())
    )
    return Counted(*session.execute(query).one())
