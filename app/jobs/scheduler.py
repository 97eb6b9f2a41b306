"""When jobs run: APScheduler says when, the fence makes each slot run once.

A process of its own. Slots are moments rounded to the job's rhythm, so that two schedulers,
or one that comes back after an outage, agree on the slot's name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from app.clock import TIME_ZONE
from app.jobs import accounts, collecting, month_end, payrolls, sending
from app.jobs.fence import run_slot
from app.jobs.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Job:
    """One job: when it is due (cron fields, Viet Nam's time), what it does, in words."""

    name: str
    cron: str
    work: Callable[[Runtime, datetime], str]
    says: str


def _period(at: datetime, months: int = 0) -> str:
    month = at.month - 1 + months
    return f"{at.year + month // 12}-{month % 12 + 1:02}"


JOBS: tuple[Job, ...] = (
    Job(
        "open_payrolls",
        "0 14 20 * *",
        lambda run, at: payrolls.open_payrolls(run, _period(at, 1)),
        "entitlements and draft payrolls of the next month",
    ),
    Job(
        "request_funding",
        "0 9 23 * *",
        lambda run, at: month_end.request_funding(run, _period(at, 1)),
        "withdrawal requests of the next month, before the 25th",
    ),
    Job(
        "send",
        "*/10 8-16 * * *",
        lambda run, at: sending.send_batches(run),
        "released batches whose day has come",
    ),
    Job(
        "collect",
        "*/10 * * * *",
        lambda run, at: collecting.collect_and_apply(run),
        "fetch, read, match and apply what providers have",
    ),
    Job(
        "resend",
        "0 14 * * *",
        lambda run, at: sending.resend_in_doubt(run),
        "the same sealed bytes again, where the provider refuses repetitions",
    ),
    Job(
        "seal_chain",
        "* * * * *",
        lambda run, at: month_end.seal_chain(run),
        "voucher numbers and the chain",
    ),
    Job(
        "follow_accounts",
        "0 20 * * *",
        lambda run, at: accounts.follow_accounts(run),
        "first payments into accounts: confirmed, or cash from now on",
    ),
    Job(
        "proofs",
        "30 1 * * *",
        lambda run, at: month_end.nightly_proofs(run),
        "prove the books; a failure sets the global hold",
    ),
)


def start_due(runtime: Runtime, job: Job, at: datetime) -> bool:
    """Run one slot of a job unless somebody has; the slot is the minute it was due."""
    slot = at.astimezone(TIME_ZONE).strftime("%Y-%m-%dT%H:%M")
    return run_slot(runtime, job.name, slot, lambda: job.work(runtime, at))


def build_scheduler(runtime: Runtime) -> BlockingScheduler:
    """The scheduler with every job; missed slots run once, two of one job never overlap."""
    scheduler = BlockingScheduler(timezone=TIME_ZONE)
    for job in JOBS:
        scheduler.add_job(
            lambda one=job: start_due(runtime, one, runtime.clock.now()),
            CronTrigger.from_crontab(job.cron, timezone=TIME_ZONE),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=6 * 3600,
        )
    return scheduler


def run_scheduler(runtime: Runtime) -> None:
    """Run until stopped."""
    build_scheduler(runtime).start()
