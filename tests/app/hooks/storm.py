"""A month of payments and the calls about them: in order, or as a bad day brings them.

Every payment is told of step by step (received, under way, paid or refused); a part of what was
paid is called returned, too. A storm tells the same words again, late, in any order, beside
calls that nobody signed and calls of another hour.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.support.calling import Ring, ring

LATE_MOST = timedelta(days=7)
BAD, STALE, TWICE, AGAIN_MOST = 10, 10, 300, 5  # per mille, and how often at most

BEGINS = ("RCVD", "PDNG", "ACCP", "ACSP")
PAID, REFUSED, BACK = ("ACWC", "ACSC", "ACCC"), ("RJCT",), ("RTRN",)


@dataclass(frozen=True, order=True)
class Word:
    """One word of the bank about one payment, at a second after the beginning."""

    at: int
    event_id: str
    body: bytes


def words(payments: Sequence[tuple[str, str]], most: int) -> list[Word]:
    """The words about payments (reference, account) in the order in which a bank says them."""
    found: list[Word] = []
    for number, (reference, account) in enumerate(payments):
        ends = REFUSED if number % 10 == 3 else PAID
        steps = (*BEGINS, *ends, *(BACK if number % 50 == 7 else ()))
        found += [_word(reference, account, number + at, step) for at, step in enumerate(steps)]
    return sorted(found)[:most]


def _word(reference: str, account: str, at: int, status: str) -> Word:
    reason = "AC04" if status in (*REFUSED, *BACK) else ""
    told = {"reference": reference, "status": status, "reason": reason, "amount": 500_000,
            "account": account, "bank_reference": f"FT{reference}", "at": ""}  # fmt: skip
    name = hashlib.sha256(f"{reference}|{status}".encode()).hexdigest()[:24]
    return Word(at, f"evt_{name}", json.dumps(told).encode())


@dataclass(frozen=True)
class Sent:
    """A call with the answer it must get; `day` counts from the beginning."""

    day: int
    call: Ring
    answer: int


def storm(said: Sequence[Word], began: datetime, dice: Random) -> list[Sent]:
    """What arrives, in the order in which it arrives, each signed at the beginning of its day."""
    arriving: list[tuple[float, Word, str]] = []
    for word in said:
        times = 1 + (dice.randint(1, AGAIN_MOST) if dice.randrange(1000) < TWICE else 0)
        arriving += [(_late(dice), word, "good") for _ in range(times)]
        for kind, most in (("bad", BAD), ("stale", STALE)):
            if dice.randrange(1000) < most:
                arriving.append((_late(dice), word, kind))
    arriving.sort(key=lambda one: one[0])
    return [_sent(late, word, kind, began) for late, word, kind in arriving]


def _late(dice: Random) -> float:
    return dice.uniform(0, LATE_MOST.total_seconds())


def _sent(late: float, word: Word, kind: str, began: datetime) -> Sent:
    """A forged one says that the money did not come; a stale one is an hour old."""
    day = int(late // 86_400)
    now = began + timedelta(days=day)
    if kind == "bad":
        forged = word.body.replace(b"ACCC", b"RJCT").replace(b"ACSP", b"RJCT")
        return Sent(day, ring(word.event_id, forged, now, b"x" * 32), 401)
    moment = now - timedelta(hours=1) if kind == "stale" else now
    return Sent(day, ring(word.event_id, word.body, moment), 401 if kind == "stale" else 200)
