"""Lines placed by hand: two officers, a target once, parts that are the line, nothing closed."""

from __future__ import annotations

from app.disbursement.line_tables import line_part, line_placing
from app.disbursement.parked import EARLY, WAITS_BY
from app.disbursement.withdrawn import PAPERS, TAKEN_BACK
from app.schema.guards.guard import Guard
from reconciliation.evidence import SOURCE_SQL

_SOURCE = SOURCE_SQL.format(line="l")


def _acted(table: str, step: str, officer: str, more: str = "") -> Guard:
    return Guard(
        f"{table}_acted",
        table,
        f"""not exists (select 1 from {{schema}}act a where a.id = new.act_id
      and a.officer_id = new.{officer} and a.step = '{step}'
      and (a.things > 1 or a.digest = new.digest)
      and a.things > (select count(*) from {{schema}}{table} o where o.act_id = a.id)){more}""",
        f"{table}: an officer confirms it himself",
        "insert",
    )


def _confirmed(kind: str, line: str = "") -> str:
    """That two officers agreed on the proposal `new.proposal_id` of this kind."""
    about = f" and p.bank_line_id = {line}" if line else ""
    return f"""exists (select 1 from {{schema}}line_proposal p
      join {{schema}}line_decision d on d.proposal_id = p.id and d.verdict = 'confirmed'
      where p.id = new.proposal_id and p.kind = '{kind}'{about})"""


# That the target is of the part's amount, on the account of the line `l`, and goes its way.
_TARGETS = """exists (select 1 from {schema}bank_line l
      join {schema}line_proposal p on p.bank_line_id = l.id and p.id = new.proposal_id
      join {schema}contract c on c.provider = l.provider and c.account = l.account
    where (new.verdict in ('settled', 'returned', 'late') and exists (select 1
        from {schema}instruction i
        join {schema}batch b on b.id = i.batch_id and b.contract_id = c.id
        where i.id = new.target_id and i.amount = new.amount
          and b.state not in ('built', 'released', 'cancelled')
          and (l.amount > 0) = (new.verdict = 'returned')
          and (new.verdict <> 'late' or (i.state in ('rejected', 'not_received')
            and not exists (select 1 from {schema}instruction n where n.replaces_id = i.id)))))
      or (new.verdict = 'funding' and l.amount > 0 and exists (
        select 1 from {schema}funding_request f where f.id = new.target_id
          and f.contract_id = c.id and f.amount = new.amount and f.received_on is null))
      or (new.verdict = 'fee_back' and l.amount > 0 and exists (select 1
        from {schema}suspense_item s join {schema}bank_line o on o.id = s.bank_line_id
        where s.bank_line_id = new.target_id and s.amount = - new.amount
          and s.resolved_at is null and o.provider = l.provider and o.account = l.account))
      or (new.verdict = 'sent_back' and l.amount < 0 and exists (select 1
        from {schema}suspense_item s join {schema}bank_line o on o.id = s.bank_line_id
        where s.bank_line_id = new.target_id and s.amount = new.amount
          and s.kind = 'credit_unknown' and s.resolved_at is null
          and o.provider = l.provider and o.account = l.account))
      or (new.verdict = 'fee_month' and l.amount < 0 and exists (
        select 1 from {schema}contract_charge t where c.id = new.target_id / 1000000
          and t.contract_id = c.id and t.kind = 'month' and t.amount = new.amount))
      or (new.verdict = 'fee_batch' and l.amount < 0 and exists (
        select 1 from {schema}batch b where b.id = new.target_id and b.contract_id = c.id
          and (b.total * c.fee_per_ten_thousand + 5000) / 10000 = new.amount))
      or (new.verdict = 'treasury-slip' and l.amount < 0 and exists (
        select 1 from {schema}treasury_refund t where t.id = new.target_id
          and t.amount = new.amount and t.provider = c.provider and t.unit = c.unit_code
          and t.programme = c.programme))
      or (new.verdict = 'recovery-receipt' and l.amount > 0 and exists (
        select 1 from {schema}recovery_receipt t where t.id = new.target_id
          and t.amount = new.amount and t.provider = c.provider)))"""

