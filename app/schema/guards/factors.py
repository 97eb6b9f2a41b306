"""Factors of one-time codes: handed over by two others, frozen for a day; who blocks a token."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_DAY = 86_400

_BY_TWO = Guard(
    "factor_by_two",
    "factor",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
      and j.step in ('re_enrol', 'assign_token') and j.officer_one <> j.officer_two
      and new.officer_id not in (j.officer_one, j.officer_two))
    or exists (select 1 from {schema}token_block b where b.token_id = new.token_id)""",
    "factor: two others hand it over, and no token that is blocked",
    "insert",
)

# With a new factor one may come in, stop money or give a role up, and for a day nothing else.
_FROZEN = Guard(
    "act_frozen",
    "act",
    f"""new.step not in ('set_hold', 'end_role', 'sign_in', 'step_up', 'set_password',
      'recovery_codes') and exists (
    select 1 from {{schema}}factor f where f.officer_id = new.officer_id
      and {{seconds[new.acted_at]}} - {{seconds[f.enrolled_at]}} < {_DAY})""",
    "act: the factor of this officer is new",
    "insert",
)

_BLOCKED = Guard(
    "token_block_by",
    "token_block",
    """not exists (select 1 from {schema}factor f
      where f.token_id = new.token_id and f.officer_id = new.blocked_by)
    and not exists (select 1 from {schema}role_grant g
      where g.officer_id = new.blocked_by and g.role = 'admin' and g.valid_from <= new.blocked_at
        and g.valid_until > new.blocked_at and not exists (select 1 from {schema}role_end e
          where e.grant_id = g.id and e.ended_at <= new.blocked_at))""",
    "token_block: the holder or an administrator blocks it",
    "insert",
)

GUARDS = (_BY_TWO, _FROZEN, _BLOCKED)
