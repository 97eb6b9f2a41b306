"""A sample is drawn after its seed was published, whole and once."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_DRAWN_LATER = Guard(
    "verification_drawn_later",
    "verification_draw",
    """not exists (select 1 from {schema}verification_sample s where s.id = new.sample_id
    and s.published_at < new.drawn_at)""",
    "verification_draw: its seed is published before",
    "insert",
)

_ROW_WITHIN = Guard(
    "verification_row_within",
    "verification_row",
    """not exists (select 1 from {schema}verification_draw d where d.sample_id = new.sample_id
    and new.ordinal <= d.size)""",
    "verification_row: within the size that was drawn",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_DRAWN_LATER, _ROW_WITHIN)
