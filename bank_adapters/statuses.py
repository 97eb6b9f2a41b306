"""What a status in a bank's report means for one instruction.

RCVD, ACTC, ACFC, PDNG and PATC change nothing but the time we last heard; ACCP, ACSP and ACWC
say accepted; ACSC says our account was debited; ACCC says the payee was credited; RJCT and
CANC say rejected, except for a duplicate, which is a case because the first one may be paid.
"""

from __future__ import annotations

from enum import StrEnum

from bank_adapters.reasons import CodeSet, reason


class Meaning(StrEnum):
    """Our reading of a status."""

    HEARD = "heard"  # the bank has it; nothing changes
    ACCEPTED = "accepted"
    DEBITED = "debited"  # accepted, with the debit as evidence
    CREDITED = "credited"
    HELD = "held"  # accepted, but not with the payee yet; someone has to look
    REJECTED = "rejected"
    DUPLICATE = "duplicate"  # a case
    NAME_CHECK = "name_check"  # a check of the payee's name, no payment status
    PER_TRANSACTION = "per_transaction"  # look at the single payments
    UNKNOWN = "unknown"  # an open code: nothing changes, somebody is told


_MEANINGS = {
    **dict.fromkeys(("RCVD", "ACTC", "ACFC", "PDNG", "PATC"), Meaning.HEARD),
    **dict.fromkeys(("ACCP", "ACSP", "ACWC"), Meaning.ACCEPTED),
    "ACSC": Meaning.DEBITED,
    "ACCC": Meaning.CREDITED,
    **dict.fromkeys(("ACWP", "ACFW", "BLCK"), Meaning.HELD),
    **dict.fromkeys(("RJCT", "CANC"), Meaning.REJECTED),
    **dict.fromkeys(("RCVC", "RVMC", "RVNM", "RVNA", "RVCM", "RVNC"), Meaning.NAME_CHECK),
    "PART": Meaning.PER_TRANSACTION,
}


def meaning(status: str, reason_code: str = "") -> Meaning:
    """The meaning of an ISO 20022 payment status, with its reason where there is one."""
    found = _MEANINGS.get(status.strip().upper(), Meaning.UNKNOWN)
    if found is Meaning.REJECTED and reason(CodeSet.STATUS, reason_code).duplicate:
        return Meaning.DUPLICATE
    return found
