"""What the matcher may expect: payments that left the house, and what their contracts allow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select

from app.disbursement.charge_tables import contract_charge
from app.disbursement.evidence import (
    ACSC_SETTLES,
    ADVANCE,
    BORNE,
    CLAIMED,
    CREDITED,
    DEBITS,
    IN_LUMP,
    RECALL_DUE,
    RECALL_NOT_DUE,
)
from app.disbursement.evidence_tables import bank_case
from app.disbursement.lump_tables import lump, lump_left_out, lump_of
from app.disbursement.promises import promised
from app.disbursement.states import SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract, provider
from ledger.schema import Day
from reconciliation.tables import bank_line


@cache
def expected_payments() -> Select[Any]:
    """What the matcher may expect: every instruction that has left the house, with its state as
    evidence finds it, and what its provider declared (`has_<need>`)."""
    return (
        select(
            instruction.c.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            instruction.c.reference,
            instruction.c.amount,
            _state().label("state"),
            _lump_reference().label("lump_reference"),
            *(told.label(f"has_{need}") for need, told in _needs().items()),
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.state.not_in(("built", "released", "cancelled")))
    )


def _state() -> ColumnElement[str]:
    """The state of an instruction; 'credited' where it is settled on a provider's word alone."""
    told = [
        select(outcome.c.id)
        .where(outcome.c.instruction_id == instruction.c.id, outcome.c.state == state)
        .where(outcome.c.undone_by == 0)
        .exists()
        for state in (CREDITED, SETTLED)
    ]
    return case(
        (instruction.c.state != SETTLED, instruction.c.state),
        (and_(told[0], ~told[1]), CREDITED),
        else_=SETTLED,
    )


def _needs() -> Mapping[str, ColumnElement[int]]:
    """By need, 1 where it is met; each is looked up only where a rule asks for it."""
    advance = (
        select(provider.c.holds_advance)
        .where(provider.c.code == contract.c.provider)
        .scalar_subquery()
    )
    return {
        ADVANCE: advance,
        DEBITS: literal(1) - advance,
        ACSC_SETTLES: promised(ACSC_SETTLES, contract.c.provider),
        RECALL_DUE: _recalled(1),
        RECALL_NOT_DUE: _recalled(0),
        IN_LUMP: case((in_lump(), 1), else_=0),
    }


def _lump_reference() -> ColumnElement[str]:
    """The bank's name of the lump that a payment's batch was debited by."""
    taken = bank_line.alias("taken")
    query = select(taken.c.bank_reference).join(lump, lump.c.bank_line_id == taken.c.id)
    mine = (lump.c.batch_id == instruction.c.batch_id, lump.c.withdrawn_by == 0)
    return query.where(*mine).scalar_subquery()


def in_lump() -> ColumnElement[bool]:
    """That an instruction's batch was debited as one sum, which holds it still."""
    left = select(lump_left_out.c.instruction_id).where(
        lump_left_out.c.instruction_id == instruction.c.id,
        lump_left_out.c.bank_line_id == lump.c.bank_line_id,
    )
    holds = ~left.correlate(instruction, lump).exists()
    return lump_of(instruction.c.batch_id).where(holds).correlate(instruction).exists()


@cache
def expected_returns() -> Select[Any]:
    """Expected payments with what their contract lets the provider keep of a return, by days."""
    one, later = contract_charge.c, contract_charge.alias("later").c
    follows = or_(
        later.valid_from > one.valid_from,
        and_(later.valid_from == one.valid_from, later.id > one.id),
    )
    replaced_on = (
        select(later.valid_from)
        .where(later.contract_id == one.contract_id, later.kind == one.kind, follows)
        .order_by(later.valid_from, later.id)
        .limit(1)
        .correlate(contract_charge)
        .scalar_subquery()
    )
    mine = and_(one.contract_id == contract.c.id, one.kind == "return")
    return (
        expected_payments()
        .add_columns(
            one.amount.label("charge"),
            one.valid_from.label("charge_from"),
            func.coalesce(replaced_on, literal(date.max, Day)).label("charge_until"),
            (1 - one.is_borne).label(f"has_{CLAIMED}"),
            one.is_borne.label(f"has_{BORNE}"),
        )
        .join(contract_charge, mine)
        .where(one.amount > 0)
    )


def _recalled(still_due: int) -> ColumnElement[int]:
    asked = select(bank_case.c.id).where(
        bank_case.c.instruction_id == instruction.c.id,
        bank_case.c.kind == "recall",
        bank_case.c.state == "open",
        bank_case.c.still_due == still_due,
    )
    return case((asked.exists(), 1), else_=0)
