"""Whether a bank's name for an account is the person's: one function, so that it can be bettered.

Names are compared without marks and case, as banks write them.
"""

from __future__ import annotations

from app.text import fold

EXACT, CLOSE, DIFFERENT = "exact", "close", "different"


def same_name(registered: str, at_bank: str) -> str:
    """'exact', 'close' (same words in another order, or a middle name missing), 'different'."""
    ours, theirs = fold(registered).split(), fold(at_bank).split()
    if ours == theirs:
        return EXACT if ours else DIFFERENT
    if not theirs or len(theirs) < 2:
        return DIFFERENT
    if sorted(ours) == sorted(theirs):
        return CLOSE
    ends = (ours[0], ours[-1]) == (theirs[0], theirs[-1])
    fewer, more = sorted((ours, theirs), key=len)
    return CLOSE if ends and set(fewer) <= set(more) else DIFFERENT
