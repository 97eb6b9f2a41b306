"""One entry of a bank's file as the plain values that `ansinh bank read` shows."""

from __future__ import annotations

from datetime import date
from typing import Any

from bank_adapters.contract import BankLine, LineKind
from bank_adapters.formats import pain002
from bank_adapters.formats.amounts import to_text
from bank_adapters.formats.camt_entry import Detail, Entry

Answer = dict[str, Any]


def amount_text(value: int | None, currency: str) -> str | None:
    """Decimal text, None for an amount that is not stated."""
    return None if value is None else to_text(value, currency)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def statement_entry(entry: Entry) -> Answer:
    """One movement with its payments."""
    only = entry.details[0] if len(entry.details) == 1 else None
    return {
        "amount": to_text(entry.amount, entry.currency),
        "status": entry.status or None,
        "booking_date": _iso(entry.booking_date),
        "value_date": _iso(entry.value_date),
        "reversal": entry.reversal,
        "bank_reference": entry.bank_reference or entry.entry_reference or None,
        "end_to_end_id": (only.end_to_end_id or None) if only else None,
        "reason": (only.return_reason or None) if only else None,
        "details": [_detail(detail, entry, only is not None) for detail in entry.details],
    }


def _detail(detail: Detail, entry: Entry, alone: bool) -> Answer:
    """One payment of an entry; alone and without an amount it has the entry's."""
    amount = amount_text(detail.amount, detail.currency)
    if amount is None and alone:
        amount = to_text(entry.amount, entry.currency)
    return {
        "amount": amount,
        "end_to_end_id": detail.end_to_end_id or None,
        "instruction_id": detail.instruction_id or None,
        "payment_information_id": detail.payment_information_id
        or entry.batch_payment_information_id
        or None,
        "transaction_id": detail.transaction_id or None,
        "bank_reference": detail.bank_reference or None,
        "return_reason": detail.return_reason or None,
        "remittance": detail.remittance or None,
        "name": detail.name or None,
    }


def status_entry(item: pain002.Transaction) -> Answer:
    """The status of one payment."""
    blank = dict.fromkeys(("booking_date", "value_date"))
    amount = amount_text(item.amount, item.currency)
    detail = {
        "amount": amount,
        "end_to_end_id": item.end_to_end_id or None,
        "instruction_id": item.instruction_id or None,
        "payment_information_id": item.payment_information_id or None,
        "transaction_id": None,
        "bank_reference": item.bank_reference or None,
        "return_reason": None,
        "remittance": item.reason_text or None,
        "name": None,
    }
    return {
        "amount": amount,
        "status": item.status or None,
        **blank,
        "reversal": False,
        "bank_reference": item.bank_reference or None,
        "end_to_end_id": item.end_to_end_id or None,
        "reason": item.reason or None,
        "details": [detail],
    }


def group_entry(status: str, why: str) -> Answer:
    """A status of the whole file or block, when no single payment is named."""
    empty = ("amount", "booking_date", "value_date", "bank_reference", "end_to_end_id")
    return {
        **dict.fromkeys(empty),
        "status": status,
        "reversal": False,
        "reason": why or None,
        "details": [],
    }


def word_entry(line: BankLine) -> Answer:
    """What was answered, told when asked, or called about one payment; it moves no money."""
    amount = to_text(line.amount, "VND") if line.amount else None
    blank = ("instruction_id", "payment_information_id", "transaction_id", "return_reason",
             "remittance", "name")  # fmt: skip
    named = {
        "bank_reference": line.bank_reference or None,
        "end_to_end_id": line.reference or None,
    }
    return {
        "amount": amount,
        "status": line.status or None,
        "booking_date": None,
        "value_date": None,
        "reversal": False,
        **named,
        "reason": line.reason or None,
        "details": [{"amount": amount, **named, **dict.fromkeys(blank)}],
    }


def list_entry(line: BankLine) -> Answer:
    """A paid line took money from the batch, an unpaid one left it there."""
    amount = to_text(line.amount if line.kind is LineKind.UNPAID else -line.amount, "VND")
    detail = {
        "amount": amount,
        "end_to_end_id": line.reference or None,
        "instruction_id": None,
        "payment_information_id": line.message_id or None,
        "transaction_id": None,
        "bank_reference": line.voucher or None,
        "return_reason": line.reason or None,
        "remittance": line.status or None,
        "name": line.counterparty or None,
    }
    return {
        "amount": amount,
        "status": line.kind.value.upper(),
        "booking_date": None,
        "value_date": _iso(line.value_date),
        "reversal": False,
        "bank_reference": line.voucher or None,
        "end_to_end_id": line.reference or None,
        "reason": line.reason or None,
        "details": [detail],
    }
