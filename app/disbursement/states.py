"""The states of batches and instructions and their legal moves.

A batch in doubt leaves that state only on evidence, or when the same sealed bytes are handed
over again under a new claim: to a provider that declares that it refuses a repetition (decision
0005), or because our own process knows that it did not hand them over.
"""

from __future__ import annotations

BUILT, RELEASED, SENDING, SENT = "built", "released", "sending", "sent"
IN_DOUBT, ANSWERED, DONE, CANCELLED = "in_doubt", "answered", "done", "cancelled"

BATCH_MOVES = frozenset(
    {
        (BUILT, RELEASED),
        (BUILT, CANCELLED),
        (RELEASED, SENDING),
        (RELEASED, BUILT),
        (RELEASED, CANCELLED),
        (SENDING, SENT),
        (SENDING, IN_DOUBT),
        (SENDING, ANSWERED),
        (SENT, ANSWERED),
        (SENT, IN_DOUBT),
        (IN_DOUBT, SENDING),
        (IN_DOUBT, SENT),
        (IN_DOUBT, ANSWERED),
        (ANSWERED, IN_DOUBT),
        (ANSWERED, DONE),
        (SENT, DONE),
        (IN_DOUBT, DONE),
        (DONE, ANSWERED),
    }
)

READY, ACCEPTED, SETTLED, REJECTED = "ready", "accepted", "settled", "rejected"
RETURNED, NOT_RECEIVED, RECALLED = "returned", "not_received", "recalled"

AFTER_ALL = frozenset({(REJECTED, SETTLED), (NOT_RECEIVED, SETTLED)})
"""A payment that was closed as not gone and went: two officers place its debit on it (T14m)."""
TAKEN_BACK = frozenset(
    {(SETTLED, READY), (SETTLED, ACCEPTED), (RETURNED, SETTLED)}
    | {(after, before) for before, after in AFTER_ALL}
)
"""Where a payment goes when two officers take back what a line was placed on."""
INSTRUCTION_MOVES = (
    AFTER_ALL
    | TAKEN_BACK
    | frozenset(
        {
            (READY, ACCEPTED),
            (READY, SETTLED),
            (READY, REJECTED),
            (READY, NOT_RECEIVED),
            (READY, CANCELLED),
            (ACCEPTED, SETTLED),
            (ACCEPTED, REJECTED),
            (ACCEPTED, NOT_RECEIVED),
            (SETTLED, RETURNED),
            (SETTLED, RECALLED),
        }
    )
)
"""Sending, sent and in doubt are states of the batch; an instruction stays `ready` in it."""
