"""What became of the slots, for people: lists, what waits for them, and letting it go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.errors import InputError, NotFound
from app.reference.calendar import Calendar
from app.schedule.plan import PLAN, Planned
from app.schedule.run_tables import FAILED, FINISHED, job_run, job_since, scheduler_seen
from app.schedule.slots import Slot
from ledger.bulk import written

SILENT_AFTER = timedelta(minutes=5)
SHOWN = 50
AHEAD = timedelta(days=62)
J = TypeVar("J", bound=Planned)


def job_named(name: str, jobs: Sequence[J]) -> J:
    """A job of the list. Raises NotFound with the names there are."""
    for job in jobs:
        if job.name == name:
            return job
    names = ", ".join(job.name for job in jobs)
    raise NotFound(f"Không có việc nào tên “{name[:40]}”.", f"Các việc: {names}.")


def newest_runs(session: Session) -> dict[str, Row[Any]]:
    """The run of the newest slot of each planned job that ever ran, by name; each by its key, since
    a job of every minute has half a million runs a year."""
    row = job_run.c
    newest = select(job_run).order_by(row.slot.desc()).limit(1)
    found = (session.execute(newest.where(row.job == one.name)).first() for one in PLAN)
    return {run.job: run for run in found if run is not None}


def runs_of(
    session: Session, job: str, slot: str = "", *, none_is_missing: bool = True
) -> list[Row[Any]]:
    """The runs of the newest slots of a job first, or the run of one slot. Raises NotFound for
    none, unless none is an answer as well."""
    query = select(job_run).where(job_run.c.job == job)
    if slot:
        query = query.where(job_run.c.slot == slot)
    rows = list(session.execute(query.order_by(job_run.c.slot.desc()).limit(SHOWN)))
    if not rows and none_is_missing:
        raise NotFound(f"Việc {job}{slot and f' {slot}'} chưa chạy lần nào.", "Xem jobs list.")
    return rows


def run_of(session: Session, job: str, slot: str) -> Row[Any] | None:
    """The run of one slot; None where it never began."""
    query = select(job_run).where(job_run.c.job == job, job_run.c.slot == slot)
    return session.execute(query).one_or_none()


def waiting_for_people(session: Session, jobs: Sequence[Planned] = PLAN) -> list[Row[Any]]:
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


def since(session: Session, job: str) -> datetime | None:
    """From when on a job's slots count; None where no scheduler ever knew it."""
    return session.scalar(select(job_since.c.since).where(job_since.c.job == job))


def due_slots(session: Session, job: Planned, now: datetime, calendar: Calendar) -> list[Slot]:
    """The slots of a job up to now that are not finished, oldest first, within its horizon."""
    begins = since(session, job.name)
    if begins is None:
        return []
    slots = list(job.rule.slots(max(begins, now - job.horizon), now, calendar))
    names = [slot.name for slot in slots]
    row = job_run.c
    done = select(row.slot).where(row.job == job.name, row.state == FINISHED, row.slot.in_(names))
    finished = set(session.scalars(done))
    return [slot for slot in slots if slot.name not in finished]


def next_slot(job: Planned, now: datetime, calendar: Calendar) -> Slot | None:
    """The first slot of a job that comes after a moment, within the next two months."""
    return next(job.rule.slots(now, now + AHEAD, calendar), None)
