"""What becomes of accounts by the payments into them, taken in once a day."""

from __future__ import annotations

from app.cashless.follow_up import follow_up
from app.jobs.payrolls import open_follow_ups
from app.jobs.runtime import Runtime


def follow_accounts(runtime: Runtime) -> str:
    """Confirm accounts by their first payment; who was returned takes cash from now on."""
    with runtime.database.unit_of_work() as session:
        told = follow_up(session, "system", runtime.clock.now())
    return ", ".join(f"{name} {count}" for name, count in told.items())


def list_again(runtime: Runtime, period: str) -> str:
    """What came back and can be paid another way by now goes on follow-up payrolls of the month.

    First what became of payments is taken in, so that nobody waits a day for his other account.
    """
    told = follow_accounts(runtime)
    return f"{told}; {open_follow_ups(runtime, period)}"
