"""What checkers and approvers decide: one payroll, many at once, its doubts, and undoing."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.approving import flags, queue, reviewing, undoing
from app.web.reading import waits

BLUEPRINTS = (reviewing.pages, flags.pages, queue.pages, undoing.pages)
MENU = (Entry("queue.index", "approvals", ("checker", "approver"), 20, waits.approvals),)
