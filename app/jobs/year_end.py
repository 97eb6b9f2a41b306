"""Closing a budget year: one unit of work, then the chain and its anchor outside."""

from __future__ import annotations

from collections.abc import Sequence

from app.access.together import Signer
from app.disbursement.year_end.settling import Settled, settle
from app.jobs.month_end import seal_chain
from app.jobs.runtime import Runtime


def settle_year(runtime: Runtime, signers: Sequence[Signer], digest: str, year: int) -> Settled:
    """Two officers settle a year and close it for ever; raises Refused with what is in the way."""
    with runtime.database.signed_work() as session:
        settled = settle(session, runtime.keyring, signers, digest, year, runtime.clock.now())
    seal_chain(runtime)
    return settled
