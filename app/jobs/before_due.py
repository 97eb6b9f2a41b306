"""Jobs between the list and the due day: reminders, the lock of the list, batches in time."""

from __future__ import annotations

from app.disbursement.batches import build
from app.disbursement.due import due
from app.jobs.runtime import Runtime
from app.payroll.reminders import remind
from app.schedule.locking import lock_list


def remind_officers(runtime: Runtime, slot: str, period: str) -> str:
    """Remind officers of what waits for them before the list of the month is locked."""
    with runtime.database.unit_of_work() as session:
        count = remind(session, slot, period, runtime.clock.now())
    return f"{count} reminders"


def lock_month(runtime: Runtime, period: str) -> str:
    """Fix the list of a month; a second time it changes nothing."""
    with runtime.database.unit_of_work() as session:
        is_new = lock_list(session, period, "jobs", runtime.clock.now())
    return f"list of {period} {'locked' if is_new else 'was locked'}"


def build_due(runtime: Runtime) -> str:
    """Batches of approved payrolls that are to be paid within the days a release lives.

    Each is for the due day of its contract; what was approved later is paid on the next banking
    day.
    """
    with runtime.database.view() as session:
        near = due(session, runtime.clock.now())
    built, most = 0, runtime.most_lines
    for number, (payroll_id, contract_id, day) in enumerate(near, start=1):
        with runtime.database.unit_of_work() as session:
            built += len(build(session, payroll_id, contract_id, day, runtime.clock.now(), most))
        runtime.progress("build", number, len(near))
    return f"{built} batches"
