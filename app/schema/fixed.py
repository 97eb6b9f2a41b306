"""Tables that say what is so, and their rows: moves of states, roles that exclude each other, the
days that were published."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Table

from app.access.conflicts import CONFLICTS
from app.access.role_tables import role_conflict
from app.complaints.states import COMPLAINT_MOVES
from app.complaints.tables import complaint_move
from app.disbursement.evidence import RULES
from app.disbursement.evidence_tables import evidence_rule
from app.disbursement.states import BATCH_MOVES, INSTRUCTION_MOVES
from app.disbursement.tables import batch_move, instruction_move
from app.events.states import EVENT_MOVES
from app.events.tables import life_event_move
from app.messaging.states import MESSAGE_MOVES
from app.messaging.tables import message_move
from app.payroll.states import PAYROLL_MOVES
from app.payroll.tables import payroll_move
from app.reference.calendar import unusual_days
from app.schedule.tables import shipped_day

MOVES: tuple[tuple[str, Table, frozenset[tuple[str, str]]], ...] = (
    ("payroll", payroll_move, PAYROLL_MOVES),
    ("batch", batch_move, BATCH_MOVES),
    ("instruction", instruction_move, INSTRUCTION_MOVES),
    ("life_event", life_event_move, EVENT_MOVES),
    ("message", message_move, MESSAGE_MOVES),
    ("complaint", complaint_move, COMPLAINT_MOVES),
)

Fixed = tuple[tuple[Table, tuple[dict[str, Any], ...]], ...]


@cache
def fixed() -> Fixed:
    """Tables that say what is so, and their rows."""
    return (
        (role_conflict, CONFLICTS),
        (evidence_rule, tuple(one.row() for one in RULES)),
        *(
            (table, tuple({"from_state": one, "to_state": other} for one, other in sorted(moves)))
            for _, table, moves in MOVES
        ),
        (shipped_day, tuple(_shipped_days())),
    )


def _shipped_days() -> Iterator[dict[str, str]]:
    for day, is_open in sorted(unusual_days().items()):
        yield {"day": day.isoformat(), "kind": "open" if is_open else "closed"}