_PART = Guard(
    "line_part_of_line",
    "line_part",
    f"""new.undone_by <> 0 or not {_confirmed("match")} or not {_TARGETS}
    or exists (select 1 from {{schema}}line_placing g where g.proposal_id = new.proposal_id)
    or exists (select 1 from {{schema}}line_match m where m.target_id = new.target_id
      and m.withdrawn_by = 0
      and (m.verdict = new.verdict or (m.verdict = 'noted' and m.pass_name = new.verdict)))""",
    "line_part: a target of this line, once, confirmed by two",
    "insert",
)

# The days of an account that are closed; of the entry, the books themselves look at the day.
_CLOSED = """exists (select 1 from {schema}bank_line l join {schema}bank_day d
      on d.provider = l.provider and d.account = l.account and d.day >= new.posted_on
    where l.id = new.bank_line_id)"""


def _posted(of: str) -> str:
    return f"""exists (select 1 from {{schema}}entry e where e.id = new.entry_id
      and e.source = 'bank-line:' || new.bank_line_id and e.effective_on = new.posted_on{of})"""


_PLACING = Guard(
    "line_placing_whole",
    "line_placing",
    f"""new.undone_by <> 0 or not {_confirmed("match", "new.bank_line_id")} or {_CLOSED}
    or not {_posted(" and e.reverses_id is not null")}
    or not exists (select 1 from {{schema}}suspense_item s
      where s.bank_line_id = new.bank_line_id and s.resolved_at is null)
    or (select abs(l.amount) from {{schema}}bank_line l where l.id = new.bank_line_id)
      <> coalesce((select sum(q.amount) from {{schema}}line_part q
        where q.proposal_id = new.proposal_id), 0)""",
    "line_placing: parts that are the line, out of suspense, on an open day, by two",
    "insert",
)

_REVERSED = "exists (select 1 from {schema}entry r where r.reverses_id = e.id)"
_TAKEN = ", ".join(f"'{one}'" for one in TAKEN_BACK)
_PAPERS = ", ".join(f"'{one}'" for one in PAPERS)
_WAITS = ", ".join(f"'{one}'" for one in sorted(set(WAITS_BY.values())))

# Of the matcher's verdict: the entry that the line has alone is reversed, and of an entry that it
# shares with others what it proved is, by an entry of the same recipe that names it.
_MATCHED = f"""exists (select 1 from {{schema}}line_match m where m.bank_line_id = new.bank_line_id
      and m.withdrawn_by = 0 and (m.verdict in ({_TAKEN}) or m.pass_name = '{EARLY}'
        or (m.verdict = 'noted' and m.pass_name in ({_PAPERS}))))
    and not exists (select 1 from {{schema}}entry e
      where e.key in ('bank-line:' || new.bank_line_id,
        'bank-line:' || new.bank_line_id || ':' || 'settled')
      and e.kind not in ({_WAITS}) and not {_REVERSED})
    and not exists (select 1 from {{schema}}line_match m
      join {{schema}}funding_request f on f.id = m.target_id
      join {{schema}}entry e on e.key = 'funding:' || f.reference
      where m.bank_line_id = new.bank_line_id and m.verdict = 'funding'
        and e.source = 'bank-line:' || new.bank_line_id and not {_REVERSED})
    and not exists (select 1 from {{schema}}outcome o join {{schema}}entry p on p.id = o.entry_id
      join {{schema}}entry e on e.key in (p.key,
        p.key || ':' || 'claim_charge', p.key || ':' || 'return_charge')
      join {{schema}}instruction i on i.id = o.instruction_id
      join {{schema}}bank_line l on l.id = o.bank_line_id
      where o.bank_line_id = new.bank_line_id and o.undone_by = 0 and not {_REVERSED}
        and not exists (select 1 from {{schema}}entry r
          join {{schema}}entry_seal s on s.entry_id = r.id
            and s.total = case e.id when p.id then abs(l.amount) else i.amount - l.amount end
          where r.corrects_id = e.id and r.kind = e.kind and r.effective_on = new.posted_on
            and r.source = 'bank-line:' || new.bank_line_id))"""

_UNPLACING = Guard(
    "line_unplacing_reverses",
    "line_unplacing",
    f"""not {_confirmed("unmatch", "new.bank_line_id")} or {_CLOSED} or not {_posted("")}
    or (new.placing_id is null and not ({_MATCHED}))
    or (new.placing_id is not null and not exists (select 1 from {{schema}}line_placing g
      where g.proposal_id = new.placing_id
        and g.bank_line_id = new.bank_line_id and g.undone_by = 0))
    or exists (select 1 from {{schema}}line_part q
      join {{schema}}entry e on e.key = 'line-part:' || q.id
      where q.proposal_id = new.placing_id and not exists (
        select 1 from {{schema}}entry r where r.reverses_id = e.id))""",
    "line_unplacing: every entry of the placing is reversed, on an open day, by two",
    "insert",
)

