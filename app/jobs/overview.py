"""What became of the slots, for people: lists, what waits for them, and letting it go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.errors import InputError, NotFound
from app.jobs.due import Job
from app.jobs.schedule import JOBS
from app.jobs.tables import job_run, scheduler_seen
from app.jobs.turn import FAILED, FINISHED
from ledger.bulk import written

SILENT_AFTER = timedelta(minutes=5)
SHOWN = 50


def job_named(name: str, jobs: Sequence[Job] = JOBS) -> Job:
    """A job of the list. Raises NotFound with the names there are."""
    for job in jobs:
        if job.name == name:
            return job
    names = ", ".join(job.name for job in jobs)
    raise NotFound(f"Không có việc nào tên “{name[:40]}”.", f"Các việc: {names}.")


def newest_runs(session: Session) -> dict[str, Row[Any]]:
    """The newest run of each job that ever ran, by name."""
    newest = select(job_run.c.job, func.max(job_run.c.started_at).label("at"))
    last = newest.group_by(job_run.c.job).subquery()
    query = select(job_run).join(
        last, (last.c.job == job_run.c.job) & (last.c.at == job_run.c.started_at)
    )
    return {row.job: row for row in session.execute(query.order_by(job_run.c.slot))}


def runs_of(session: Session, job: str, slot: str = "") -> list[Row[Any]]:
    """The newest runs of a job first, or the run of one slot. Raises NotFound for none."""
    query = select(job_run).where(job_run.c.job == job)
    if slot:
        query = query.where(job_run.c.slot == slot)
    rows = list(session.execute(query.order_by(job_run.c.started_at.desc()).limit(SHOWN)))
    if not rows:
        raise NotFound(f"Việc {job} {slot} chưa chạy lần nào.".replace("  ", " "), "Xem jobs list.")
    return rows


def waiting_for_people(session: Session, jobs: Sequence[Job] = JOBS) -> list[Row[Any]]:
    """Slots that failed as often as they may, of jobs in which no later slot makes up for it."""
    names = [job.name for job in jobs if not job.repeats]
    row = job_run.c
    query = select(job_run).where(row.state == FAILED, row.try_at.is_(None), row.job.in_(names))
    return list(session.execute(query.order_by(row.due_at)))


def let_go_on(
    session: Session, job: str, slot: str, actor: str, now: datetime, done_because: str = ""
) -> None:
    """A failed slot is tried again at once; or counts as done, with the reason, when people did it.

    Raises NotFound when the slot did not fail.
    """
    values: dict[str, Any] = {"failures": 0, "try_at": now}
    if done_because:
        said = f"người làm: {done_because}"
        values = {"state": FINISHED, "finished_at": now, "detail": said, "try_at": None}
    mine = (job_run.c.job == job, job_run.c.slot == slot, job_run.c.state == FAILED)
    if written(session, update(job_run).where(*mine).values(values)) != 1:
        raise NotFound(f"Việc {job} ({slot}) không hỏng.", "Xem `ansinh jobs show` rồi chọn lại.")
    what = "jobs:slot:done" if done_because else "jobs:slot:resume"
    record(session, now, actor, what, f"{job}@{slot}", done_because)


def require_reason(reason: str | None) -> str:
    """A reason in one sentence. Raises InputError when it is blank."""
    if reason is not None and not reason.strip():
        raise InputError("Lý do trống.", "Ghi một câu, ví dụ “đã lập bằng tay ngày 19/10”.")
    return (reason or "").strip()


def last_seen(session: Session) -> datetime | None:
    """When any scheduler was seen last; None when none ever was."""
    seen: datetime | None = session.scalar(select(func.max(scheduler_seen.c.seen_at)))
    return seen
