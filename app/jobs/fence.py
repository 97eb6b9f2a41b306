"""Each slot of a job once: one row, won by an insert or by taking over a dead owner's turn.

A slot that failed is tried again after a growing pause, a limited number of times; then it waits
for a person (`ansinh jobs resume`). What went wrong stands in its row, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import AnSinhError
from app.jobs.memory import give_back
from app.jobs.runtime import Runtime
from app.jobs.turn import Lease, LostTurn, Turn
from app.schedule.run_tables import FAILED, FINISHED, RUNNING, job_run
from app.schedule.slots import Slot
from app.text import mask_numbers
from ledger.bulk import written

PAUSES = tuple(timedelta(minutes=one) for one in (1, 5, 15, 60, 240))
"""How long after each failure a slot is tried again; after the last one a person must look."""
LEASE = Lease()
ERROR_MAX = 500

Work = Callable[[Runtime], str]


class Outcome(Enum):
    """What became of a slot when a worker came to it."""

    RAN = "it was run, to its end"
    WAS_DONE = "somebody had finished it"
    BUSY = "another worker is at it"
    WAITS = "it failed and waits for its next try"
    STUCK = "it failed and waits for a person"


def run_slot(
    runtime: Runtime,
    job: str,
    slot: Slot,
    work: Work,
    *,
    at_once: bool = False,
    lease: Lease = LEASE,
) -> Outcome:
    """Run `work` unless the slot was finished before, is another's, or waits.

    `work` is a loop of idempotent steps, each one unit of work of the runtime it is handed, and
    gives one line of detail. `at_once` is a person's wish: neither pause nor limit counts.
    Raises what the work raised, after it was written down; LostTurn when another took over.
    """
    found = _win(runtime, job, slot, at_once, lease)
    if isinstance(found, Outcome):
        return found
    turn, failures = found
    try:
        with turn.beating():
            detail = work(turn.runtime)
        turn.finish(detail)
    except LostTurn:
        raise
    except Exception as error:
        turn.fail(in_words(error), failures + 1, _next_try(runtime, failures + 1))
        raise
    finally:
        give_back()
    return Outcome.RAN


def in_words(error: Exception) -> str:
    """What went wrong in one line without long numbers; what a database adds below its first line
    holds statements and values."""
    if isinstance(error, AnSinhError):
        said = str(error)
    else:
        lines = str(getattr(error, "orig", None) or error).strip().splitlines()
        said = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return mask_numbers(said)[:ERROR_MAX]


def _next_try(runtime: Runtime, failures: int) -> datetime | None:
    if failures > len(PAUSES):
        return None
    return runtime.clock.now() + PAUSES[failures - 1]


def _win(
    runtime: Runtime, job: str, slot: Slot, at_once: bool, lease: Lease
) -> tuple[Turn, int] | Outcome:
    """The turn and the failures so far, or why there is none."""
    try:
        with runtime.database.unit_of_work() as session:
            row = session.execute(
                select(job_run).where(job_run.c.job == job, job_run.c.slot == slot.name)
            ).one_or_none()
            if row is None:
                session.execute(insert(job_run).values(_row(runtime, job, slot, lease)))
                return Turn(runtime, job, slot.name, 1, lease), 0
            return _take_over(session, runtime, row, at_once, lease)
    except IntegrityError:
        return Outcome.BUSY  # another scheduler inserted the row first


def _take_over(
    session: Session, runtime: Runtime, row: Row[Any], at_once: bool, lease: Lease
) -> tuple[Turn, int] | Outcome:
    now, mine = runtime.clock.now(), row.owner == runtime.worker
    if why_not := _not_free(row, now, at_once, mine, lease):
        return why_not
    # A worker that died in it failed too: a slot that kills every worker must stop some day.
    died = row.state == RUNNING and not mine
    failures = row.failures + 1 if died else row.failures
    if died and failures > len(PAUSES) and not at_once:
        said = f"Tiến trình làm việc này đã dừng giữa chừng {failures} lần."
        _move(session, row, {"state": FAILED, "error": said, "failures": failures, "try_at": None})
        return Outcome.STUCK
    values = {
        "state": RUNNING,
        "owner": runtime.worker,
        "fence": row.fence + 1,
        "lease_until": now + lease.length,
        "heartbeat_at": now,
        "attempts": row.attempts + 1,
        "failures": failures,
        "try_at": None,
    }
    if not _move(session, row, values):
        return Outcome.BUSY
    return Turn(runtime, row.job, row.slot, row.fence + 1, lease), failures


def _not_free(
    row: Row[Any], now: datetime, at_once: bool, mine: bool, lease: Lease
) -> Outcome | None:
    """Why a worker may not have the slot; None when it may.

    A moment that lies further ahead than was ever set was told by a clock that has since been
    put back: it holds nothing up.
    """
    if row.state == FINISHED:
        return Outcome.WAS_DONE
    if row.state == RUNNING:
        beat = row.heartbeat_at or row.started_at
        dead = row.lease_until < now or beat > now + lease.length
        return None if mine or dead else Outcome.BUSY
    if at_once:
        return None
    if row.try_at is None:
        return Outcome.STUCK
    waits = now < row.try_at <= now + max(PAUSES)
    return Outcome.WAITS if waits else None


def _move(session: Session, row: Row[Any], values: dict[str, Any]) -> bool:
    """Change the row if it is still as it was read."""
    as_read = (
        job_run.c.job == row.job,
        job_run.c.slot == row.slot,
        job_run.c.state == row.state,
        job_run.c.fence == row.fence,
        job_run.c.heartbeat_at.is_not_distinct_from(row.heartbeat_at),
    )
    return written(session, update(job_run).where(*as_read).values(values)) == 1


def _row(runtime: Runtime, job: str, slot: Slot, lease: Lease) -> dict[str, object]:
    now = runtime.clock.now()
    return {
        "job": job,
        "slot": slot.name,
        "state": RUNNING,
        "owner": runtime.worker,
        "fence": 1,
        "started_at": now,
        "lease_until": now + lease.length,
        "done": 0,
        "total": 0,
        "detail": "",
        "due_at": slot.at,
        "heartbeat_at": now,
        "attempts": 1,
        "failures": 0,
        "error": "",
    }
