"""The job that reads what gateways told: reports move messages, questions are answered.

Each call is one unit of work: what came of it and that it was read are written together, so that
a process may die between any two and everybody is still answered once.
"""

from __future__ import annotations

from collections import Counter

from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from app.answers.by_sms import reply
from app.jobs.apart import OURS
from app.jobs.queueing import OFF
from app.jobs.runtime import Runtime
from app.messaging import inbox
from app.messaging.gateways.hearing import meaning
from app.messaging.inbox import Heard
from app.messaging.reports import LATE, apply_report
from app.messaging.states import REPORT
from app.messaging.terms import Plan, read_plan

AT_ONCE = 100
UNREADABLE = "unreadable"


def answer_messages(runtime: Runtime) -> str:
    """Read what came since the last time; gives how many calls became what.

    A call on which a defect of ours is met waits, and stops nobody behind it: the job fails with
    that defect once all others are read.
    """
    plan = read_plan(runtime.settings.messages)
    if plan is None:
        return OFF
    counts: Counter[str] = Counter()
    defects: list[Exception] = []
    after = 0
    while numbers := _unread(runtime, after):
        for number in numbers:
            counts[_one_apart(runtime, plan, number, defects) or "waits"] += 1
        after = numbers[-1]
        runtime.progress("answer messages", counts.total(), counts.total())
    if defects:
        raise RuntimeError(f"{len(defects)} calls of gateways wait unread") from defects[0]
    return ", ".join(f"{count} {one}" for one, count in sorted(counts.items())) or "nothing new"


def _one_apart(runtime: Runtime, plan: Plan, number: int, defects: list[Exception]) -> str | None:
    try:
        return _one(runtime, plan, number)
    except OURS:
        raise
    except Exception as error:  # whatever it is: the job ends with it
        defects.append(error)
        return None


def _unread(runtime: Runtime, after: int) -> list[int]:
    with runtime.database.view() as session:
        return inbox.unread(session, after, AT_ONCE)


def _one(runtime: Runtime, plan: Plan, number: int) -> str | None:
    """What became of a call; None where it waits, or was read by another."""
    now = runtime.clock.now()
    with runtime.database.unit_of_work() as session:
        heard = inbox.opened(session, runtime.keyring, number)
        if heard is None:
            return None
        outcome = _judged(session, runtime, plan, number, heard)
        if outcome is not None:
            inbox.close(session, number, outcome, now)
        return outcome


def _replied(session: Session, runtime: Runtime, plan: Plan, number: int, heard: Heard) -> str:
    try:
        return reply(session, runtime.keyring, plan, number, heard.said, runtime.clock.now())
    except InvalidTag:  # the number in the register was altered: it stops nobody else's answer
        return UNREADABLE


def _judged(
    session: Session, runtime: Runtime, plan: Plan, number: int, heard: Heard
) -> str | None:
    now = runtime.clock.now()
    if not heard.said:
        return UNREADABLE
    if heard.kind != REPORT:
        return _replied(session, runtime, plan, number, heard)
    gateway = next((one for one in plan.gateways if one.get("name") == heard.gateway), {})
    found = meaning(gateway, heard.said)
    if found is None:
        return LATE
    name = heard.name.partition(":")[0]
    return apply_report(session, heard.gateway, name, *found, now)
