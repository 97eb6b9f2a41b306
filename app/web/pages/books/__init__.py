"""The books to read: the journal, one entry, the trial balance, the accounts behind a figure."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.books import journal, trial

BLUEPRINTS = (journal.pages, trial.pages)
MENU = (Entry("trial.index", "books", ("releaser", "auditor"), 75),)
