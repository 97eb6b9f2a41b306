"""No payment changes its state without evidence that a rule allows, and no evidence is made up.

What comes in bulk is looked at once a statement on PostgreSQL (`SETS`), row by row on SQLite.
There a rule counts what allows a row: asked whether it exists, PostgreSQL may join whole tables,
those of all earlier years, where a look-up by key for each row is enough.
"""

from __future__ import annotations

from app.disbursement.outcomes import EFFECTS
from app.disbursement.parked import EARLY
from app.disbursement.states import RETURNED
from app.disbursement.tables import FAILED_STATES
from app.schema.guards.guard import Guard
from reconciliation import matching
from reconciliation.evidence import SOURCE_SQL, WORD_SQL

_FAILED = ", ".join(f"'{one}'" for one in FAILED_STATES)
_SOURCE, _WORD = SOURCE_SQL.format(line="l"), WORD_SQL.format(line="l")

# That the payment `one` is in a sum by which the bank debited its batch.
_IN_LUMP = """exists (select 1 from {schema}lump g where g.batch_id = {one}.batch_id
        and g.withdrawn_by = 0 and not exists (select 1 from {schema}lump_left_out x
          where x.instruction_id = {one}.id and x.bank_line_id = g.bank_line_id))"""

# What a rule needs of the provider, or of the case, of the instruction `new`.
_NEW_IN_LUMP = _IN_LUMP.replace("{one}", "new")
_NEEDED = f"""(r.needs = '' or exists (select 1 from {{schema}}batch b
    join {{schema}}contract c on c.id = b.contract_id
    join {{schema}}provider p on p.code = c.provider
    where b.id = new.batch_id and ((r.needs = 'advance' and p.holds_advance = 1)
      or (r.needs = 'debits' and p.holds_advance = 0)
      or (r.needs in ('acsc_settles', 'all_or_nothing') and coalesce((
        select s.is_made from {{schema}}provider_promise s
        where s.provider = p.code and s.promise = r.needs order by s.id desc limit 1), 0) = 1)
      or exists (select 1 from {{schema}}bank_case k where k.instruction_id = new.id
        and k.kind = 'recall' and k.state = 'open'
        and r.needs = case k.still_due when 1 then 'recall_due' else 'recall_not_due' end)
      or (r.needs = 'lump' and {_NEW_IN_LUMP})
      or (r.needs = 'confirmed' and {_NEW_IN_LUMP} and exists (select 1 from {{schema}}bank_line w
        where w.reference = new.reference and w.provider = p.code and w.kind = 'status'
          and w.status in ('ACSC', 'ACCC') and w.amount in (0, new.amount))))))"""

_MOVES = f"""r.from_state = old.state and r.to_state = new.state and {_NEEDED}"""

# A rule that needs nothing is asked of all rules at once and not for each row: they are read once.
_FREE = """(o.source, o.word, old.state, new.state) in (
      select f.source, f.word, f.from_state, f.to_state from {schema}evidence_rule f
      where f.needs = '')"""

_ENDS = Guard(
    "instruction_evidence",
    "instruction",
    f"""old.state <> new.state and new.state not in ('accepted', 'cancelled', 'ready')
    and not (old.state in ('returned', 'rejected', 'not_received') and new.state = 'settled')
    and not (old.state = 'settled' and new.state in ('rejected', 'not_received')) and 0 = (
    select count(*) from {{schema}}outcome o where o.instruction_id = new.id and o.undone_by = 0
      and new.state = case o.state when 'credited' then 'settled' else o.state end
      and ({_FREE} or 0 < (select count(*) from {{schema}}evidence_rule r
        where r.source = o.source and r.word = o.word and {_MOVES})))""",
    "instruction: no evidence allows this move",
)

_ACCEPTED = Guard(
    "instruction_accepted",
    "instruction",
    f"""old.state not in (new.state, 'settled') and new.state = 'accepted' and 0 = (
    select count(*) from {{schema}}line_match m join {{schema}}bank_line l on l.id = m.bank_line_id
    join {{schema}}evidence_rule r on r.source = {_SOURCE} and r.word = {_WORD}
    where m.verdict = 'accepted' and m.target_id = new.id and l.amount in (0, new.amount)
      and {_MOVES})""",
    "instruction: no status says accepted",
)

_CANCELLED = Guard(
    "instruction_cancelled",
    "instruction",
    """old.state <> new.state and new.state = 'cancelled' and 0 = (
    select count(*) from {schema}batch b where b.id = new.batch_id
      and b.state in ('built', 'released', 'cancelled'))""",
    "instruction: what was sent is not cancelled",
)

_REPLACES = Guard(
    "instruction_replaces",
    "instruction",
    f"""new.replaces_id is not null and 0 = (
    select count(*) from {{schema}}instruction p where p.id = new.replaces_id
      and p.obligation_id = new.obligation_id and p.attempt + 1 = new.attempt
      and p.state in ({_FAILED}))""",
    "instruction: replaces the failed attempt before it",
    "insert",
)

# In the same way.
_NO_RULE = """(new.source, new.word,
      case new.state when 'credited' then 'settled' else new.state end)
    not in (select r.source, r.word, r.to_state from {schema}evidence_rule r)"""

