"""What `docs/operations/schedule.md` says of the jobs is what the list says."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.disbursement.lapsing import RELEASE_DAYS
from app.jobs.fence import LEASE, PAUSES
from app.jobs.schedule import JOBS
from app.jobs.scheduler import WAKES_EVERY
from app.schedule.runs import SILENT_AFTER
from tests.support.source import ROOT

pytestmark = pytest.mark.house

PAGE = (ROOT / "docs/operations/schedule.md").read_text("utf-8")


def words(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    for size, unit in ((1440, "ngày"), (60, "giờ")):
        if minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} phút"


def test_the_table_is_the_list() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert told == [
        (job.name, job.rule.says, job.says, words(job.horizon), job.line or "—") for job in JOBS
    ]


def test_the_figures_are_those_of_the_code() -> None:
    said = " ".join(PAGE.split())
    minutes = [str(int(pause.total_seconds()) // 60) for pause in PAUSES]
    assert f"after {', '.join(minutes[:-1])} and {minutes[-1]} minutes" in said
    assert f"every {WAKES_EVERY.seconds} seconds" in said
    assert f"every {LEASE.beat.seconds} seconds" in said
    assert f"silent for {LEASE.length.seconds} seconds" in said
    assert (len(PAUSES) + 1, SILENT_AFTER, RELEASE_DAYS) == (6, timedelta(minutes=5), 3)
    assert LEASE.length + WAKES_EVERY < timedelta(minutes=2)
