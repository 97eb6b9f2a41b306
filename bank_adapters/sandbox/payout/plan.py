"""Which fault meets which request: decided by a digest, so nothing has to be remembered.

A fault is drawn from sha256("seed|fault|reference|attempt"). The order of requests, threads,
and a bank killed in between change nothing: the same attempt at the same reference meets
the same fault.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# How a request is answered: at most one of these, in this order.
ANSWER = (
    "lost",  # never arrives; nothing is done, nothing is said
    "busy",  # 429 or 503 with {"taken": false}: nothing is done
    "server_error",  # 5xx without that word, and only the bank knows whether it did it
    "accept_then_timeout",  # done, but no answer
    "reset",  # the connection breaks, and only the bank knows whether it did it
    "garbage_answer",  # done; the answer is no answer
    "slow",  # done; answered late
)
# What becomes of a payment the bank took: at most one of these, in this order.
FATE = (
    "reject",  # refused at once
    "reject_later",  # accepted, refused when it was to be executed
    "return",  # executed, comes back
    "amount_changed",  # executed with another amount
    "executed_twice",  # debited and paid twice
    "dropped",  # accepted and forgotten: never executed, never rejected
)
# Callbacks and enquiries: each by itself.
CALLBACK = (
    "callback_twice",  # comes again although it was answered 2xx
    "callback_late",
    "callback_lost",
    "callback_forged",  # one more, by somebody who does not have the secret
    "callback_lies",  # signed by the bank, with another amount or account
)
ENQUIRY = ("enquiry_timeout", "enquiry_not_found")
# What the bank that takes files does with one, drawn by its message id.
FILE = (
    "cut_after_rename",  # delivered, then the line goes dead and no answer ever comes
    "answer_lost",  # executed and booked, but the file is never answered
    "answer_twice",  # the answer comes again under another name
)
FAULTS = (*ANSWER, *FATE, *CALLBACK, *ENQUIRY, *FILE)
SCALE = 1_000_000
PER_MILLE = 1_000
Thresholds = tuple[tuple[str, int], ...]


def draw(seed: int, fault: str, reference: str, attempt: int) -> int:
    """A number from 0 to 999,999 that only these four decide."""
    text = f"{seed}|{fault}|{reference}|{attempt}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % SCALE


@dataclass(frozen=True)
class FaultPlan:
    """`per_mille` says of each fault how many of 1,000 attempts it meets; none when missing.

    ValueError for an unknown fault, a share outside 0 to 1,000, or a group above 1,000.
    """

    seed: int = 0
    per_mille: Mapping[str, int] = field(default_factory=dict)
    _answer: Thresholds = field(init=False, repr=False)
    _fate: Thresholds = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for fault, share in self.per_mille.items():
            if fault not in FAULTS:
                raise ValueError(f"'{fault}' is no fault; there are {', '.join(FAULTS)}")
            if not 0 <= share <= PER_MILLE:
                raise ValueError(f"{fault}: a share per mille is 0 to 1000, not {share!r}")
        object.__setattr__(self, "_answer", self._thresholds(ANSWER))
        object.__setattr__(self, "_fate", self._thresholds(FATE))

    def _thresholds(self, group: Sequence[str]) -> Thresholds:
        """Of a group only one happens, and each in its stated share of all.

        So a later one is drawn with its share of what the earlier ones left.
        """
        before, found = 0, []
        for fault in group:
            share = self.per_mille.get(fault, 0)
            if before + share > PER_MILLE:
                raise ValueError(f"the shares of {', '.join(group)} sum up to more than 1000")
            if share:
                found.append((fault, share * SCALE // (PER_MILLE - before)))
            before += share
        return tuple(found)

    def answer(self, reference: str, attempt: int) -> str:
        """Which fault of ANSWER meets this attempt; "" for none."""
        return self._first(self._answer, reference, attempt)

    def fate(self, reference: str, attempt: int) -> str:
        """Which fault of FATE meets a payment taken by this attempt; "" for none."""
        return self._first(self._fate, reference, attempt)

    def plays(self, fault: str, reference: str, attempt: int) -> bool:
        """Whether a fault that stands by itself meets this attempt."""
        share = self.per_mille.get(fault, 0)
        drawn = share and draw(self.seed, fault, reference, attempt)
        return bool(share) and drawn < share * SCALE // PER_MILLE

    def coin(self, question: str, reference: str, attempt: int, sides: int = 2) -> int:
        """A number below `sides` that the same four decide: which variant of a fault."""
        return draw(self.seed, question, reference, attempt) * sides // SCALE

    def _first(self, group: Thresholds, reference: str, attempt: int) -> str:
        for fault, threshold in group:
            if draw(self.seed, fault, reference, attempt) < threshold:
                return fault
        return ""
