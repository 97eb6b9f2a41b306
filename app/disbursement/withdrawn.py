"""Which verdicts of the matcher two officers may take back, each from the line that it was given.

What the bank only told again, the details of a sum of a whole batch, and money that came back
because we asked for it are not among them: there another line, the sum itself or the case is what
is put right.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciliation import matching

TAKEN_BACK: Mapping[str, str] = {
    matching.SETTLED: matching.SETTLED,
    matching.RETURNED: matching.RETURNED,
    matching.RETURNED_CLAIMED: matching.RETURNED,
    matching.RETURNED_BORNE: matching.RETURNED,
    matching.LUMP: matching.LUMP,
    matching.FUNDING: matching.FUNDING,
    matching.FEE_BACK: matching.FEE_BACK,
    matching.FEE_MONTH: matching.FEE_MONTH,
    matching.FEE_BATCH: matching.FEE_BATCH,
}
"""By verdict, what the line was taken for: as officers would have placed it."""

PAPERS = (matching.TREASURY, matching.RECOVERY)
"""Passes that only note a line: what it shows is in the books by a paper."""


def taken_for(verdict: str, pass_name: str, early: str) -> str:
    """What a line was taken for by the matcher, "" where that is not taken back."""
    if verdict == matching.NOTED and pass_name in PAPERS:
        return pass_name
    if verdict == matching.CREDIT_UNKNOWN and pass_name == early:
        return matching.RETURNED
    return TAKEN_BACK.get(verdict, "")
