"""Channels and files by hand: each stands on two officers' own acts over one digest."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_PROPOSED = Guard(
    "channel_proposed",
    "channel",
    """not exists (select 1 from {schema}act a where a.id = new.act_id
      and a.officer_id = new.proposed_by and a.step = 'channel_propose'
      and a.digest = new.digest)
    or new.version <> 1 + coalesce((select max(c.version) from {schema}channel c
      where c.provider = new.provider), 0)""",
    "channel: an officer proposes the next version",
    "insert",
)

_CONFIRMED = Guard(
    "channel_confirmed",
    "channel_confirmation",
    """not exists (select 1 from {schema}act a where a.id = new.act_id
      and a.officer_id = new.officer_id and a.step = 'channel_confirm'
      and a.digest = new.digest)
    or exists (select 1 from {schema}channel c join {schema}channel n
        on n.provider = c.provider and n.version > c.version
      join {schema}channel_confirmation l on l.channel_id = n.id
      where c.id = new.channel_id)""",
    "channel: another officer confirms the newest version",
    "insert",
)

# A file that an officer carries is the one that was sealed for its batch, and his own act says so.
_TAKEN = Guard(
    "handover_taken",
    "handover",
    """not exists (select 1 from {schema}act a join {schema}batch b on b.id = new.batch_id
    where a.id = new.act_id and a.officer_id = new.taken_by and a.step = 'handover_take'
      and b.sha256 = new.sha256 and a.things = b.lines and a.total = b.total)""",
    "handover: an officer takes the sealed file of a batch",
    "insert",
)

_RECEIVED = Guard(
    "handover_received",
    "handover_receipt",
    """not exists (select 1 from {schema}act a join {schema}handover h on h.id = new.handover_id
      join {schema}act t on t.id = h.act_id
    where a.id = new.act_id and a.officer_id = new.officer_id and a.step = 'handover_receipt'
      and a.digest = t.digest)""",
    "handover: another officer confirms the same file",
    "insert",
)

GUARDS = (_PROPOSED, _CONFIRMED, _TAKEN, _RECEIVED)
