"""A batch is debited as one sum once, by the line that says so; what a contract lets be kept is
confirmed by two."""

from __future__ import annotations

from app.schema.guards.guard import Guard
from reconciliation import matching

_DETAILS = ", ".join(
    f"'{one}'" for one in (matching.SETTLED_LUMP, matching.REFUSED_LUMP, matching.LUMP_BACK)
)

_LUMP = Guard(
    "lump_of_line",
    "lump",
    f"""new.withdrawn_by <> 0 or not exists (select 1 from {{schema}}bank_line l
    join {{schema}}line_match m on m.bank_line_id = l.id
    join {{schema}}batch b on b.id = m.target_id
    join {{schema}}contract c on c.id = b.contract_id
    where l.id = new.bank_line_id and b.id = new.batch_id and m.verdict = '{matching.LUMP}'
      and l.kind = 'booked' and l.amount = - new.amount and c.provider = l.provider
      and c.account = l.account and new.amount <= b.total and new.lines <= b.lines
      and (new.amount = b.total) = (new.lines = b.lines))""",
    "lump: no line debits this batch as one sum",
    "insert",
)

# What is left out was over before, or came back by a line of its own or with others.
_LEFT_OUT = Guard(
    "lump_left_out_of_batch",
    "lump_left_out",
    """not exists (select 1 from {schema}instruction i
    join {schema}lump g on g.batch_id = i.batch_id
    where i.id = new.instruction_id and g.bank_line_id = new.bank_line_id and g.withdrawn_by = 0
      and i.state not in ('ready', 'accepted'))""",
    "lump_left_out: the payment is not over",
    "insert",
)

_OF_LUMP = Guard(
    "outcome_of_lump",
    "outcome",
    """new.source = 'lump' and 0 = (
    select count(*) from {schema}lump g join {schema}instruction i on i.batch_id = g.batch_id
    join {schema}bank_line l on l.id = g.bank_line_id
    join {schema}bank_report f on f.file_id = l.file_id and f.account = l.account
    where f.id = new.report_id and i.id = new.instruction_id and new.state = 'settled'
      and new.word = '*' and g.withdrawn_by = 0 and not exists (
        select 1 from {schema}lump_left_out x where x.instruction_id = i.id
          and x.bank_line_id = g.bank_line_id))""",
    "outcome: no sum holds this payment",
    "insert",
)

_AGREED = Guard(
    "contract_charge_by_two",
    "contract_charge",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
    and j.step = 'contract_charge' and j.about = 'contract:' || new.contract_id)""",
    "contract_charge: two officers confirm it",
    "insert",
)

# A file was acted upon when each of its lines has its verdict.
_JUDGED = Guard(
    "inbound_file_judged",
    "inbound_file",
    """old.state <> 'applied' and new.state = 'applied' and exists (
    select 1 from {schema}bank_line l where l.file_id = new.id and not exists (
      select 1 from {schema}line_match m where m.bank_line_id = l.id))""",
    "inbound_file: a line has no verdict",
)

_CAME = Guard(
    "horizon_decision_not_debited",
    "horizon_decision",
    """exists (select 1 from {schema}lump g where g.batch_id = new.batch_id
    and g.withdrawn_by = 0)""",
    "horizon_decision: the batch was debited as one sum",
    "insert",
)

_WITHDRAWN = Guard(
    "lump_withdrawn",
    "lump",
    """old.withdrawn_by <> 0 or not exists (
      select 1 from {schema}line_unplacing u where u.proposal_id = new.withdrawn_by
        and u.placing_id is null and u.bank_line_id = new.bank_line_id)""",
    "lump: two officers take it back",
)

# What was done on the strength of a sum: payments settled or refused out of it by words of their
# own, money of it that came back, payments settled with it that have moved on since.
_MOVED_ON = Guard(
    "line_unplacing_of_lump",
    "line_unplacing",
    f"""new.placing_id is null and exists (select 1 from {{schema}}lump g
    join {{schema}}instruction i on i.batch_id = g.batch_id
    where g.bank_line_id = new.bank_line_id and g.withdrawn_by = 0 and (
      exists (select 1 from {{schema}}line_match m where m.withdrawn_by = 0
        and m.target_id = i.id and m.verdict in ({_DETAILS}))
      or exists (select 1 from {{schema}}line_match m where m.withdrawn_by = 0
        and m.target_id = g.batch_id and m.verdict = '{matching.LUMP_BACK_SUM}')
      or exists (select 1 from {{schema}}outcome o where o.instruction_id = i.id
        and o.source = 'lump' and o.undone_by = 0 and (i.state <> 'settled'
          or exists (select 1 from {{schema}}bank_case k where k.instruction_id = i.id
            and k.kind = 'recall' and k.state = 'open')))))""",
    "line_unplacing: payments of the sum have moved on since",
    "insert",
)

SETS: tuple[Guard, ...] = (_OF_LUMP,)
GUARDS: tuple[Guard, ...] = (_LUMP, _LEFT_OUT, _AGREED, _JUDGED, _CAME, _WITHDRAWN, _MOVED_ON)
