"""A few facts that say whether the service does its work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.disbursement.tables import batch, hold
from app.schedule.run_tables import FAILED
from app.schedule.runs import newest_runs
from reconciliation.tables import inbound_file


def facts(session: Session, runs: Sequence[Row[Any]]) -> dict[str, int]:
    """Counts by name: what waits for somebody, and how many of `runs` failed. Anybody may ask, as
    often as he likes: nothing is counted that grows with payments or with runs."""
    queries = {
        "batches_in_doubt": select(func.count()).where(batch.c.state == "in_doubt"),
        "files_waiting": select(func.count()).where(inbound_file.c.state.in_(("received", "read"))),
        "files_quarantined": select(func.count()).where(inbound_file.c.state == "quarantined"),
        "holds": select(func.count()).where(hold.c.cleared_at.is_(None)),
    }
    found = {name: session.scalar(query) or 0 for name, query in queries.items()}
    return {**found, "jobs_failed": sum(run.state == FAILED for run in runs)}


def runs(session: Session) -> list[Row[Any]]:
    """The last run of each job, the newest first."""
    found = sorted(newest_runs(session).values(), key=lambda run: str(run.job))
    return sorted(found, key=lambda run: run.started_at, reverse=True)
