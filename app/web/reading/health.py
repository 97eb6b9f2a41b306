"""A few facts that say whether the service does its work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.disbursement.tables import batch, hold, instruction
from app.payroll.tables import payroll
from app.schedule.run_tables import job_run
from reconciliation.tables import inbound_file

RUNS_SHOWN = 20


def facts(session: Session) -> dict[str, int]:
    """Counts by name: what the database holds, and what waits for somebody."""
    queries = {
        "people": select(func.count()).select_from(person),
        "payrolls": select(func.count()).select_from(payroll),
        "instructions": select(func.count()).select_from(instruction),
        "batches_in_doubt": select(func.count()).where(batch.c.state == "in_doubt"),
        "files_waiting": select(func.count()).where(inbound_file.c.state.in_(("received", "read"))),
        "files_quarantined": select(func.count()).where(inbound_file.c.state == "quarantined"),
        "holds": select(func.count()).where(hold.c.cleared_at.is_(None)),
        "jobs_failed": select(func.count()).where(job_run.c.state == "failed"),
    }
    return {name: session.scalar(query) or 0 for name, query in queries.items()}


def runs(session: Session) -> list[Row[Any]]:
    """The last runs of the jobs."""
    query = select(job_run).order_by(job_run.c.started_at.desc(), job_run.c.job)
    return list(session.execute(query.limit(RUNS_SHOWN)))
