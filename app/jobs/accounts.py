"""What becomes of accounts by the payments into them, taken in once a day."""

from __future__ import annotations

from app.cashless.follow_up import follow_up
from app.jobs.runtime import Runtime


def follow_accounts(runtime: Runtime) -> str:
    """Confirm accounts by their first payment; who was returned takes cash from now on."""
    with runtime.database.unit_of_work() as session:
        told = follow_up(session, "system", runtime.clock.now())
    return ", ".join(f"{name} {count}" for name, count in told.items())
