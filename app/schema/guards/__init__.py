"""What a row may not become: one condition each, kept by a row trigger on both databases.

A condition is SQL that SQLite and PostgreSQL both read, over `old` and `new`; every other table
in it is written `{schema}table`, so that a PostgreSQL function believes no temporary table of the
same name; `{seconds[column]}` and the like tell a moment (`guard.py`). For rows that come in bulk
a trigger per statement is cheaper (`app/schema`).
"""

from __future__ import annotations

from app.schema.guards import (
    acts,
    barred,
    calls,
    cases,
    channels,
    closed,
    complaints,
    contracts,
    entry,
    evidence,
    factors,
    flags,
    hotline,
    hours,
    ladder,
    limits,
    lumps,
    recoveries,
    roles,
    samples,
    schedule,
    sending,
    signing,
    states,
    switches,
    ways_back,
    workbench,
)
from app.schema.guards.guard import (
    Guard,
    postgresql_guard,
    postgresql_set_guard,
    sqlite_guard,
    sqlite_set_guard,
)

__all__ = [
    "GUARDS",
    "REFERS",
    "SETS",
    "Guard",
    "postgresql_guard",
    "postgresql_set_guard",
    "sqlite_guard",
    "sqlite_set_guard",
]

SETS: tuple[Guard, ...] = (
    *closed.SETS,
    *evidence.SETS,
    *lumps.SETS,
    *states.SETS,
    *workbench.SETS,
)
"""Rules over rows that come in bulk."""

REFERS: tuple[Guard, ...] = evidence.REFERS
"""What rows that come in bulk refer to, where PostgreSQL has no foreign key."""

GUARDS: tuple[Guard, ...] = (
    *acts.GUARDS,
    *barred.GUARDS,
    *cases.GUARDS,
    *calls.GUARDS,
    *channels.GUARDS,
    *closed.GUARDS,
    *complaints.GUARDS,
    *contracts.GUARDS,
    *entry.GUARDS,
    *evidence.GUARDS,
    *hotline.GUARDS,
    *hours.GUARDS,
    *limits.GUARDS,
    *lumps.GUARDS,
    *recoveries.GUARDS,
    *states.GUARDS,
    *roles.GUARDS,
    *samples.GUARDS,
    *factors.GUARDS,
    *ladder.GUARDS,
    *ways_back.GUARDS,
    *signing.GUARDS,
    *flags.GUARDS,
    *schedule.GUARDS,
    *switches.GUARDS,
    *sending.GUARDS,
    *workbench.GUARDS,
)
