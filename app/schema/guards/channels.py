"""Channels: each version stands on two officers' own acts over its digest, newest last."""

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

GUARDS = (_PROPOSED, _CONFIRMED)
