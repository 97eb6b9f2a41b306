"""Campaigns as leaders follow them: by commune and by day, kept by a job.

The progress of a campaign looks at every person of the register; what nobody kept is found out at
once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.cashless.progress import Progress, progress
from app.cashless.tables import account_campaign
from app.clock import local_date
from app.tasks.answers import kept


def name_of(campaign_id: int) -> str:
    """The name under which a campaign's progress is kept."""
    return f"campaign:{campaign_id}"


def campaigns(session: Session) -> list[Row[Any]]:
    """Every campaign, the one that ends last first."""
    of = account_campaign.c
    return list(session.execute(select(account_campaign).order_by(of.ends_on.desc(), of.id.desc())))


def running(session: Session, today: date) -> Row[Any] | None:
    """The campaign that runs on a day, the latest of several."""
    return next((one for one in campaigns(session) if one.starts_on <= today <= one.ends_on), None)


def content_of(found: Mapping[str, Progress]) -> dict[str, Any]:
    """What is kept of a campaign: its communes' targets, accounts and what each day gave."""
    return {
        code: {
            "target": one.target,
            "targeted": one.targeted,
            "days": {day.isoformat(): people for day, people in one.per_day.items()},
        }
        for code, one in found.items()
        if one.target is not None
    }


def followed(session: Session, campaign: Row[Any], as_of: datetime) -> dict[str, Progress]:
    """The communes of a campaign with their targets, how far they are and their days."""
    name = name_of(campaign.id)
    found = kept(session, [name]).get(name)
    content = (
        found.content if found else content_of(progress(session, "", local_date(as_of), campaign))
    )
    return {code: _progress(one) for code, one in content.items()}


def _progress(content: Mapping[str, Any]) -> Progress:
    days = {date.fromisoformat(day): people for day, people in content["days"].items()}
    return Progress(target=content["target"], targeted=content["targeted"], per_day=days)
