"""What a provider says, as its adapter would have read it."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind


def digest_of(*parts: object) -> str:
    """The same digest for the same values, in every process."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def booked(
    reference: str, amount: int, on: str, *, bank_reference: str = "", **more: Any
) -> BankLine:
    """A booked line: a debit has an amount below 0."""
    day = date.fromisoformat(on)
    key = bank_reference or f"FT{on}{reference[:6]}{amount}"
    return BankLine(LineKind.BOOKED, amount, reference, day, day, key, **more)


def status(reference: str, code: str, reason: str = "") -> BankLine:
    """A line of a pain.002."""
    return BankLine(LineKind.STATUS, 0, reference, status=code, reason=reason)


def listed(kind: LineKind, reference: str, amount: int, on: str, **more: Any) -> BankLine:
    """A line of a list provider's answer: PAID, PAID_CASH or UNPAID."""
    return BankLine(kind, amount, reference, date.fromisoformat(on), **more)


def report(kind: ReportKind, account: str, *found: BankLine, **more: Any) -> BankReport:
    """A report about one account; a statement's balances are `opening` and `closing`."""
    name = more.pop("report_id", "") or f"R{digest_of(kind, account, found)[:12]}"
    return BankReport(kind, name, account, "VND", iter(found), **more)
