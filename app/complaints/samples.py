"""Monthly samples as officers read them: published, drawn, how far people were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.complaints.sample_tables import verification_draw, verification_sample, verification_visit
from app.complaints.visiting import NOT_MET, RECEIVED

PAGE = 25


def samples(session: Session, within: ColumnElement[bool], before: int = 0) -> Sequence[Any]:
    """(id, period, area_code, published_at, size, asked, came) of samples within a condition on
    `verification_sample`, the newest first; one more than a page where there are more. `asked` has
    a result, `came` is what came in full; `size` is None before the draw."""
    sample, drawn = verification_sample, verification_draw
    heard = _heard()
    query = (
        select(sample.c.id, sample.c.period, sample.c.area_code, sample.c.published_at,
               drawn.c.size, func.coalesce(heard.c.asked, 0).label("asked"),
               func.coalesce(heard.c.came, 0).label("came"))
        .outerjoin(drawn, drawn.c.sample_id == sample.c.id)
        .outerjoin(heard, heard.c.sample_id == sample.c.id)
        .where(within)
        .order_by(sample.c.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    return session.execute(query.where(sample.c.id < before) if before else query).all()


def _heard() -> Any:
    visit = verification_visit.c
    return (
        select(visit.sample_id, func.count().label("asked"),
               func.sum(case((visit.result == RECEIVED, 1), else_=0)).label("came"))
        .where(visit.result != NOT_MET)
        .group_by(visit.sample_id)
        .subquery()
    )  # fmt: skip
