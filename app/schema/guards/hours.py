"""Hours of approval and release, by the time of the act; announced by two, for a later day."""

from __future__ import annotations

from app.payroll.hours import CLOSES, OPEN_DAYS, OPENS, STEP
from app.schema.guards.guard import Guard

STEPS = ("check", "approve", "release")
_OPEN_DAYS = tuple(map(str, OPEN_DAYS))


def _set(column: str, otherwise: str) -> str:
    """What the hours of the act's day say, or office hours where nobody set any."""
    return f"""coalesce((select h.{column} from {{schema}}approval_hours h
      where h.from_day <= {{day[new.acted_at]}}
      order by h.from_day desc, h.id desc limit 1), {otherwise})"""


# What two officers set of a day goes before the shipped calendar, that before the day of the week.
_WORKS = """coalesce(
      (select c.kind from {schema}calendar_day c where c.day = {day[new.acted_at]}
        order by c.id desc limit 1),
      (select s.kind from {schema}shipped_day s where s.day = {date[new.acted_at]}),
      case when {weekday[new.acted_at]} in (0, 6) then 'closed' else 'open' end) = 'open'"""

_OPEN = Guard(
    "act_in_hours",
    "act",
    f"""new.step in {STEPS} and substr({{date[new.acted_at]}}, 9) not in {_OPEN_DAYS}
    and not ({{clock[new.acted_at]}} >= {_set("opens", f"'{OPENS}'")}
      and {{clock[new.acted_at]}} < {_set("closes", f"'{CLOSES}'")}
      and ({_set("every_day", "0")} = 1 or {_WORKS}))""",
    "act: out of hours",
    "insert",
)

_SET = Guard(
    "approval_hours_by_two",
    "approval_hours",
    f"""not exists (select 1 from {{schema}}joint_act j join {{schema}}act a on a.id = j.act_one
    where j.id = new.joint_id and j.step = '{STEP}'
      and j.about = '{STEP}:' || cast(new.from_day as text)
      and new.from_day > {{day[a.acted_at]}})""",
    "approval_hours: two persons announce them",
    "insert",
)

GUARDS = (_OPEN, _SET)
