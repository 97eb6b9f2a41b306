"""A job: the counts of months, kept so that pages need not count every line."""

from __future__ import annotations

from app.indicators.breakdown import asked
from app.indicators.counted import content_of, name_of, to_count
from app.jobs.runtime import Runtime
from app.tasks.answers import keep


def count_months(runtime: Runtime) -> str:
    """Count each month whose counts are not those of this moment; one unit of work a month."""
    now = runtime.clock.now()
    with runtime.database.view() as session:
        periods = to_count(session, now)
    for period in periods:
        with runtime.database.snapshot() as session:
            answer = asked(session, period, now, "commune")
        with runtime.database.unit_of_work() as session:
            keep(session, name_of(period), content_of(answer), now)
    return f"{len(periods)} months counted"