# What the matcher made of the line, told as what then becomes of the payment; no other verdict may
# end one. A line states the amount of the payment, or none where no money was booked or listed.
_VERDICT_TELLS = " ".join(
    f"when m.verdict = '{verdict}' then '{one.outcome}'"
    for verdict, one in EFFECTS.items()
    if one.outcome
)
_JUDGED = (
    f"""case {_VERDICT_TELLS} when m.pass_name = '{EARLY}' then '{RETURNED}' end = new.state"""
)
_LESS = f"'{matching.RETURNED_CLAIMED}', '{matching.RETURNED_BORNE}'"
_OF_AMOUNT = f"""(abs(l.amount) = i.amount or (l.amount = 0 and l.kind in ('status', 'unpaid'))
      or (m.verdict in ({_LESS}) and l.amount > 0 and i.amount - l.amount = (
        select case when t.is_borne = case m.verdict when '{matching.RETURNED_BORNE}' then 1
          else 0 end then t.amount end
        from {{schema}}contract_charge t join {{schema}}batch tb on tb.contract_id = t.contract_id
        where tb.id = i.batch_id and t.kind = 'return' and t.valid_from <= l.booked_on
        order by t.valid_from desc, t.id desc limit 1)))"""

_OF_LINE = Guard(
    "outcome_of_line",
    "outcome",
    f"""new.bank_line_id is not null and ({_NO_RULE} or 0 = (
    select count(*) from {{schema}}bank_line l join {{schema}}line_match m on m.bank_line_id = l.id
    join {{schema}}instruction i on i.id = m.target_id
    where l.id = new.bank_line_id and m.target_id = new.instruction_id
      and {_JUDGED} and {_OF_AMOUNT}
      and new.source = {_SOURCE} and new.word = {_WORD}))""",
    "outcome: the line is not evidence of this",
    "insert",
)

_OF_REPORT = Guard(
    "outcome_of_report",
    "outcome",
    """new.report_id is not null and new.source <> 'lump' and 0 = (
    select count(*) from {schema}bank_report f join {schema}batch b on b.message_id = f.message_id
    join {schema}contract c on c.id = b.contract_id and c.provider = f.provider
    join {schema}instruction i on i.batch_id = b.id
    where f.id = new.report_id and i.id = new.instruction_id and f.lines = 0
      and new.source = 'file_status' and new.word = f.group_status)""",
    "outcome: the report does not refuse this file",
    "insert",
)

_OF_DECISION = Guard(
    "outcome_of_decision",
    "outcome",
    """new.decision_id is not null and 0 = (
    select count(*) from {schema}horizon_decision d
    join {schema}instruction i on i.batch_id = d.batch_id
    where d.id = new.decision_id and i.id = new.instruction_id
      and new.source = 'horizon' and new.word = 'absent')""",
    "outcome: nobody decided this",
    "insert",
)

# SQLite has foreign keys for it.
REFERS: tuple[Guard, ...] = (
    Guard(
        "line_match_of_line",
        "line_match",
        "0 = (select count(*) from {schema}bank_line l where l.id = new.bank_line_id)",
        "line_match: there is no such line",
        "insert",
    ),
)

SETS: tuple[Guard, ...] = (
    _ENDS, _ACCEPTED, _CANCELLED, _REPLACES, _OF_LINE, _OF_REPORT, _OF_DECISION,
)  # fmt: skip

# A statement that covers the last day on which the payments could still be executed, one that
# ends later with the same balance between them unless it is that one, then an enquiry; by two. A
# decision is on what is open then: where a proof is taken back later, there is another on that.
_NEVER_CAME = Guard(
    "horizon_decision_proven",
    "horizon_decision",
    """not exists (select 1 from {schema}batch b
    join {schema}contract c on c.id = b.contract_id
    join {schema}bank_report s on s.id = new.statement_id
    join {schema}bank_report n on n.id = new.next_statement_id
    join {schema}inbound_file sf on sf.id = s.file_id and sf.state = 'applied'
    join {schema}inbound_file nf on nf.id = n.file_id and nf.state = 'applied'
    join {schema}joint_act j on j.id = new.joint_id
    where b.id = new.batch_id and b.state in ('sending', 'sent', 'in_doubt', 'answered')
      and b.requested_on <= new.last_day
      and s.kind = 'statement' and s.provider = c.provider and s.account = c.account
      and n.kind = 'statement' and n.provider = c.provider and n.account = c.account
      and new.last_day between coalesce(s.from_day, s.to_day, s.last_day)
        and coalesce(s.to_day, s.last_day)
      and coalesce(n.to_day, n.last_day) > new.last_day
      and (n.id = s.id or (s.closing = n.opening
        and coalesce(n.to_day, n.last_day) > coalesce(s.to_day, s.last_day)))
      and new.enquired_on > coalesce(n.to_day, n.last_day)
      and (new.lines, new.total) = (select count(*), sum(i.amount) from {schema}instruction i
        where i.batch_id = b.id and i.state in ('ready', 'accepted'))
      and j.step = 'not_received' and j.about = 'batch:' || b.id and j.digest = new.digest)""",
    "horizon_decision: two statements, an enquiry after them, two officers",
    "insert",
)

_PROMISED = Guard(
    "provider_promise_by_two",
    "provider_promise",
    """not exists (select 1 from {schema}joint_act j where j.id = new.joint_id
    and j.step = 'provider_promise' and j.about = 'provider:' || new.provider)""",
    "provider_promise: two officers confirm it",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_NEVER_CAME, _PROMISED)
