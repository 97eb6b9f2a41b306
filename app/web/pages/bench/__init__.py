"""What finance officers do about lines of the bank: see, place, take back, decide, rule."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.bench import accounts, at_once, lines, proposals, rules, statements
from app.web.reading import waits

BLUEPRINTS = (accounts.pages, at_once.pages, lines.pages, proposals.pages, rules.pages,
              statements.pages)  # fmt: skip
MENU = (Entry("bench.index", "bench", ("releaser", "auditor"), 42, waits.lines),)
