"""By what a bank line is told from others, for every version of the rule there has been.

The key stands in the database, and the proof of the originals makes it again from the raw
bytes. So a rule that lines were stored by is kept for ever: a better one is a new version, and
each file remembers the version that made its lines (`inbound_file.reader`). The same holds for
what a reader gives as account, kind, amount, reference, status and reason of a line.

Version 1: an entry to which the bank gave no reference was known by the report it came in, so
the same entry in an advice and in a statement was two. Version 2: it is known by what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from bank_adapters.contract import BankLine, BankReport, LineKind

READER = 2
"""The version by which lines are stored today."""

EntryKey = Callable[[BankReport, BankLine, int, date], str]
"""(report, line, its place in the report, its booking day): the key before it is numbered."""


def _key_1(report: BankReport, line: BankLine, number: int, booked_on: date) -> str:
    if line.kind is LineKind.BOOKED and line.bank_reference:
        return f"{line.bank_reference}|{line.reference}|{line.amount}|{booked_on}"
    if line.kind is LineKind.BOOKED:
        return f"{report.report_id}|{number}|{line.amount}|{booked_on}"
    said = f"{line.kind.value}|{line.status}|{line.amount}"
    return f"{report.message_id or report.report_id}|{line.reference or number}|{said}"


def _key_2(report: BankReport, line: BankLine, number: int, booked_on: date) -> str:
    if line.kind is not LineKind.BOOKED:
        return _key_1(report, line, number, booked_on)
    named = line.bank_reference and not line.bank_reference.startswith(f"{report.report_id}/")
    return f"{line.bank_reference if named else ''}|{line.reference}|{line.amount}|{booked_on}"


KEYS: Mapping[int, EntryKey] = MappingProxyType({1: _key_1, 2: _key_2})


def day_of(report: BankReport, line: BankLine, today: date, reader: int) -> date:
    """The booking day: as stated, else the value day, else (from version 2 on) the report's own
    day, which is the same whenever the file is read; at last `today`."""
    stated = line.booking_date or line.value_date
    if stated is not None:
        return stated
    if reader > 1 and line.kind is LineKind.BOOKED:
        made = report.created_at.date() if report.created_at else None
        return report.to_day or made or today
    return today
