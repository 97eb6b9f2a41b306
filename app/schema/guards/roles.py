"""Grants of roles: two persons, a term, no pair that is forbidden; and how a grant ends."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_DAY = 86_400
_SIGNERS = "select 1 from {schema}joint_act j where j.id = new.joint_id and"

_PAIR = Guard(
    "role_grant_pair",
    "role_grant",
    """new.kind <> 'emergency' and exists (
    select 1 from {schema}role_grant g join {schema}role_conflict c
      on (c.role = g.role and c.other = new.role) or (c.other = g.role and c.role = new.role)
    where g.officer_id = new.officer_id and g.kind <> 'emergency'
      and g.valid_from < new.valid_until and g.valid_until > new.valid_from
      and (c.reach = 'everywhere' or g.unit_code = '' or new.unit_code = ''
        or g.unit_code = new.unit_code)
      and not exists (select 1 from {schema}role_end e
        where e.grant_id = g.id and e.ended_at <= new.valid_from))""",
    "role_grant: these two roles are not held together",
    "insert",
)

_TERM = Guard(
    "role_grant_term",
    "role_grant",
    f"{{seconds[new.valid_until]}} - {{seconds[new.granted_at]}} > {366 * _DAY}"
    " or new.valid_from < new.granted_at",
    "role_grant: twelve months from the day it is granted, at most",
    "insert",
)

_EMERGENCY = Guard(
    "role_grant_emergency",
    "role_grant",
    "new.kind = 'emergency' and (new.role <> 'auditor' or"
    f" {{seconds[new.valid_until]}} - {{seconds[new.valid_from]}} > {4 * 3600})",
    "role_grant: in an emergency one looks, for four hours at most",
    "insert",
)

# The two who signed did sign a grant, and neither of them receives it.
_BY_TWO = Guard(
    "role_grant_by_two",
    "role_grant",
    f"""new.kind in ('standing', 'emergency') and not exists ({_SIGNERS}
    j.step = 'grant' and new.officer_id not in (j.officer_one, j.officer_two)
    and j.officer_one <> j.officer_two)""",
    "role_grant: two others grant it",
    "insert",
)

# Lender and borrower sign; what is lent is the lender's own, in his term, and not admin.
_LENT = Guard(
    "role_grant_lent",
    "role_grant",
    f"""new.kind = 'delegated' and ({{seconds[new.valid_until]}} - {{seconds[new.valid_from]}}
      > {30 * _DAY} or not exists (
    select 1 from {{schema}}role_grant g join {{schema}}joint_act j on j.id = new.joint_id
    where g.id = new.lent_id and g.kind in ('founding', 'standing') and g.role <> 'admin'
      and g.role = new.role and g.unit_code in (new.unit_code, '')
      and g.department in (new.department, '') and g.officer_id <> new.officer_id
      and g.valid_from <= new.valid_from and g.valid_until >= new.valid_until
      and not exists (select 1 from {{schema}}role_end e where e.grant_id = g.id)
      and j.step = 'lend' and ((j.officer_one = g.officer_id and j.officer_two = new.officer_id)
        or (j.officer_two = g.officer_id and j.officer_one = new.officer_id)))
    or exists (select 1 from {{schema}}role_grant o where o.lent_id = new.lent_id
      and o.valid_from < new.valid_until and o.valid_until > new.valid_from
      and not exists (select 1 from {{schema}}role_end e where e.grant_id = o.id
        and e.ended_at <= new.valid_from)))""",
    "role_grant: one lends a role of ones own, once at a time, for thirty days at most",
    "insert",
)

# An installation older than this rule makes its first two administrators once.
_FOUNDING = Guard(
    "role_grant_founding",
    "role_grant",
    """new.kind = 'founding' and exists (select 1 from {schema}act) and (new.role <> 'admin'
    or (select count(*) from {schema}role_grant g where g.role = 'admin') >= 2)""",
    "role_grant: founded once",
    "insert",
)

# One who ends a grant alone holds it, lent it, or administers; never another administrator's.
_ENDED = Guard(
    "role_end_by",
    "role_end",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
      and j.step = 'end_role')
    and not exists (
    select 1 from {schema}act a join {schema}role_grant g on g.id = new.grant_id
    where a.id = new.act_id and a.step = 'end_role'
      and (a.officer_id = g.officer_id
        or exists (select 1 from {schema}role_grant l
          where l.id = g.lent_id and l.officer_id = a.officer_id)
        or (g.role <> 'admin' and exists (select 1 from {schema}role_grant m
          where m.officer_id = a.officer_id and m.role = 'admin' and m.valid_from <= new.ended_at
            and m.valid_until > new.ended_at and not exists (select 1 from {schema}role_end e
              where e.grant_id = m.id and e.ended_at <= new.ended_at)))))""",
    "role_end: the holder, the lender or an administrator ends it",
    "insert",
)

GUARDS = (_PAIR, _TERM, _EMERGENCY, _BY_TWO, _LENT, _FOUNDING, _ENDED)
