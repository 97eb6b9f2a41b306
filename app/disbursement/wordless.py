"""Payments of which nobody has said a word, where each payment travels as a request of its own.

There one request may be lost while the next arrives, so that a word on one payment proves nothing
of another. Words of our own process, and "not found", are no words of the provider.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain, groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, select
from sqlalchemy.orm import Session

from app.disbursement.states import ACCEPTED, IN_DOUBT, READY, SENDING, SENT
from app.disbursement.tables import batch, instruction
from app.units.tables import contract
from reconciliation.evidence import NO_WORDS, NOT_FOUND
from reconciliation.tables import bank_line

ASKED_AT_ONCE = 500


def wordless() -> ColumnElement[bool]:
    """That an instruction is open, and no line of its provider names it with its amount.

    For a query that has `instruction`, and its batch's `contract`.
    """
    line, one = bank_line.c, instruction.c
    said = (
        select(line.id)
        .where(line.reference == one.reference, line.provider == contract.c.provider)
        .where(line.amount.in_((0, one.amount, -one.amount)), line.status.not_in(NO_WORDS))
        .correlate(instruction, contract)
    )
    return and_(one.state == READY, ~said.exists())


def all_spoken_of(session: Session, file_id: int, singly: Collection[str]) -> list[Row[Any]]:
    """(id, state) of batches of these providers that a file speaks of, and in which no payment is
    without a word any more."""
    if not singly:
        return []
    told = (
        select(instruction.c.batch_id)
        .join(bank_line, bank_line.c.reference == instruction.c.reference)
        .where(bank_line.c.file_id == file_id, bank_line.c.provider.in_(singly))
    )
    silent = select(instruction.c.id).where(instruction.c.batch_id == batch.c.id, wordless())
    return list(
        session.execute(
            select(batch.c.id, batch.c.state)
            .join(contract, contract.c.id == batch.c.contract_id)
            .where(batch.c.id.in_(told), contract.c.provider.in_(singly))
            .where(batch.c.state.in_((SENDING, SENT, IN_DOUBT)))
            .where(~silent.correlate(batch, contract).exists())
            .order_by(batch.c.id)
        )
    )


def to_ask_about(
    session: Session, batch_id: int, asked: int = 0, limit: int = ASKED_AT_ONCE
) -> list[str]:
    """References of at most `limit` open payments of a batch that was asked about `asked` times.

    First those of which not even "not found" was said, then the others without a word. Each time it
    begins elsewhere among them: neither payments that the provider will never know nor one at which
    he always falls silent keep the others from being asked about.
    """
    silent = wordless()
    told = (
        select(bank_line.c.id)
        .where(bank_line.c.reference == instruction.c.reference)
        .where(bank_line.c.provider == contract.c.provider, bank_line.c.status == NOT_FOUND)
        .correlate(instruction, contract)
        .exists()
    )
    rank = case((~silent, 2), (told, 1), else_=0)
    rows = session.execute(
        select(rank.label("rank"), instruction.c.reference)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(instruction.c.batch_id == batch_id, instruction.c.state.in_((READY, ACCEPTED)))
        .order_by(rank, instruction.c.id)
    ).all()
    ranked = groupby(rows, key=lambda row: row.rank)
    found = [_from_elsewhere([row.reference for row in same], asked) for _, same in ranked]
    return list(islice(chain.from_iterable(found), limit))


def _from_elsewhere(references: list[str], asked: int) -> list[str]:
    """The same in a circle; the beginnings lie evenly over it (the golden section)."""
    first = asked * 618_034 % 1_000_000 * len(references) // 1_000_000
    return references[first:] + references[:first]
