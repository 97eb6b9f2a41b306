"""The states of a message and their legal moves, and the kinds of message there are.

A message in doubt may have been taken by the gateway: nobody knows. It goes once more under the
same number at the gateway (docs/operations/messages.md says how often), or fails as unknown.
"""

from __future__ import annotations

QUEUED, SENDING, SENT, IN_DOUBT, FAILED = "queued", "sending", "sent", "in_doubt", "failed"

MESSAGE_MOVES = frozenset(
    {
        (QUEUED, SENDING),
        (QUEUED, FAILED),
        (SENDING, QUEUED),
        (SENDING, SENT),
        (SENDING, IN_DOUBT),
        (SENDING, FAILED),
        (IN_DOUBT, QUEUED),
        (IN_DOUBT, FAILED),
    }
)

PAID, RETURNED, CASH_READY, JOINED, LEFT = "paid", "returned", "cash_ready", "joined", "left"
KINDS = (PAID, RETURNED, CASH_READY, JOINED, LEFT)

NO_SUCH_NUMBER, REFUSED, EXPIRED = "no_such_number", "refused", "expired"
WITHDRAWN, UNKNOWN = "withdrawn", "unknown"
REASONS = ("", NO_SUCH_NUMBER, REFUSED, EXPIRED, WITHDRAWN, UNKNOWN)
