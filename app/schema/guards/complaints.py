"""Complaints move by steps that are written, and their day only when they are opened again."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_MOVING = ("state", "steps", "due_on", "officer_id", "answered_at", "closed_at", "satisfaction")
_MOVED = " or ".join(f"new.{one} is distinct from old.{one}" for one in _MOVING)

_STEPPED = Guard(
    "complaint_stepped",
    "complaint",
    f"""({_MOVED}) and (new.steps <> old.steps + 1 or not exists (
    select 1 from {{schema}}complaint_step s where s.complaint_id = new.id
      and s.seq = new.steps and s.state = new.state))""",
    "complaint: a step is written with it",
)

_DUE = Guard(
    "complaint_due",
    "complaint",
    "new.due_on <> old.due_on and (new.state <> 'reopened' or old.state = 'reopened')",
    "complaint: its day stands until it is opened again",
)

_NEXT = Guard(
    "complaint_step_next",
    "complaint_step",
    """not exists (select 1 from {schema}complaint c where c.id = new.complaint_id
    and (c.steps + 1 = new.seq or (c.steps = 1 and new.seq = 1 and new.state = 'received')))""",
    "complaint_step: the next one",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_STEPPED, _DUE, _NEXT)
