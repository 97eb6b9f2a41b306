"""From which month a line is paid, and up to which. Pure."""

from __future__ import annotations

from datetime import date

from app.months import month_of, shift

# Decree 147/2025/NĐ-CP: since this day every new line runs from the month the commune's
# chairman signs. It is limited to 1 March 2027; what follows is not decided yet.
SIGNING_COUNTS_FROM = date(2025, 7, 1)
# Before it (Decree 20/2021, art. 8), these groups ran from the month the condition was met:
# the age of 75 or 80, or the certificate of disability.
_FROM_CONDITION = frozenset({"C5b", "C5c", "C6a", "C6b", "C6c", "C6d"})


def start_month(code: str, signed_on: date, condition_on: date | None = None) -> str:
    """The first payable month of a decision signed on `signed_on` for a group.

    `condition_on` is the day of the age or of the certificate; it matters only for
    decisions signed before July 2025.
    """
    early = signed_on < SIGNING_COUNTS_FROM and code in _FROM_CONDITION
    return month_of(condition_on if early and condition_on else signed_on)


def stop_month(happened_on: date) -> str:
    """The last payable month after a death or the loss of a condition: its own month.

    Payment stops from the month after (Decree 20/2021, art. 8; Circular 02/2021, art. 2).
    """
    return month_of(happened_on)


def handover(moved_on: date) -> tuple[str, str]:
    """(last month of the old commune, first month of the new one) when somebody moves.

    The old commune pays the month of the move, the new one starts the month after, so that
    nobody is paid twice or missed (Decree 20/2021, art. 8; Decree 147/2025).
    """
    last = month_of(moved_on)
    return last, shift(last, 1)
