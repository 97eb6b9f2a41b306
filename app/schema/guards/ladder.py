"""Who approves: rounds of a payroll, the steps the ladder asks for, and each step's quorum."""

from __future__ import annotations

from app.schema.guards.guard import Guard

# How many persons have confirmed step `s` of a round over the digest that was submitted.
_CONFIRMED = """(select count(*) from {schema}approval a where a.payroll_id = s.payroll_id
    and a.round = s.round and a.ordinal = s.ordinal and a.digest = new.digest)"""

# The rules of the ladder that is in force for a payroll `p`, of every scope that fits it.
_FITS = """r.joint_id = (select n.joint_id from {schema}approval_rule n
      where n.from_period <= p.period order by n.from_period desc, n.joint_id desc limit 1)
    and r.programme in ('', p.programme) and r.unit_code in ('', p.unit_code)
    and r.kind in ('', p.kind)"""

# A unit says more than a programme, a programme more than a kind.
_WEIGHT = """(case when {one}.unit_code <> '' then 4 else 0 end
    + case when {one}.programme <> '' then 2 else 0 end
    + case when {one}.kind <> '' then 1 else 0 end)"""
_HEAVIER = (
    _FITS.replace("r.", "h.") + " and " + _WEIGHT.replace("{one}", "h") + " > "
    + _WEIGHT.replace("{one}", "r")
)  # fmt: skip

_SET = Guard(
    "approval_rule_set",
    "approval_rule",
    """not exists (select 1 from {schema}joint_act j join {schema}act a on a.id = j.act_one
    where j.id = new.joint_id and j.step = 'ladder' and j.about = 'ladder:' || new.from_period
      and a.things > (select count(*) from {schema}approval_rule r
        where r.joint_id = new.joint_id))""",
    "approval_rule: two persons set a ladder",
    "insert",
)

_ROUND = Guard(
    "payroll_round_begins",
    "payroll_round",
    """new.act_id is null or not exists (select 1 from {schema}payroll p
    where p.id = new.payroll_id and p.state = 'draft' and p.round + 1 = new.round
      and p.lines = new.lines and p.total = new.total)""",
    "payroll_round: a draft begins its next round",
    "insert",
)

_STEP = Guard(
    "payroll_step_of_rule",
    "payroll_step",
    """not exists (select 1 from {schema}payroll p join {schema}approval_rule r
      on r.id = new.rule_id
    where p.id = new.payroll_id and p.state = 'draft' and p.round + 1 = new.round
      and r.ordinal = new.ordinal and r.duty = new.duty and r.role = new.role
      and r.held_at = new.held_at and r.quorum = new.quorum and """
    + _FITS
    + " and not exists (select 1 from {schema}approval_rule h where "
    + _HEAVIER
    + "))",
    "payroll_step: as the ladder says",
    "insert",
)

_OF_OFFICERS = Guard(
    "payroll_step_of_officers",
    "payroll_step",
    """new.held_at = 'unit' and exists (select 1 from {schema}payroll p
    where p.id = new.payroll_id and p.kind = 'staff')""",
    "payroll_step: of a list of a units officers the province decides",
    "insert",
)

# A submission has its round, and every step that the ladder asks for at this total.
_SUBMITTED = Guard(
    "payroll_submitted",
    "payroll",
    """(new.round <> old.round and not (old.state = 'draft' and new.state = 'submitted'))
    or (old.state = 'draft' and new.state = 'submitted' and (new.round <> old.round + 1
      or not exists (select 1 from {schema}payroll_round o where o.payroll_id = new.id
        and o.round = new.round and o.maker_id = new.maker_id and o.digest = new.digest
        and o.lines = new.lines and o.total = new.total)
      or not exists (select 1 from {schema}payroll_step s where s.payroll_id = new.id
        and s.round = new.round and s.duty = 'approve')
      or exists (select 1 from {schema}payroll_step s
        join {schema}approval_rule f on f.id = s.rule_id
        join {schema}approval_rule r on r.joint_id = f.joint_id and r.programme = f.programme
          and r.unit_code = f.unit_code and r.kind = f.kind
        where s.payroll_id = new.id and s.round = new.round
          and (r.above = 0 or r.above < new.total)
          and not exists (select 1 from {schema}payroll_step t where t.payroll_id = new.id
            and t.round = new.round and t.rule_id = r.id))))""",
    "payroll: a submission needs its round and steps",
)

_CHECKED = Guard(
    "payroll_checked",
    "payroll",
    """old.state = 'submitted' and new.state = 'checked' and exists (
    select 1 from {schema}payroll_step s where s.payroll_id = new.id and s.round = new.round
      and s.duty = 'check' and """
    + _CONFIRMED
    + " < s.quorum)",
    "payroll: a check is missing",
)

_APPROVED = Guard(
    "payroll_approved",
    "payroll",
    """old.state <> 'approved' and new.state = 'approved' and (not exists (
      select 1 from {schema}payroll_step s where s.payroll_id = new.id and s.round = new.round)
    or exists (select 1 from {schema}payroll_step s
      where s.payroll_id = new.id and s.round = new.round and """
    + _CONFIRMED
    + " < s.quorum))",
    "payroll: an approval is missing",
)

# Only the round that waits, one step after the other, each person once, no maker of any round,
# nor of the payroll that this one took the place of.
_APPROVAL = Guard(
    "approval_in_order",
    "approval",
    """not exists (select 1 from {schema}payroll p where p.id = new.payroll_id
      and p.round = new.round and p.digest = new.digest and p.state in ('submitted', 'checked'))
    or exists (select 1 from {schema}payroll_step s where s.payroll_id = new.payroll_id
      and s.round = new.round and s.ordinal < new.ordinal and """
    + _CONFIRMED
    + """ < s.quorum)
    or exists (select 1 from {schema}payroll_step s where s.payroll_id = new.payroll_id
      and s.round = new.round and s.ordinal = new.ordinal and """
    + _CONFIRMED
    + """ >= s.quorum)
    or exists (select 1 from {schema}payroll_round o where o.maker_id = new.officer_id
      and (o.payroll_id = new.payroll_id or o.payroll_id in (
        select u.payroll_id from {schema}payroll_undo u where u.root_id in (
          select v.root_id from {schema}payroll_undo v where v.successor_id = new.payroll_id))))""",
    "approval: not in order, or by a maker",
    "insert",
)

GUARDS = (_SET, _ROUND, _STEP, _OF_OFFICERS, _SUBMITTED, _CHECKED, _APPROVED, _APPROVAL)
