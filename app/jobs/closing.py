"""Closing days and accepting settlements: one unit of work each, while nobody else writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement

from app.access.together import Signer
from app.disbursement.settling import accepting, bank_days
from app.disbursement.settling.accepting import Accepted
from app.disbursement.settling.bank_days import ClosedDays
from app.jobs.runtime import Runtime

Where = tuple[ColumnElement[bool], ...]
"""Conditions on the contracts that are meant; none for all."""


def close_day(runtime: Runtime, signer: Signer, day: date, where: Where = ()) -> ClosedDays:
    """A finance officer closes the day of every bank account that is ready."""
    with runtime.database.signed_work() as session:
        now = runtime.clock.now()
        return bank_days.close_days(session, runtime.keyring, signer, day, now, where)


def accept_settlements(
    runtime: Runtime, signers: Sequence[Signer], digest: str, period: str, where: Where = ()
) -> Accepted:
    """Two finance officers accept the settlements of a month that they read."""
    with runtime.database.signed_work() as session:
        now = runtime.clock.now()
        return accepting.accept(session, runtime.keyring, signers, digest, period, now, where)
