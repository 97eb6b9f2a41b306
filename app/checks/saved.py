"""Fields saved: what a register has vouched for is not asked of people again, and is counted.

"What is already held is not declared again" (Digital Transformation Law 148/2025/QH15): this says
how far it is kept. Definition v1, ours: no official text says how to count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import field_source
from app.benefits.tables import obligation
from app.clock import TIME_ZONE
from app.months import day_in, shift

VERSION = "v1"
FIELDS = ("citizen_id", "name", "birth", "account", "insurance", "poverty")
"""What the form asks and a register can tell."""
HELD = ("population", "civil_status", "insurance", "bank", "officer")
NUMERATOR = (
    "Số trường của tờ khai đã có nguồn khác xác nhận trước khi hết kỳ, nên không hỏi lại người dân"
)
DENOMINATOR = (
    "Số người trong danh sách của kỳ nhân với số trường của tờ khai mà nguồn khác có thể cho"
)


@dataclass(frozen=True, slots=True)
class Saved:
    """The count of a month: `saved` of `people` times six fields, by field."""

    period: str
    version: str
    people: int
    saved: int
    possible: int
    by_field: dict[str, int]
    numerator: str = NUMERATOR
    denominator: str = DENOMINATOR


def fields_saved(session: Session, period: str) -> Saved:
    """Fields that need not be asked of the people on a month's list, by the end of the month."""
    listed = select(obligation.c.person_id).where(obligation.c.period == period).distinct()
    people = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
    end = datetime.combine(day_in(shift(period, 1), 1), datetime.min.time(), TIME_ZONE)
    rows = session.execute(
        select(field_source.c.field, func.count())
        .where(field_source.c.person_id.in_(listed), field_source.c.field.in_(FIELDS))
        .where(field_source.c.source.in_(HELD), field_source.c.confirmed_at < end)
        .group_by(field_source.c.field)
    )
    found = {row[0]: int(row[1]) for row in rows}
    by_field = {name: found.get(name, 0) for name in FIELDS}
    saved = sum(by_field.values())
    return Saved(period, VERSION, people, saved, people * len(FIELDS), by_field)
