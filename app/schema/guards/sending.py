"""Claims: none under a hold, each with a fence, and a second one only where it may be."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_CLAIMED = "old.state <> 'sending' and new.state = 'sending'"

# What a surviving journal proves to have left is taken as sent while the restore is in hold.
_NOT_RESTORED = "coalesce(new.owner, '') <> 'restore'"

_HELD = Guard(
    "batch_held",
    "batch",
    f"""{_CLAIMED} and {_NOT_RESTORED} and exists (
    select 1 from {{schema}}hold h where h.cleared_at is null and (h.scope = 'global'
      or (h.scope in ('provider', 'programme', 'unit', 'area') and exists (
        select 1 from {{schema}}contract c join {{schema}}paying_unit u on u.code = c.unit_code
        where c.id = new.contract_id and h.key = case h.scope when 'provider' then c.provider
          when 'programme' then c.programme when 'unit' then c.unit_code else u.area_code end))
      or (h.scope in ('area', 'person', 'instruction') and exists (
        select 1 from {{schema}}instruction i
        join {{schema}}payroll_line l on l.id = i.payroll_line_id
        join {{schema}}person p on p.id = l.person_id
        where i.batch_id = new.id and h.key = case h.scope when 'area' then p.area_code
          when 'person' then cast(l.person_id as text) else cast(i.id as text) end))))""",
    "batch: a hold stands",
)

# A worker that was stopped for too long finds another fence, or its last moment gone.
_FENCED = Guard(
    "batch_fenced",
    "batch",
    f"""new.fence < old.fence or ({_CLAIMED} and {_NOT_RESTORED} and (
    new.fence <> old.fence + 1 or new.owner is null or new.lease_until is null
    or new.not_after is null or new.not_after >= new.lease_until))""",
    "batch: a claim has a fence and a last moment",
)

# The sealed file still holds a payment that was cancelled since.
_WHOLE = Guard(
    "batch_whole",
    "batch",
    f"""{_CLAIMED} and {_NOT_RESTORED} and exists (select 1 from {{schema}}instruction i
    where i.batch_id = new.id and i.state = 'cancelled')""",
    "batch: a payment of it was cancelled",
)

_ASKED = Guard(
    "batch_execute_on",
    "batch",
    """new.execute_on is distinct from old.execute_on and (
    old.state not in ('built', 'released') or new.execute_on < new.requested_on)""",
    "batch: the day asked for moves on before sending only",
)

# Anything else that was once on its way stays in doubt until there is evidence.
_AGAIN = Guard(
    "batch_sent_again",
    "batch_event",
    """new.state = 'sending' and exists (
    select 1 from {schema}batch_event e where e.batch_id = new.batch_id and e.state = 'sending')
    and new.evidence not like 'dedupe:_%' and not (new.evidence = 'not_handed_over' and (
      select count(*) from {schema}batch_event e
      where e.batch_id = new.batch_id and e.state = 'sending') = (
      select count(*) from {schema}batch_event e where e.batch_id = new.batch_id
        and e.state = 'in_doubt' and e.evidence like 'not_handed_over:%')
      and not exists (select 1 from {schema}batch_event e where e.batch_id = new.batch_id
        and (e.state in ('sent', 'answered')
          or e.state = 'in_doubt' and e.evidence not like 'not_handed_over:%')))""",
    "batch_event: sent again only what never left, or to one that refuses a repetition",
    "insert",
)

_OVER = Guard("trouble_over", "trouble", "old.ended_at is not null", "trouble: it is over")

GUARDS = (_HELD, _FENCED, _WHOLE, _ASKED, _AGAIN, _OVER)
