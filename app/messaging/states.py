"""The states of a message and their legal moves, and the kinds of message there are.

A message in doubt may have been taken by the gateway: nobody knows. It leaves that state on a
delivery report, or goes once more under the same number at the gateway
(docs/operations/messages.md says how often).
"""

from __future__ import annotations

QUEUED, SENDING, SENT, IN_DOUBT = "queued", "sending", "sent", "in_doubt"
DELIVERED, FAILED = "delivered", "failed"

MESSAGE_MOVES = frozenset(
    {
        (QUEUED, SENDING),
        (QUEUED, FAILED),
        # What was heard late of an attempt that was given up, or is made again.
        (QUEUED, DELIVERED),
        (SENDING, QUEUED),
        (SENDING, SENT),
        (SENDING, IN_DOUBT),
        (SENDING, DELIVERED),
        (SENDING, FAILED),
        (IN_DOUBT, QUEUED),
        (IN_DOUBT, SENT),
        (IN_DOUBT, DELIVERED),
        (IN_DOUBT, FAILED),
        (SENT, QUEUED),
        (SENT, DELIVERED),
        (SENT, FAILED),
        (FAILED, DELIVERED),
    }
)

PAID, RETURNED, CASH_READY, JOINED, LEFT = "paid", "returned", "cash_ready", "joined", "left"
CODE, ANSWER = "code", "answer"
KINDS = (PAID, RETURNED, CASH_READY, JOINED, LEFT, CODE, ANSWER)

NO_SUCH_NUMBER, PHONE_OFF, REFUSED, EXPIRED = "no_such_number", "phone_off", "refused", "expired"
WITHDRAWN, UNKNOWN = "withdrawn", "unknown"
REASONS = ("", NO_SUCH_NUMBER, PHONE_OFF, REFUSED, EXPIRED, WITHDRAWN, UNKNOWN)
