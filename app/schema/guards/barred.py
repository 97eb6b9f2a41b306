"""Whoever is barred from a payroll neither makes, checks, approves nor releases it, and nobody
acts twice on it.

By the rows that the submission wrote; that a line is the officer's own money is looked up anew,
so that a payroll which somebody submitted by hand is not without it.
"""

from __future__ import annotations

from app.beneficiaries.near import NEAR
from app.payroll.barred_tables import CHANGER
from app.schema.guards.guard import Guard

_NEAR = ", ".join(f"'{why}'" for why in NEAR)
_BATCH = "(select t.payroll_id from {schema}batch t where t.id = new.batch_id)"


def _own_line(who: str, payroll: str) -> str:
    return f"""exists (select 1 from {{schema}}officer o
    join {{schema}}person p on p.citizen_key = o.citizen_key
    join {{schema}}payroll_line l on l.person_id = p.id
    where o.id = {who} and o.citizen_key <> '' and l.payroll_id = {payroll})"""


def _is_barred(who: str, payroll: str, more: str) -> str:
    return f"""exists (select 1 from {{schema}}payroll_barred b
    where b.payroll_id = {payroll} and b.officer_id = {who} and {more})"""


_MADE = Guard(
    "payroll_maker_barred",
    "payroll",
    "old.state = 'draft' and new.state = 'submitted' and ("
    f"{_is_barred('new.maker_id', 'new.id', f'b.why in ({_NEAR})')}"
    f" or {_own_line('new.maker_id', 'new.id')})",
    "payroll: its maker is near a line of it",
)

_APPROVED = Guard(
    "approval_barred",
    "approval",
    _is_barred("new.officer_id", "new.payroll_id", f"b.why <> '{CHANGER}'")
    + f" or {_own_line('new.officer_id', 'new.payroll_id')}",
    "approval: this officer is barred from the payroll",
    "insert",
)

_IN_TIME = "b.until >= (select a.acted_at from {schema}act a where a.id = new.act_id)"

_RELEASED = Guard(
    "batch_release_barred",
    "batch_release",
    _is_barred("new.officer_id", _BATCH, _IN_TIME) + f" or {_own_line('new.officer_id', _BATCH)}",
    "batch_release: this officer is barred from the payroll",
    "insert",
)

# Maker, checkers, approvers and the two who release are all different persons.
_ANOTHER = Guard(
    "batch_release_another",
    "batch_release",
    f"""exists (select 1 from {{schema}}payroll p
    where p.id = {_BATCH} and p.maker_id = new.officer_id)
    or exists (select 1 from {{schema}}approval v
    where v.payroll_id = {_BATCH} and v.officer_id = new.officer_id)""",
    "batch_release: this officer acted on the payroll before",
    "insert",
)

# What a surviving journal proves to have left, while the restore that says so is in hold.
NOT_GONE = """not exists (select 1 from {schema}handed_over h
    join {schema}restoration t on t.id = h.restoration_id join {schema}hold d on d.id = t.hold_id
    where h.batch_id = new.id and h.believed = 'built' and d.cleared_at is null)"""

_BY_TWO = Guard(
    "batch_released_by_two",
    "batch",
    # Those who released it before, for an earlier day, count no more.
    f"""old.state = 'built' and new.state = 'released' and (select count(*)
    from {{schema}}batch_release r where r.batch_id = new.id and r.round = 1 + (select count(*)
      from {{schema}}batch_event e where e.batch_id = new.id and e.state = 'released')) < 2
    and {NOT_GONE}""",
    "batch: two persons release it",
)

GUARDS = (_MADE, _APPROVED, _RELEASED, _ANOTHER, _BY_TWO)
