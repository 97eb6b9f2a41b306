"""The lines of vouchers: an account a line, or what one account gave another.

Nothing is posted or chosen here: debits and credits are those of the books. In the paired layout
the debits of an entry meet its credits in the order of account numbers until all are used up, so
that the lines of an account sum up to what the entry moved on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.clock import local_date
from app.statements.vouchers.profile import PAIRED, Profile
from ledger.export.books import Account, PublicChart, read_accounts, read_vouchers
from ledger.export.span import Span

Line = dict[str, Any]
T = TypeVar("T")
_CODES = ("fund", "programme", "unit", "provider")


@dataclass(frozen=True, slots=True)
class Moved:
    """What one entry moved on one account, in đồng."""

    row: Row[Any]
    account: Account
    debit: int
    credit: int


def voucher_lines(
    session: Session, span: Span, profile: Profile, public: PublicChart
) -> Iterator[Line]:
    """Every line of the span, voucher by voucher; streamed."""
    accounts = read_accounts(session)
    for _, rows in groupby(read_vouchers(session, span), key=lambda row: row.entry_id):
        moved = [Moved(row, accounts[row.account_id], row.debit, row.credit) for row in rows]
        lines = _paired if profile.layout == PAIRED else _sides
        for number, line in enumerate(lines(moved, profile, public), 1):
            yield line | {"line": number}


def _sides(moved: Sequence[Moved], profile: Profile, public: PublicChart) -> Iterator[Line]:
    for one in moved:
        kind = one.account.kind
        number = profile.account(kind.code, public)
        named = {"account": number, "own_account": kind.number, "account_name": kind.name}
        amounts = {"debit": one.debit, "credit": one.credit}
        yield _facts(one.row, [one.account]) | named | amounts


def _paired(moved: Sequence[Moved], profile: Profile, public: PublicChart) -> Iterator[Line]:
    taken = [(one.account, one.debit) for one in moved if one.debit]
    given = [(one.account, one.credit) for one in moved if one.credit]
    for debit, credit, amount in pairs(taken, given):
        numbers = {
            "debit_account": profile.account(debit.kind.code, public),
            "credit_account": profile.account(credit.kind.code, public),
        }
        yield _facts(moved[0].row, [debit, credit]) | numbers | {"amount": amount}


def pairs(
    debits: Iterable[tuple[T, int]], credits_: Iterable[tuple[T, int]]
) -> Iterator[tuple[T, T, int]]:
    """(debited, credited, amount) until all amounts are used up, in the order given.

    Amounts are above zero, and both sides have the same sum.
    """
    left, right = iter(debits), iter(credits_)
    debit, credit = next(left, None), next(right, None)
    while debit is not None and credit is not None:
        amount = min(debit[1], credit[1])
        yield debit[0], credit[0], amount
        debit = (debit[0], debit[1] - amount) if debit[1] > amount else next(left, None)
        credit = (credit[0], credit[1] - amount) if credit[1] > amount else next(right, None)


def _facts(row: Row[Any], accounts: Sequence[Account]) -> Line:
    """What a line tells of its entry and of where its money belongs."""
    codes = {name: next((c for one in accounts if (c := getattr(one.cell, name))), "")
             for name in _CODES}  # fmt: skip
    return {
        "posted_on": row.effective_on,
        "document_on": local_date(row.recorded_at),
        "voucher": f"{row.voucher}/{row.fiscal_year}" if row.voucher else "",
        "document": row.source,
        "text": row.reason,
        "entry": str(row.entry_id),
        "currency": accounts[0].currency,
        "budget_year": str(row.fiscal_year),
        **codes,
    }
