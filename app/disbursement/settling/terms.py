"""The lines of the journal behind each figure of money of a settlement and of a month's identity.

What the books tell stands with what adds it up (`figures.TERMS`, `reconciliation.closing.TERMS`).
What was paid, and what providers kept, is added up from the outcomes: its lines are those that the
outcomes name as booked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import ColumnElement

from app.disbursement.outcomes import EFFECTS
from app.disbursement.paid import proven_by_outcomes
from app.disbursement.settling import figures
from app.disbursement.tables import instruction
from ledger.counting import CREDIT, Lines, Terms
from reconciliation import closing, matching

MONTH, SETTLEMENT = "month", "settlement"
TERMS_IN = ("opening", "funding", "not_ours_in")
TERMS_OUT = ("credited", "cash_paid", "fees_and_not_ours_out", "back_to_treasury")
CAME = ("opening", "received", "made_good", "other_in")
WENT = ("credited", "cash_out", "lost", "returned", "other_out")

_OF_BOOKS: Mapping[str, Terms] = {MONTH: closing.TERMS, SETTLEMENT: figures.TERMS}
_OF_OUTCOMES: Mapping[str, Mapping[str, str]] = {
    MONTH: {"credited": "credited", "cash_paid": "cash", "fees_and_not_ours_out": "kept"},
    SETTLEMENT: {"credited": "credited", "cash_out": "cash", "other_out": "kept"},
}
_SUMS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    MONTH: {"came": TERMS_IN, "went": TERMS_OUT},
    SETTLEMENT: {"came": CAME, "went": WENT},
}
CHARGES = tuple(
    effect.also.recipe
    for verdict in (matching.RETURNED_CLAIMED, matching.RETURNED_BORNE)
    if (effect := EFFECTS[verdict]).also is not None
)
_KEPT, _ON_THE_WAY = ("claim", "fee"), "suspense"


def lines_of(
    of: str, name: str, first: date, last: date, where: tuple[ColumnElement[bool], ...] = ()
) -> tuple[Lines, ...]:
    """The lines of a figure of a MONTH or a SETTLEMENT from `first` to `last`, by the name that it
    has there; `where` narrows the contracts of what was paid. None for what is no such figure."""
    parts = _SUMS.get(of, {}).get(name, (name,))
    return tuple(
        line
        for one in parts
        for line in (
            *_OF_BOOKS.get(of, {}).get(one, ()),
            *_paid_lines(_OF_OUTCOMES.get(of, {}).get(one, ""), first, last, where),
        )
    )


def _paid_lines(
    what: str, first: date, last: date, where: tuple[ColumnElement[bool], ...]
) -> tuple[Lines, ...]:
    method = instruction.c.method
    if what == "kept":
        proven = proven_by_outcomes(first, last, where, CHARGES)
        return (Lines(_KEPT, CHARGES, proven=proven),)
    if what not in ("credited", "cash"):
        return ()
    how = method == "cash" if what == "cash" else method != "cash"
    proven = proven_by_outcomes(first, last, (how, *where), CHARGES)
    # A return counts whole, what was kept of it too, and so does one that waited in suspense.
    return (Lines((*closing.MONEY, *_KEPT, _ON_THE_WAY), adds=CREDIT, proven=proven),)
