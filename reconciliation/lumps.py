"""Passes over movements that name no single payment: whole batches, and what was told before.

Expected lumps have columns: target_id (the batch), provider, account, reference (its message),
lines, total, waiting_lines, waiting (what is not refused), booked_lines, booked (what is debited
one by one), advised (of that, what only advices told), is_taken (0 or 1), back_lines and back
(refused out of a lump and not come back).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from ledger.schema import Whole
from reconciliation.judged import is_judged
from reconciliation.matching import (
    DEBIT_UNKNOWN,
    LUMP,
    LUMP_BACK_SUM,
    OF_FILE,
    TOLD,
    write_verdicts,
)
from reconciliation.tables import bank_line


def run_lump_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Debits that are a batch as one sum: its message, its count where one is stated, its sum.

    The sum is the whole batch, or what of it is not refused. Gives how many.
    """
    return write_verdicts(session, _lumps(expected), file_id)


@lru_cache(maxsize=8)
def _lumps(expected: Select[Any]) -> Select[Any]:
    wanted = expected.subquery("wanted")
    whole = and_(wanted.c.booked_lines == 0, _sums(wanted.c.lines, wanted.c.total))
    waiting = _sums(wanted.c.waiting_lines, wanted.c.waiting)
    fits = and_(wanted.c.is_taken == 0, wanted.c.waiting > 0, or_(whole, waiting))
    says = "ghi nợ cả lô một lần: mã lô, số lệnh và tổng tiền khớp"
    return _first_of_batch(wanted, fits, (LUMP, "batch-total", says))


def run_back_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Credits that bring back all that was refused out of a lump, as one sum; gives how many."""
    return write_verdicts(session, _backs(expected), file_id)


@lru_cache(maxsize=8)
def _backs(expected: Select[Any]) -> Select[Any]:
    wanted = expected.subquery("wanted")
    fits = and_(wanted.c.back > 0, _sums(wanted.c.back_lines, -wanted.c.back))
    says = "hoàn một lần mọi lệnh bị từ chối của lô đã ghi nợ cả lô"
    return _first_of_batch(wanted, fits, (LUMP_BACK_SUM, "batch-back", says))


def run_again_pass(session: Session, file_id: int, expected: Select[Any]) -> int:
    """Lumps of what is debited already: told before where advices told each payment of it, else
    a debit that nobody ordered. Gives how many."""
    return write_verdicts(session, _agains(expected), file_id)


@lru_cache(maxsize=8)
def _agains(expected: Select[Any]) -> Select[Any]:
    wanted, line = expected.subquery("wanted"), bank_line.c
    told = and_(
        wanted.c.is_taken == 0,
        wanted.c.advised > 0,
        wanted.c.advised == wanted.c.booked,
        _sums(wanted.c.booked_lines, wanted.c.booked),
    )
    again = and_(wanted.c.is_taken == 1, line.amount == -wanted.c.total)
    return (
        select(
            line.id,
            case((told, TOLD), else_=DEBIT_UNKNOWN),
            case((told, "lump-told"), else_="lump-again"),
            literal(None, Whole),
            case((told, "từng lệnh của lô đã ghi sổ theo báo nợ"), else_="ghi nợ cả lô lần nữa"),
        )
        .join(wanted, _names(wanted))
        .where(_open(), or_(told, again))
    )


def _first_of_batch(wanted: Any, fits: ColumnElement[bool], said: tuple[str, ...]) -> Select[Any]:
    """The first fitting line of each batch gets the verdict; said: verdict, pass, why."""
    verdict, name, why = map(literal, said)
    return (
        select(func.min(bank_line.c.id), verdict, name, wanted.c.target_id, why)
        .join(wanted, _names(wanted))
        .where(_open(), fits)
        .group_by(wanted.c.target_id)
    )


def _names(wanted: Any) -> ColumnElement[bool]:
    line = bank_line.c
    return and_(
        line.batch_reference != "",
        wanted.c.reference == line.batch_reference,
        wanted.c.provider == line.provider,
        wanted.c.account == line.account,
    )


def _sums(lines: ColumnElement[int], total: ColumnElement[int]) -> ColumnElement[bool]:
    """That a line takes so much, for so many payments where it says how many."""
    line = bank_line.c
    return and_(line.amount == -total, line.batch_count.in_((0, lines)))


def _open() -> ColumnElement[bool]:
    return and_(bank_line.c.file_id == OF_FILE, bank_line.c.kind == "booked", ~is_judged())