# What was done on the strength of a placing: a new order, a list on which it is to be paid again,
# a request to the bank to send it back, money claimed back from the person.
_MOVED_ON = Guard(
    "line_unplacing_moved_on",
    "line_unplacing",
    """exists (select 1 from (
      select q.target_id, case q.verdict when 'late' then 'settled' else q.verdict end as verdict
      from {schema}line_part q
      where q.proposal_id = new.placing_id and q.verdict in ('settled', 'returned', 'late')
      union all select o.instruction_id, o.state from {schema}outcome o
      where new.placing_id is null and o.bank_line_id = new.bank_line_id and o.undone_by = 0) t
    join {schema}instruction i on i.id = t.target_id
    where i.state <> t.verdict
      or exists (select 1 from {schema}instruction n where n.replaces_id = i.id)
      or exists (select 1 from {schema}bank_case k where k.instruction_id = i.id
        and k.kind = 'recall' and k.state = 'open')
      or exists (select 1 from {schema}batch b
        join {schema}payroll_line l on l.obligation_id = i.obligation_id
        join {schema}payroll p on p.id = l.payroll_id
        where b.id = i.batch_id and p.id > b.payroll_id
          and p.state not in ('closed', 'void')))""",
    "line_unplacing: what it settled or brought back has moved on since",
    "insert",
)

_OUTCOME = Guard(
    "outcome_of_part",
    "outcome",
    f"""new.undone_by <> 0 or (new.part_id is not null and 0 = (
    select count(*) from {{schema}}line_part q
    join {{schema}}line_placing g on g.proposal_id = q.proposal_id and g.undone_by = 0
    join {{schema}}bank_line l on l.id = g.bank_line_id
    join {{schema}}entry e on e.key = 'line-part:' || q.id
    where q.id = new.part_id and q.target_id = new.instruction_id
      and new.state = case q.verdict when 'late' then 'settled' else q.verdict end
      and q.undone_by = 0 and e.id = new.entry_id and new.word = '*'
      and new.source = {_SOURCE}))""",
    "outcome: nobody placed a line so",
    "insert",
)

# What two took back goes where it was; whatever else ends it needs evidence of its own.
_TAKEN_BACK = Guard(
    "instruction_taken_back",
    "instruction",
    """((old.state = 'settled' and new.state in ('ready', 'accepted'))
      or (old.state = 'returned' and new.state = 'settled')) and (0 = (
    select count(*) from {schema}outcome o
    where o.instruction_id = new.id and o.state = old.state and o.undone_by <> 0
      and 0 = (select count(*) from {schema}outcome s where s.instruction_id = new.id
        and s.undone_by = 0 and (s.state = old.state
          or (s.state = 'credited' and old.state = 'settled'))))
    or (new.state = 'accepted' and 0 = (select count(*) from {schema}line_match m
      where m.verdict = 'accepted' and m.target_id = new.id)))""",
    "instruction: two officers take it back",
)

# What was closed as not gone went after all: two officers placed its debit on it, or took it back.
_AFTER_ALL = Guard(
    "instruction_after_all",
    "instruction",
    """(old.state in ('rejected', 'not_received') and new.state = 'settled' and 0 = (
      select count(*) from {schema}outcome o join {schema}line_part q on q.id = o.part_id
      where o.instruction_id = new.id and o.state = 'settled' and o.undone_by = 0
        and q.verdict = 'late' and q.was = old.state))
    or (old.state = 'settled' and new.state in ('rejected', 'not_received') and (0 = (
        select count(*) from {schema}outcome o join {schema}line_part q on q.id = o.part_id
        where o.instruction_id = new.id and o.state = 'settled' and o.undone_by <> 0
          and q.verdict = 'late' and q.was = new.state)
      or 0 < (select count(*) from {schema}outcome o where o.instruction_id = new.id
        and o.undone_by = 0 and o.state in ('settled', 'credited'))))""",
    "instruction: two officers place its debit, or take it back",
)

