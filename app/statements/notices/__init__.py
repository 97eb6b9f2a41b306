"""What happened that people are told of: payments, cash that is ready, lists that changed."""

from __future__ import annotations

from app.statements.notices.lists import JOINERS, LEAVERS
from app.statements.notices.payments import CASH, OUTCOMES
from app.statements.notices.source import Source

SOURCES: tuple[Source, ...] = (OUTCOMES, CASH, JOINERS, LEAVERS)
"""Where events come from, in the order in which they are read."""
