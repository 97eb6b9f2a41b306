"""Rows with a state: only moves that the tables of moves name, and what is settled stays so."""

from __future__ import annotations

from app.schema.fixed import MOVES
from app.schema.guards.guard import Guard

_BULK = ("instruction",)
"""Tables whose rows move a file at a time, and are looked at as a set on PostgreSQL."""

_MOVES = tuple(
    Guard(
        f"{table}_moves",
        table,
        f"old.state <> new.state and not exists (select 1 from {{schema}}{moves.name} m"
        " where m.from_state = old.state and m.to_state = new.state)",
        f"{table}: no such move",
    )
    for table, moves, _ in MOVES
)

SETS = tuple(one for one in _MOVES if one.table in _BULK)

# The bytes that were sealed are named once; a resend takes the same ones.
_SEALED = Guard(
    "batch_sealed",
    "batch",
    "old.sha256 is not null and (old.sha256 <> new.sha256 or new.sha256 is null)",
    "batch: sealed once",
)

_SUBMITTED = Guard(
    "payroll_digest",
    "payroll",
    "old.state <> 'draft' and (old.digest is distinct from new.digest"
    " or old.total <> new.total or old.lines <> new.lines"
    " or old.maker_id is distinct from new.maker_id)",
    "payroll: submitted figures cannot change",
)

# A hold is cleared once, by two officers who confirmed the same thing; that of a restored database
# only over its newest comparison with the bank.
_CLEARED = Guard(
    "hold_cleared",
    "hold",
    """old.cleared_at is not null or (new.cleared_at is not null and not exists (
    select 1 from {schema}hold_clearing a join {schema}hold_clearing b on b.hold_id = a.hold_id
      and b.digest = a.digest and coalesce(b.comparison_id, 0) = coalesce(a.comparison_id, 0)
    where a.hold_id = old.id and a.officer_id = new.cleared_by
      and b.officer_id = new.cleared_too_by and b.officer_id <> a.officer_id
      and (old.scope <> 'global' or old.key <> 'restored' or a.comparison_id = (
        select max(c.id) from {schema}comparison c join {schema}restoration r
          on r.id = c.restoration_id
        where r.hold_id = old.id))))""",
    "hold: two officers clear it, once",
)

# A life event is decided upon by an officer's decision, never by itself.
_DECIDED = Guard(
    "life_event_decided",
    "life_event",
    """old.state = 'proposed' and new.state <> old.state and not exists (
    select 1 from {schema}life_event_decision d
    where d.event_id = old.id and d.verdict = new.state)""",
    "life_event: an officer decides",
)

_SINGLE = tuple(one for one in _MOVES if one.table not in _BULK)

GUARDS = (*_SINGLE, _SEALED, _SUBMITTED, _CLEARED, _DECIDED)
