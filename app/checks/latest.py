"""The latest result of a person in a register: the latest look counts, whenever it was told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from app.checks.tables import check_result


def is_latest(of: Any = check_result) -> ColumnElement[bool]:
    """Whether no later look at the same person in the same register is known."""
    newer = check_result.alias("newer")
    later = or_(
        newer.c.checked_at > of.c.checked_at,
        and_(newer.c.checked_at == of.c.checked_at, newer.c.id > of.c.id),
    )
    return ~exists().where(
        newer.c.source == of.c.source, newer.c.person_id == of.c.person_id, later
    )
