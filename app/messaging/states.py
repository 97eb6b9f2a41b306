"""The states of a message and their legal moves, and the kinds of message there are.

A message in doubt may have been taken by the gateway: nobody knows. It goes once more under the
same number at the gateway (docs/operations/messages.md says how often), or fails as unknown.
"""

from __future__ import annotations

QUEUED, SENDING, SENT, IN_DOUBT, FAILED = "queued", "sending", "sent", "in_doubt", "failed"
DELIVERED = "delivered"

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
        # By a delivery report; it ends a doubt too, before the second copy leaves or after.
        (SENT, DELIVERED),
        (SENT, FAILED),
        (IN_DOUBT, DELIVERED),
        (QUEUED, DELIVERED),
    }
)

PAID, RETURNED, CASH_READY, JOINED, LEFT = "paid", "returned", "cash_ready", "joined", "left"
EVENTS = (PAID, RETURNED, CASH_READY, JOINED, LEFT)
"""What is read from the books and lists, by marks."""
CODE, ANSWER, CASE, AGAIN = "code", "answer", "case", "again"
TAKEN_BACK, SIGNED_OUT = "taken_back", "signed_out"
KINDS = (*EVENTS, CODE, ANSWER, CASE, AGAIN, TAKEN_BACK, SIGNED_OUT)
ASKED = (CODE, ANSWER, AGAIN)
"""What somebody waits for now: it goes first, and at night too. Budget and limits hold for it."""

ASK, REPORT = "asked", "report"
HEARD = (ASK, REPORT)
"""What a gateway tells: a question of somebody, and what became of a message."""
OUTCOMES = ("", "answered", "helped", "silent", "delivered", "failed", "late", "unreadable")
"""What became of what was heard; '' while it waits."""

NO_SUCH_NUMBER, REFUSED, EXPIRED = "no_such_number", "refused", "expired"
WITHDRAWN, UNKNOWN, UNDELIVERED = "withdrawn", "unknown", "undelivered"
REASONS = ("", NO_SUCH_NUMBER, REFUSED, EXPIRED, WITHDRAWN, UNKNOWN, UNDELIVERED)
