"""What each planned job does; when it is due stands in `app/schedule/plan.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields

from app.jobs import (
    accounts,
    answering,
    before_due,
    codes,
    collecting,
    counting,
    enquiring,
    messaging,
    month_end,
    packing,
    payrolls,
    queueing,
    resending,
    sending,
)
from app.jobs.due import Job
from app.jobs.runtime import Runtime
from app.schedule.plan import PLAN
from app.schedule.slots import Slot

_WORK: Mapping[str, Callable[[Runtime, Slot], str]] = {
    "open_payrolls": lambda run, slot: payrolls.open_payrolls(run, slot.next_month),
    "remind": lambda run, slot: before_due.remind_officers(run, slot.name, slot.next_month),
    "lock_list": lambda run, slot: before_due.lock_month(run, slot.next_month),
    "request_funding": lambda run, slot: month_end.request_funding(run, slot.next_month),
    "build": lambda run, slot: before_due.build_due(run),
    "send": lambda run, slot: sending.send_batches(run),
    "pack_events": lambda run, slot: packing.pack_events(run),
    "collect": lambda run, slot: collecting.collect_and_apply(run),
    "count_months": lambda run, slot: counting.count_months(run),
    "resend": lambda run, slot: resending.resend_in_doubt(run),
    "enquire": lambda run, slot: enquiring.enquire(run),
    "seal_chain": lambda run, slot: month_end.seal_chain(run),
    "queue_messages": lambda run, slot: queueing.queue_messages(run),
    "send_codes": lambda run, slot: codes.send_codes(run),
    "answer_messages": lambda run, slot: answering.answer_messages(run),
    "send_messages": lambda run, slot: messaging.send_messages(run),
    "follow_accounts": lambda run, slot: accounts.follow_accounts(run),
    "list_again": lambda run, slot: accounts.list_again(run, slot.month),
    "proofs": lambda run, slot: month_end.nightly_proofs(run),
}

JOBS: tuple[Job, ...] = tuple(
    Job(**{field.name: getattr(one, field.name) for field in fields(one)}, work=_WORK[one.name])
    for one in PLAN
)


def lines(jobs: tuple[Job, ...] = JOBS) -> dict[str, tuple[Job, ...]]:
    """The jobs of each line, in the order of the list."""
    return {one: tuple(job for job in jobs if job.queue == one) for one in _names(jobs)}


def _names(jobs: tuple[Job, ...]) -> list[str]:
    return list(dict.fromkeys(job.queue for job in jobs))
