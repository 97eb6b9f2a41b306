"""What runs by the clock, and whether the service is well: what failed, why, and what to do."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.running import checks, jobs
from app.web.reading import waits

BLUEPRINTS = (jobs.pages, checks.pages)
MENU = (
    Entry("jobs.index", "jobs", ("admin",), 14, waits.stuck),
    Entry("checks.index", "checks", ("admin",), 16),
    Entry("jobs.index", "jobs", ("auditor",), 91),
)
