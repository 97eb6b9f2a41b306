"""Days and locks: what two officers set or lifted stands on what both confirmed."""

from __future__ import annotations

from app.payroll.tables import MONTH_LISTS
from app.schema.guards.guard import Guard

_SET = Guard(
    "calendar_day_by_two",
    "calendar_day",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
    and j.step = 'set_calendar' and j.about = 'calendar:' || cast(new.day as text))""",
    "calendar_day: two officers set it",
    "insert",
)

_LIFTED = Guard(
    "period_unlock_by_two",
    "period_unlock",
    """not exists (select 1 from {schema}joint_act j join {schema}period_lock k
    on k.id = new.lock_id where j.id = new.joint_id and j.step = 'unlock_list'
    and j.about = 'period:' || k.period)""",
    "period_unlock: two officers lift it",
    "insert",
)

_MONTH = ", ".join(f"'{kind}'" for kind in MONTH_LISTS)
# The lists of a month that stands locked: a payroll of another kind is another list. What two undid
# is listed anew by the draft in its place, which is not another list, until it is filled.
LOCKED = f"""p.kind in ({_MONTH}) and exists (select 1 from {{schema}}period_lock k
    where k.period = p.period and not exists (select 1 from {{schema}}period_unlock u
      where u.lock_id = k.id))
    and not (p.lines = 0 and exists (select 1 from {{schema}}payroll_undo w
      where w.successor_id = p.id))"""

GUARDS = (_SET, _LIFTED)
