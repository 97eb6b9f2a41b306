"""Writing the trail, in the unit of work of what it tells of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.tables import audit_event
from app.audit.words import words_of

Facts = Mapping[str, Any]
NOTHING: Facts = {}


def record(
    session: Session,
    at: datetime,
    actor: str,
    action: str,
    thing: str,
    detail: str = "",
    *,
    before: Facts = NOTHING,
    after: Facts = NOTHING,
) -> None:
    """Add one line: `action` reads `source:subject:action`, e.g. `cli:payroll:approve`.

    `before` and `after` hold the fields that the act changed, by name; numbers of people stand in
    them hidden, as everywhere in the trail. Raises LookupError for an action without words.
    """
    words_of(action)
    session.execute(
        insert(audit_event).values(
            at=at,
            actor=actor,
            action=action,
            object=thing,
            detail=detail,
            before=_told(before),
            after=_told(after),
        )
    )


def _told(facts: Facts) -> str:
    if not facts:
        return ""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
