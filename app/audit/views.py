"""Who looked at whom: the trail by person, by officer and by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from app.audit.reading import SHOWN_MAX, Asked, lines

_LOOKS = tuple(f"cli:person:{one}" for one in ("view", "reveal", "export", "erase"))


def views(
    session: Session,
    *,
    person_id: int | None = None,
    actor: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = SHOWN_MAX,
) -> Sequence[Row[Any]]:
    """Looks at people, the newest first: at, actor, action, object, detail."""
    thing = "" if person_id is None else f"person:{person_id}"
    asked = Asked(_LOOKS, "", (actor,) if actor else (), thing, since, until)
    return lines(session, asked, limit)
