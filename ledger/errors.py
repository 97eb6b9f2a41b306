"""What the books may refuse.

LedgerError
├── Unbalanced      debits and credits differ, or an amount is out of range
├── Conflict        the same idempotency key with other content, or an item moved meanwhile
├── Overdrawn       an account or an item would fall below zero
├── PeriodClosed    the date lies in a closed period
├── WrongPeriod     a period that cannot be closed: not begun, or not its turn
├── UnknownAccount  no such account in the chart
├── ChartError      the chart's data cannot be right
└── AnchorError     the anchor file or the key that signs it cannot be read
"""

from __future__ import annotations


class LedgerError(Exception):
    """Base of every refusal of the books; nothing was written."""


class Unbalanced(LedgerError):
    """The entry does not balance; the caller made a mistake."""


class Conflict(LedgerError):
    """The idempotency key was used before for an entry with other content.

    Also: another writer moved one of the items at the same moment, or the items name one twice.
    """


class Overdrawn(LedgerError):
    """An account or an item that must not fall below zero would do so."""


class PeriodClosed(LedgerError):
    """The period of the entry's date is closed, or the day for an account of it; post on the first
    open day."""


class WrongPeriod(LedgerError):
    """The period cannot be closed: it has not begun, or another one comes first."""


class UnknownAccount(LedgerError):
    """The account was never opened in this chart."""


class ChartError(LedgerError):
    """A row of the chart, or of the table of public-sector accounts, cannot be right."""


class AnchorError(LedgerError):
    """A line of the anchor file is no anchor, or a key is no key."""
