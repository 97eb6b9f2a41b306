"""Accounts of officers: switched off and on by two others, and what is off confirms nothing."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_BY_TWO = Guard(
    "officer_switch_by_two",
    "officer_switch",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
      and j.step = new.kind || '_officer' and j.officer_one <> j.officer_two
      and new.officer_id not in (j.officer_one, j.officer_two))
    or new.number <> 1 + (select count(*) from {schema}officer_switch s
      where s.officer_id = new.officer_id)
    or not exists (select 1 from {schema}officer o where o.id = new.officer_id
      and (o.disabled_at is null) = (new.kind = 'disable'))""",
    "officer_switch: two others switch an account, and to what it is not yet",
    "insert",
)

_FOLLOWS = Guard(
    "officer_disabled",
    "officer",
    """coalesce(old.disabled_at <> new.disabled_at,
      (old.disabled_at is null) <> (new.disabled_at is null))
    and not exists (select 1 from {schema}officer_switch s where s.officer_id = new.id
      and s.number = (select count(*) from {schema}officer_switch l where l.officer_id = new.id)
      and ((s.kind = 'enable' and new.disabled_at is null)
        or (s.kind = 'disable' and s.switched_at = new.disabled_at)))""",
    "officer: an account is off or on as two switched it",
)

_OFF = Guard(
    "act_disabled",
    "act",
    """exists (select 1 from {schema}officer o where o.id = new.officer_id
      and o.disabled_at is not null)""",
    "act: the account of this officer is off",
    "insert",
)

GUARDS = (_BY_TWO, _FOLLOWS, _OFF)
