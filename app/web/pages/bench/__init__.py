"""What finance officers do about lines of the bank: see, place, take back, decide, rule."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.bench import accounts, lines, proposals, rules, statements

BLUEPRINTS = (accounts.pages, lines.pages, proposals.pages, rules.pages, statements.pages)
MENU = (Entry("bench.index", "bench", ("releaser", "auditor"), 42),)
