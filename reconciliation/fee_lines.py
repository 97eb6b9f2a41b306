"""Movements that call themselves a fee."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from reconciliation.judged import is_judged
from reconciliation.names import NONE
from reconciliation.tables import bank_line

# A bank's fee is small; a larger debit that calls itself a fee is one of unknown reason.
FEE_MOST = 1_000_000


def is_fee() -> ColumnElement[bool]:
    """That a debit calls itself a fee, and is small."""
    text = func.lower(bank_line.c.remittance)
    called = or_(text.like("%phi %"), text.like("%phí %"), text.like("%fee%"))
    return and_(called, bank_line.c.amount.between(-FEE_MOST, -1))


def fees_in(file_id: int) -> Select[Any]:
    """The fees of a file that have no verdict yet, as the bank wrote them."""
    line = bank_line.c
    return select(bank_line).where(
        line.file_id == file_id, line.kind == "booked", line.found_reference == NONE,
        is_fee(), ~is_judged(),
    ).order_by(line.id)  # fmt: skip
