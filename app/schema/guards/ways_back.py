"""How a payroll goes back: returned, taken back, a line taken off a draft, or undone by two."""

from __future__ import annotations

from app.payroll.tables import payroll_line
from app.schema.guards.guard import Guard

_BORN = Guard(
    "payroll_first_round",
    "payroll",
    "new.round <> 0",
    "payroll: begins without a round",
    "insert",
)

_BACK = Guard(
    "payroll_back",
    "payroll",
    """old.state <> 'draft' and new.state = 'draft' and not exists (
    select 1 from {schema}payroll_return r where r.payroll_id = old.id and r.round = old.round)""",
    "payroll: nobody sent it back",
)

_RETURN = Guard(
    "payroll_return_of_round",
    "payroll_return",
    """not exists (select 1 from {schema}payroll p where p.id = new.payroll_id
      and p.round = new.round and p.state in ('submitted', 'checked')
      and (new.kind = 'withdraw') = (p.maker_id = new.officer_id))
    or (new.kind = 'withdraw' and exists (select 1 from {schema}approval a
      where a.payroll_id = new.payroll_id and a.round = new.round))""",
    "payroll_return: not of this round, or not by this person",
    "insert",
)

# Two persons undo what was approved, while nothing of it has left; another draft takes its place.
_UNDO = Guard(
    "payroll_undo_by_two",
    "payroll_undo",
    """not exists (select 1 from {schema}payroll p
      join {schema}payroll q on q.id = new.successor_id and q.id <> p.id
        and q.kind = p.kind and q.period = p.period and q.unit_code = p.unit_code
        and q.programme = p.programme and q.fund = p.fund and q.campaign = p.campaign
      join {schema}joint_act j on j.id = new.joint_id and j.step = 'undo'
        and j.about = 'payroll:' || new.payroll_id
      where p.id = new.payroll_id and p.state = 'approved' and p.round = new.round
        and q.state = 'draft' and q.lines = 0)
    or exists (select 1 from {schema}batch b where b.payroll_id = new.payroll_id
      and b.state <> 'cancelled')
    or new.root_id <> coalesce((select u.root_id from {schema}payroll_undo u
      where u.successor_id = new.payroll_id), new.payroll_id)""",
    "payroll_undo: two persons, before anything left",
    "insert",
)

_VOID = Guard(
    "payroll_undone",
    "payroll",
    """old.state = 'approved' and new.state = 'void' and (not exists (
      select 1 from {schema}payroll_undo u where u.payroll_id = old.id and u.round = old.round)
    or exists (select 1 from {schema}batch b where b.payroll_id = old.id
      and b.state <> 'cancelled'))""",
    "payroll: two persons undo it",
)

_EXCLUSION = Guard(
    "payroll_exclusion_of_draft",
    "payroll_exclusion",
    """not exists (select 1 from {schema}payroll p join {schema}payroll_line l
      on l.payroll_id = p.id and l.line = new.line
    where p.id = new.payroll_id and p.state = 'draft' and p.round = new.round
      and l.obligation_id = new.obligation_id and l.person_id = new.person_id
      and l.destination_id = new.destination_id and l.contract_id = new.contract_id
      and l.method = new.method and l.amount = new.amount and l.cause = new.cause)""",
    "payroll_exclusion: a line of a draft, as it stands",
    "insert",
)

_TAKEN_OFF = Guard(
    "payroll_line_taken_off",
    "payroll_line",
    """not exists (select 1 from {schema}payroll_exclusion e
    where e.payroll_id = old.payroll_id and e.line = old.line
      and e.obligation_id = old.obligation_id and e.amount = old.amount)""",
    "payroll_line: taken off with a reason only",
    "delete",
)

_SAME = " and ".join(
    f"new.{one.name} = old.{one.name}" for one in payroll_line.columns if one.name != "undone"
)
# What was approved and undone is marked so, and nothing else of it changes.
_LINE = Guard(
    "payroll_line_update",
    "payroll_line",
    f"""not exists (select 1 from {{schema}}payroll p where p.id = old.payroll_id
      and p.state = 'draft' and new.undone = old.undone)
    and not exists (select 1 from {{schema}}payroll p where p.id = old.payroll_id
      and p.state = 'void' and old.undone = 0 and new.undone = 1 and {_SAME})""",
    "payroll_line: submitted lines cannot change",
)

GUARDS = (_BORN, _BACK, _RETURN, _UNDO, _VOID, _EXCLUSION, _TAKEN_OFF, _LINE)
