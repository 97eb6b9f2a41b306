"""What the application may do to each table, beyond reading it and adding rows.

One list for both: PostgreSQL grants by it (`app/roles`), SQLite's guard refuses by it
(`app/guard.py`). A table that no list names is written once: rows are added, never changed.
"""

from __future__ import annotations

from collections.abc import Callable

# Rows change here in everyday work. What may change in them is for triggers to say.
MOVES_ON = (
    "bank_case",
    "batch",
    "bench_place",
    "check_request",
    "complaint",
    "contract",
    "decision",
    "doubt",
    "enrolment",
    "field_source",
    "flag",
    "funding_request",
    "heading_mapping",
    "hold",
    "inbound_event",
    "inbound_file",
    "inbound_message",
    "instruction",
    "job_run",
    "life_event",
    "long_answer",
    "message",
    "message_count",
    "message_mark",
    "own_session",
    "payroll",
    "period_gate",
    "person",
    "scheduler_seen",
    "suspense_item",
    "trouble",
    "web_session",
    "web_task",
)

# Rows pass through, mostly on their way into another table, and are removed.
PASSING = (
    "import_row",
    "own_code",
    "own_code_request",
    "own_code_try",
    "sign_in_failure",
    "verify_asked",
)

# What explains a draft is written anew when its lines change; of a submitted payroll it stands.
DRAFTED = ("bridge", "bridge_left")

# Written by the owner only, at an upgrade and when an installation is set up.
OWNERS = (
    "alembic_version",
    "batch_move",
    "complaint_move",
    "evidence_rule",
    "installation",
    "instruction_move",
    "life_event_move",
    "message_move",
    "payroll_move",
    "role_conflict",
    "shipped_day",
)

READ, ADD, CHANGE, REMOVE = "select", "insert", "update", "delete"
Rights = Callable[[str], tuple[str, ...]]
"""What somebody may do to a table."""


def rights_on(table: str) -> tuple[str, ...]:
    """What the application may do to a table, e.g. `("select", "insert", "update")`."""
    if table in OWNERS:
        return (READ,)
    if table in PASSING or table in DRAFTED:
        return READ, ADD, REMOVE
    return (READ, ADD, CHANGE) if table in MOVES_ON else (READ, ADD)


# What the receiver adds rows to, and needs the counters of.
HOOKS_ADD = ("inbound_event", "inbound_message")
# What the receiver of providers' calls looks at: where it is, who may call, by whose word.
_HOOKS_READ = ("act", "channel", "channel_confirmation", "installation", "provider")


def hook_rights_on(table: str) -> tuple[str, ...]:
    """What the receiver of calls may do to a table: add what was called, and nothing else."""
    if table in HOOKS_ADD:
        return (ADD,)
    return (READ,) if table in _HOOKS_READ else ()
