"""A few facts that say whether the service does its work."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Text, column, func, select, table
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.disbursement.tables import batch, hold, instruction
from app.payroll.tables import payroll
from ledger.schema import Moment, Whole
from reconciliation.tables import inbound_file

RUNS_SHOWN = 20

# The jobs stand beside the pages and neither imports the other: this is all the pages read.
job_run = table(
    "job_run",
    *(column(name, Text) for name in ("job", "slot", "state", "detail")),
    *(column(name, Moment) for name in ("started_at", "finished_at")),
    *(column(name, Whole) for name in ("done", "total")),
)


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
