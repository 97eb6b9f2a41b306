"""Why a payment failed: the code that came with its outcome, by the kind of line that said it."""

from __future__ import annotations

from bank_adapters.reasons import CodeSet, Reason, reason

_EVIDENCE_SETS = {"booked": CodeSet.RETURN, "status": CodeSet.STATUS}


def reason_of(evidence: str, code: str) -> Reason:
    """What a reason means; the set of codes follows from the kind of line that said it."""
    return reason(_EVIDENCE_SETS.get(evidence, CodeSet.LIST), code)
