"""What the training finance officers do: close days, accept settlements, close months."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.together import Signer
from app.cli.demo.officers import code_of, officer_id
from app.clock import SteppedClock, local_date
from app.disbursement.settling import months
from app.disbursement.settling.accepting import drafts, joint_digest
from app.disbursement.settling.bank_days import day_drafts
from app.jobs.closing import accept_settlements, close_day
from app.jobs.month_end import close_month
from app.jobs.runtime import Runtime
from app.units.tables import provider
from reconciliation.chain_of_statements import told_until

TWO = ("finance.one", "finance.two")


def _signers(session: Session, runtime: Runtime, names: tuple[str, ...]) -> list[Signer]:
    return [Signer(officer_id(session, name), code_of(name, runtime)) for name in names]


def close_days(runtime: Runtime, clock: SteppedClock) -> str:
    """Close every bank account up to the last day that its bank has told of, a minute a day: a
    code serves once."""
    closed = 0
    with runtime.database.view() as session:
        days = _stated_days(session)
    for day in (one for one in days if one <= local_date(clock.now())):
        with runtime.database.view() as session:
            waiting = day_drafts(session, day, clock.now())
            (who,) = _signers(session, runtime, TWO[:1])
        if any(not one.missing for one in waiting):
            closed += len(close_day(runtime, who, day).closed)
        # Whether or not: a run that goes on where it was broken off uses no code again.
        clock.advance(timedelta(minutes=1))
    return f"{closed} accounts closed"


def _stated_days(session: Session) -> list[date]:
    """The last day of each account's statements."""
    banks = session.scalars(select(provider.c.code).where(provider.c.holds_advance == 0)).all()
    return sorted({day for code in banks for day in told_until(session, code).values()})


def settle(runtime: Runtime, period: str) -> str:
    """Two officers accept every settlement of the month; one that has a difference is refused."""
    with runtime.database.view() as session:
        two = _signers(session, runtime, TWO)
        found = drafts(session, period, runtime.clock.now())
    if not found:
        return "nothing to settle"
    digest = joint_digest(one.digest for one in found)
    done = accept_settlements(runtime, two, digest, period)
    return f"{len(done.settlements)} settlements accepted"


def close(runtime: Runtime, period: str) -> str:
    """Two officers close the month by the figures they read."""
    with runtime.database.view() as session:
        two = _signers(session, runtime, TWO)
        digest = months.digest_of(period, months.computed(session, period))
    return close_month(runtime, period, two, digest)
