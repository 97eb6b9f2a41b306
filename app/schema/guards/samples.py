"""A sample is drawn after its seed was published, whole and once, and visited by others."""

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

_VISITED_BY_OTHERS = Guard(
    "verification_visit_by_others",
    "verification_visit",
    """exists (select 1 from {schema}verification_sample s where s.id = new.sample_id
    and s.officer_id = new.officer_id) or exists (select 1 from {schema}verification_draw d
    where d.sample_id = new.sample_id and d.officer_id = new.officer_id)""",
    "verification_visit: who published or drew the sample does not visit",
    "insert",
)

_VISITED_AGAIN = Guard(
    "verification_visit_again",
    "verification_visit",
    """new.turn <> 1 + (select count(*) from {schema}verification_visit v
    where v.sample_id = new.sample_id and v.ordinal = new.ordinal and v.result = 'not_met')""",
    "verification_visit: again only where nobody was met",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_DRAWN_LATER, _ROW_WITHIN, _VISITED_BY_OTHERS, _VISITED_AGAIN)
