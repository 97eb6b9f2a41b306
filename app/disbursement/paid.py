"""What was paid in a month, counted from the instructions: one of the closing's three sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, literal_column, or_, select
from sqlalchemy.orm import Session

from app.disbursement.evidence import OPEN
from app.disbursement.funding import cell_of
from app.disbursement.line_tables import line_unplacing
from app.disbursement.states import RECALLED, RETURNED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract, provider
from ledger.chart import Cell
from ledger.counting import Proven
from ledger.periods import days_of
from ledger.schema import whole_sum
from reconciliation.lines import closing_balances
from reconciliation.matching import RETURNED_BORNE, RETURNED_CLAIMED
from reconciliation.tables import bank_line, line_match

_PAID = (SETTLED, RETURNED, RECALLED)
"""What a payment ended as that moved money: there, or back."""


def paid_in(session: Session, period: str) -> dict[Cell, tuple[int, int]]:
    """(credited, cash) by cell, net of what came back, of outcomes posted in the month."""
    return paid_between(session, *days_of(period))


def paid_between(session: Session, first: date, last: date) -> dict[Cell, tuple[int, int]]:
    """The same of outcomes posted from `first` to `last`, both included."""
    found: dict[Cell, tuple[int, int]] = {}
    for cell, _, credited, cash in paid_by_day(session, first, last):
        before = found.get(cell, (0, 0))
        found[cell] = (before[0] + credited, before[1] + cash)
    return found


def paid_by_day(session: Session, first: date, last: date) -> Iterator[tuple[Cell, date, int, int]]:
    """(cell, day of posting, credited, cash) of the same days, net of what came back; of a cell
    and day there may be several."""
    query = _paid(outcome.c.posted_on).where(outcome.c.posted_on.between(first, last))
    undone = (
        _paid(line_unplacing.c.posted_on)
        .join(line_unplacing, line_unplacing.c.proposal_id == outcome.c.undone_by)
        .where(line_unplacing.c.posted_on.between(first, last))
    )
    for row, sign in _signed(session, (_by_cell(query), 1), (_by_cell(undone), -1)):
        amount = sign * int(row.amount)
        is_cash = row.method == "cash"
        yield cell_of(row), row.day, 0 if is_cash else amount, amount if is_cash else 0


def proven_by_outcomes(
    first: date, last: date, where: tuple[ColumnElement[bool], ...], beside: tuple[str, ...] = ()
) -> Proven:
    """The entries behind what was paid on the same days, and behind what was taken back on them;
    `where` narrows the payments and contracts."""
    entries = (
        select(outcome.c.entry_id)
        .join_from(outcome, instruction, instruction.c.id == outcome.c.instruction_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(outcome.c.state.in_(_PAID), *where)
    )
    undone = entries.join(line_unplacing, line_unplacing.c.proposal_id == outcome.c.undone_by)
    return Proven(
        entries.where(outcome.c.posted_on.between(first, last)),
        undone.where(line_unplacing.c.posted_on.between(first, last)),
        beside,
    )


def _paid(day: ColumnElement[date]) -> Select[Any]:
    """What outcomes paid by batch, method and day; what brought money back counts below zero."""
    back = outcome.c.state.in_((RETURNED, RECALLED))
    signed = case((back, -instruction.c.amount), else_=instruction.c.amount)
    keys = (instruction.c.batch_id, instruction.c.method, day.label("day"))
    return (
        select(*keys, whole_sum(signed).label("amount"))
        .select_from(outcome)
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .where(outcome.c.state.in_(_PAID))
        .group_by(instruction.c.batch_id, instruction.c.method, day)
    )


def _by_cell(outcomes: Select[Any]) -> Select[Any]:
    """The same with the cell of each batch: looked up once a batch, not once a payment."""
    sums = outcomes.subquery("sums")
    return (
        select(contract, sums.c.method, sums.c.day, sums.c.amount)
        .join_from(sums, batch, batch.c.id == sums.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
    )


def _signed(session: Session, *queries: tuple[Select[Any], int]) -> Iterator[tuple[Row[Any], int]]:
    """The rows of each query, with its sign."""
    for query, sign in queries:
        for row in session.execute(query):
            yield row, sign


def kept_in(session: Session, period: str) -> dict[Cell, int]:
    """What providers kept of the returns posted in the month, by their contracts' charges; by
    cell."""
    return kept_between(session, *days_of(period))


def kept_between(session: Session, first: date, last: date) -> dict[Cell, int]:
    """The same of returns posted from `first` to `last`, both included."""
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    kept = instruction.c.amount - bank_line.c.amount
    query = (
        select(*place, whole_sum(kept).label("amount"))
        .select_from(outcome)
        .join(line_match, line_match.c.bank_line_id == outcome.c.bank_line_id)
        .join(bank_line, bank_line.c.id == outcome.c.bank_line_id)
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(outcome.c.state == RETURNED)
        .where(line_match.c.verdict.in_((RETURNED_CLAIMED, RETURNED_BORNE)))
        .group_by(*place)
    )
    undone = query.join(line_unplacing, line_unplacing.c.proposal_id == outcome.c.undone_by)
    found: dict[Cell, int] = {}
    for row, sign in _signed(
        session,
        (query.where(outcome.c.posted_on.between(first, last)), 1),
        (undone.where(line_unplacing.c.posted_on.between(first, last)), -1),
    ):
        found[cell_of(row)] = found.get(cell_of(row), 0) + sign * int(row.amount)
    return found


def reported_balances(session: Session, until: date) -> dict[Cell, int]:
    """Each bank's own closing balance by cell, from its last statement up to a day.

    A bank that stated nothing is taken to say 0: money there does not close without evidence. A
    cell whose contract was followed by another has two accounts.
    """
    found: dict[Cell, int] = {}
    for code in session.scalars(select(provider.c.code).where(provider.c.holds_advance == 0)):
        stated = closing_balances(session, code, until)
        rows: Any = session.execute(select(contract).where(contract.c.provider == code))
        for row in rows:
            cell = cell_of(row)
            found[cell] = found.get(cell, 0) + (stated.get(row.account) or 0)
    return found


def on_its_word() -> Select[Any]:
    """Ids of payments that a provider calls paid, and our account has not been debited for."""
    debited = outcome.alias("debited")
    return select(outcome.c.instruction_id).where(
        # As it stands in the index of these few.
        outcome.c.state == literal_column("'credited'"),
        ~select(debited.c.id)
        .where(debited.c.instruction_id == outcome.c.instruction_id, debited.c.state == SETTLED)
        .where(debited.c.undone_by == 0)
        .exists(),
    )


def open_instructions(session: Session) -> dict[Cell, tuple[int, int]]:
    """(not yet sent, on the way) by cell: what commitment and in transit must equal.

    What the provider calls paid and our account has not been debited for is still on the way.
    """
    waiting = and_(instruction.c.state == SETTLED, instruction.c.id.in_(on_its_word()))
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    before = batch.c.state.in_(("built", "released"))
    rows = session.execute(
        select(
            *place,
            whole_sum(case((before, instruction.c.amount), else_=0)).label("before"),
            whole_sum(case((before, 0), else_=instruction.c.amount)).label("away"),
        )
        .select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(or_(instruction.c.state.in_(OPEN), waiting), batch.c.state != "cancelled")
        .group_by(*place)
    )
    return {cell_of(row): (int(row.before), int(row.away)) for row in rows}
