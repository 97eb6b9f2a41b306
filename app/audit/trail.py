"""Writing the trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.audit.tables import audit_event


def record(
    session: Session, at: datetime, actor: str, action: str, thing: str, detail: str = ""
) -> None:
    """Add one line: `action` reads `source:subject:action`, e.g. `web:payroll:approve`."""
    session.execute(
        insert(audit_event).values(at=at, actor=actor, action=action, object=thing, detail=detail)
    )