_NOT_PLACED = Guard(
    "line_match_not_placed",
    "line_match",
    """new.withdrawn_by <> 0 or new.verdict in ('funding', 'fee_back', 'fee_month', 'fee_batch',
      'noted') and new.target_id is not null and 0 < (select count(*) from {schema}line_part q
    where q.target_id = new.target_id and q.undone_by = 0
      and q.verdict in (new.verdict, new.pass_name))""",
    "line_match: another line was placed on this by hand",
    "insert",
)


_RULE = Guard(
    "line_rule_by_two",
    "line_rule",
    f"""not {_confirmed("rule")} or new.valid_from < {{day[new.made_at]}}""",
    "line_rule: two officers make it, for days to come",
    "insert",
)

_RULE_END = Guard(
    "line_rule_end_by_two",
    "line_rule_end",
    f"""not {_confirmed("rule_end")} or new.ended_on < {{day[new.recorded_at]}}""",
    "line_rule_end: two officers end it, for days to come",
    "insert",
)

_BY_RULE = Guard(
    "line_match_by_rule",
    "line_match",
    """new.pass_name like 'rule:%' and 0 = (select count(*) from {schema}line_rule r
    join {schema}bank_line l on l.id = new.bank_line_id
    left join {schema}line_rule_end x on x.rule_id = r.proposal_id
    where new.pass_name = 'rule:' || r.proposal_id and l.kind = 'booked'
      and r.provider = l.provider and r.account in ('', l.account)
      and (r.direction = 'in') = (l.amount > 0) and abs(l.amount) between r.least and r.most
      and r.valid_from <= l.booked_on and (x.ended_on is null or l.booked_on < x.ended_on))""",
    "line_match: no rule is about this line",
    "insert",
)


def _undone(table: str, mine: str) -> Guard:
    """A row is changed once, and only because what takes it back was written."""
    return Guard(
        f"{table}_undone",
        table,
        f"""old.undone_by <> 0 or not exists (
      select 1 from {{schema}}line_unplacing u where u.proposal_id = new.undone_by
        and u.placing_id = {mine})""",
        f"{table}: two officers take it back",
    )


_OF_PART = "(select q.proposal_id from {schema}line_part q where q.id = new.part_id)"

_OF_SUM = """new.source = 'lump' and exists (select 1 from {schema}entry e
      where e.id = new.entry_id and e.key = 'bank-line:' || u.bank_line_id || ':' || 'settled')"""

_OUTCOME_UNDONE = Guard(
    "outcome_undone",
    "outcome",
    f"""old.undone_by <> 0 or not exists (
      select 1 from {{schema}}line_unplacing u where u.proposal_id = new.undone_by
        and (u.placing_id = {_OF_PART} or (u.placing_id is null and {_OF_SUM})
          or (u.placing_id is null and u.bank_line_id = new.bank_line_id)))""",
    "outcome: two officers take it back",
)

_LIFTED = Guard(
    "ban_lifting_by_two",
    "ban_lifting",
    """not exists (select 1 from {schema}line_unplacing u where u.proposal_id = new.proposal_id)
    or not exists (select 1 from {schema}banned_account b
      where b.account_key = new.account_key and b.banned_at = new.banned_at)""",
    "ban_lifting: two officers took back why it was banned",
    "insert",
)

_WITHDRAWN = Guard(
    "line_match_withdrawn",
    "line_match",
    """old.withdrawn_by <> 0 or not exists (
      select 1 from {schema}line_unplacing u where u.proposal_id = new.withdrawn_by
        and u.placing_id is null and u.bank_line_id = new.bank_line_id)""",
    "line_match: two officers take it back",
)

SETS: tuple[Guard, ...] = (_OUTCOME, _TAKEN_BACK, _AFTER_ALL, _NOT_PLACED, _BY_RULE)
GUARDS: tuple[Guard, ...] = (
    _acted("line_proposal", "line_propose", "proposed_by"),
    _acted("line_decision", "line_decide", "officer_id"),
    _PART,
    _PLACING,
    _UNPLACING,
    _MOVED_ON,
    _RULE,
    _RULE_END,
    _undone(line_part.name, "new.proposal_id"),
    _undone(line_placing.name, "new.proposal_id"),
    _OUTCOME_UNDONE,
    _WITHDRAWN,
    _LIFTED,
)
