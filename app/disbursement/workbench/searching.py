"""Payments that an officer looks for to place a line on: by a piece of the reference or an amount.

Nothing about a person is searched: who was paid decides nothing here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.disbursement.expected import expected_payments
from app.errors import InputError
from ledger.money import MoneyError, parse_vnd

SHOWN = 20
_REFERENCE = re.compile(r"[0-9A-Z]{4,20}")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment on the line's account: its reference, đồng and state."""

    reference: str
    amount: int
    state: str


def search(session: Session, line: Row[Any], typed: str) -> list[Payment]:
    """Payments on the account of a line by the beginning of their reference, or by their amount;
    the newest first. Raises InputError for less than four signs."""
    wanted = expected_payments().subquery("wanted")
    w = wanted.c
    sought = "".join(typed.upper().split())
    query = select(w.reference, w.amount, w.state).where(
        w.provider == line.provider, w.account == line.account
    )
    if (amount := _amount(typed)) is not None:
        query = query.where(w.amount == amount)
    elif _REFERENCE.fullmatch(sought):
        query = query.where(w.reference.startswith(sought))
    else:
        raise InputError("Cần ít nhất 4 ký tự đầu của mã lệnh, hoặc một số tiền.",
                         "Ví dụ AS7K hoặc 500.000.")  # fmt: skip
    rows = session.execute(query.order_by(w.target_id.desc()).limit(SHOWN))
    return [Payment(*row) for row in rows]


def _amount(typed: str) -> int | None:
    """An amount, where it was one that was typed."""
    try:
        return parse_vnd(typed)
    except MoneyError:
        return None
