"""A job: the counts of months and what boards ask of a whole province, kept so that pages need not
count every line."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.cashless import campaign_kept
from app.cashless.progress import progress
from app.clock import local_date
from app.indicators.boards import (
    REGISTER,
    content_of_difference,
    content_of_register,
    name_of_difference,
)
from app.indicators.breakdown import asked
from app.indicators.counted import content_of, name_of, to_count
from app.indicators.declared import declared
from app.indicators.rates import cut_offs
from app.indicators.restated import restated
from app.jobs.runtime import Runtime
from app.tasks.answers import keep, kept

HOURLY = timedelta(hours=1)
"""So often the whole register is looked at."""


def count_months(runtime: Runtime) -> str:
    """Count each month whose counts are not those of this moment; one unit of work a month. Then
    what boards tell of it, of the register and of campaigns."""
    now = runtime.clock.now()
    with runtime.database.view() as session:
        periods = to_count(session, now)
    for period in periods:
        _count_month(runtime, period, now)
        _count_difference(runtime, period, now)
    _count_register(runtime, now)
    return f"{len(periods)} months counted"


def _count_month(runtime: Runtime, period: str, now: datetime) -> None:
    with runtime.database.snapshot() as session:
        answer = asked(session, period, now, "commune")
    with runtime.database.unit_of_work() as session:
        keep(session, name_of(period), content_of(answer), now)


def _count_difference(runtime: Runtime, period: str, now: datetime) -> None:
    provisional = cut_offs(period).provisional
    if now <= provisional:
        return
    with runtime.database.snapshot() as session:
        found = restated(session, period, provisional, now)
    with runtime.database.unit_of_work() as session:
        keep(session, name_of_difference(period), content_of_difference(found, now), now)


def _count_register(runtime: Runtime, now: datetime) -> None:
    """What the register bears out, and how far the campaigns of these days are."""
    with runtime.database.snapshot() as session:
        last = kept(session, [REGISTER]).get(REGISTER)
        if last and now - last.made_at < HOURLY:
            return
        today = local_date(now)
        found = {REGISTER: content_of_register(declared(session))}
        for one in campaign_kept.campaigns(session):
            if one.starts_on <= today <= one.ends_on + timedelta(days=1):
                told = progress(session, "", today, one)
                found[campaign_kept.name_of(one.id)] = campaign_kept.content_of(told)
    with runtime.database.unit_of_work() as session:
        for name, content in found.items():
            keep(session, name, content, now)
