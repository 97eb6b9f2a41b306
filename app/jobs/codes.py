"""The job that sends one-time codes: decide on what was asked for, then let it leave at once."""

from __future__ import annotations

import secrets
from collections import Counter

from app.jobs.messaging import send_messages
from app.jobs.queueing import OFF
from app.jobs.runtime import Runtime
from app.messaging.terms import read_plan
from app.self_service.asking import Dice
from app.self_service.deciding import decide, tidy

AT_ONCE = 200


def send_codes(runtime: Runtime, dice: Dice = secrets.token_bytes) -> str:
    """Decide on every request for a code, queue and send those that may leave; gives how many
    became what. Raises as `send_messages` does; the codes wait then."""
    plan = read_plan(runtime.settings.messages)
    if plan is None:
        return OFF
    counts: Counter[str] = Counter()
    with runtime.database.unit_of_work() as session:
        tidy(session, runtime.clock.now())
    found: dict[str, int] = {"": 0}
    while found:
        with runtime.database.unit_of_work() as session:
            now = runtime.clock.now()
            found = decide(session, runtime.keyring, plan, dice, now, AT_ONCE)
        counts.update(found)
        runtime.progress("send codes", counts.total(), counts.total())
    if not counts:
        return "nothing asked"
    told = ", ".join(f"{outcome} {count}" for outcome, count in sorted(counts.items()))
    return f"{told}; {send_messages(runtime)}"
