"""What must hold after every step (I1 to I17), asked of the database by SQL of its own.

Each query gives what breaks the invariant. What needs the step before (append-only, frozen lines,
listed moves) or the modelled bank stands in `held.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

FAILED = "('rejected', 'returned', 'not_received', 'recalled', 'cancelled')"
AWAY = "('sending', 'sent', 'in_doubt', 'answered', 'done')"
STATE = """case when i.state <> 'settled' then i.state
    when exists (select 1 from outcome o where o.instruction_id = i.id and o.state = 'credited'
        and o.undone_by = 0)
      and not exists (select 1 from outcome o where o.instruction_id = i.id
        and o.state = 'settled' and o.undone_by = 0) then 'credited'
    else 'settled' end"""
"""The state of an instruction `i` as evidence finds it."""

_HELD = """select a.kind, a.unit, a.programme, a.provider, sum(p.credit - p.debit) as held
    from posting p join account a on a.id = p.account_id
    where a.kind in ('commitment', 'transit') group by 1, 2, 3, 4"""
_OWED = f"""select 'commitment' as kind, c.unit_code as unit, c.programme, c.provider,
      sum(i.amount) as owed
    from instruction i join batch b on b.id = i.batch_id join contract c on c.id = b.contract_id
    where b.state in ('built', 'released') group by 2, 3, 4
    union all select 'transit', c.unit_code, c.programme, c.provider, sum(i.amount)
    from instruction i join batch b on b.id = i.batch_id join contract c on c.id = b.contract_id
    where b.state in {AWAY} and {STATE} in ('ready', 'accepted', 'credited') group by 2, 3, 4"""

BROKEN: Mapping[str, str] = {
    "I1 an entry balances, of two lines or more, and is sealed": """
        select e.id from entry e left join entry_seal s on s.entry_id = e.id
        left join posting p on p.entry_id = e.id group by e.id
        having sum(p.debit) is not sum(p.credit) or sum(p.debit) is not max(s.total)
          or count(*) < 2 or count(*) <> max(s.postings)
          or min(p.debit + p.credit) <= 0""",
    "I3 a key is posted once": "select key from entry group by key having count(*) > 1",
    "I4 no guarded account is below zero": """
        select p.entry_id from posting p join account a on a.id = p.account_id
        where (a.guard = 1 and p.balance < 0) or (a.guard = 2 and p.balance > 0)""",
    "I5 the balance carried is the sum so far": """
        select entry_id from (select entry_id, balance, seq,
            sum(credit - debit) over w as right_one, row_number() over w as place
            from posting window w as (partition by account_id, item order by seq))
        where balance <> right_one or seq <> place""",
    "I6 an obligation is due once, and drained at most once": f"""
        select o.id from obligation o
        join posting p on p.item = o.id
        join account a on a.id = p.account_id and a.kind = 'payable'
        group by o.id having sum(p.credit - p.debit) not in (0, o.amount)
        or sum(p.credit - p.debit) > 0 and exists (select 1 from instruction i
            where i.obligation_id = o.id and i.state not in {FAILED})""",
    "I6 two obligations for one month": """
        select person_id from obligation group by programme, person_id, period, component
        having count(*) > 1""",
    "I7 a batch is sealed and sent for the first time once": """
        select batch_id from batch_event where state = 'sending' and evidence like 'sha256:%'
        group by batch_id having count(*) > 1""",
    "I7 one live payment of an obligation": f"""
        select obligation_id from instruction where state not in {FAILED}
        group by obligation_id having count(*) > 1""",
    "I8 a batch moves as listed, and is where its last event says": """
        select b.id from batch b join (select batch_id, state,
            lag(state) over w as before, row_number() over w as place, seq,
            lead(state) over w as after from batch_event
            window w as (partition by batch_id order by seq)) e on e.batch_id = b.id
        where seq <> place or (before is null and e.state <> 'built')
          or (before is not null and not exists (select 1 from batch_move m
            where m.from_state = before and m.to_state = e.state))
          or (after is null and e.state <> b.state)""",
    "I9 a failed attempt is replaced once, by the next": f"""
        select i.id from instruction i left join instruction p on p.id = i.replaces_id
        where i.attempt > 1 and (p.id is null or p.obligation_id <> i.obligation_id
          or p.attempt <> i.attempt - 1 or p.state not in {FAILED})""",
    "I10 an end has its entry and its evidence": f"""
        select i.id from instruction i where {STATE} in ('settled', 'rejected', 'returned',
          'not_received', 'recalled', 'credited') and not exists (select 1 from outcome o
            left join entry e on e.id = o.entry_id where o.instruction_id = i.id
            and o.undone_by = 0 and o.state = {STATE}
            and (o.state = 'credited') = (e.id is null))""",
    "I10 commitment and transit are the open payments": f"""
        select kind, unit, programme, provider from ({_HELD}) left join ({_OWED})
          using (kind, unit, programme, provider) where held <> coalesce(owed, 0)
        union all select kind, unit, programme, provider from ({_OWED}) left join ({_HELD})
          using (kind, unit, programme, provider) where owed <> coalesce(held, 0)""",
    "I11 maker, checker and approver are three persons, over one content": """
        select p.id from payroll p where p.state in ('approved', 'closed') and (
          (select count(distinct a.officer_id) from approval a
            where a.payroll_id = p.id and a.round = p.round and a.digest = p.digest) < 2
          or exists (select 1 from approval a where a.payroll_id = p.id and a.round = p.round
            and (a.officer_id = a.maker_id or a.digest <> p.digest)))""",
    "I11 two persons release": """
        select b.id from batch b where b.state not in ('built', 'cancelled') and 2 <> (
          select count(distinct r.officer_id) from batch_release r where r.batch_id = b.id
          and r.round = (select max(n.round) from batch_release n where n.batch_id = b.id))""",
    "I11 two persons clear a hold": """
        select id from hold where cleared_at is not null
        and (cleared_by is null or cleared_too_by is null or cleared_by = cleared_too_by)""",
    "I12 a payroll is the sum of its lines": """
        select p.id from payroll p left join payroll_line l on l.payroll_id = p.id
        and (l.undone = 0 or p.state = 'void') group by p.id
        having p.lines <> count(l.id) or p.total <> coalesce(sum(l.amount), 0)""",
    "I12 what is paid is what was approved": """
        select i.id from instruction i join payroll_line l on l.id = i.payroll_line_id
        where i.amount <> l.amount or i.obligation_id <> l.obligation_id
          or i.destination_id <> l.destination_id or i.method <> l.method""",
    "I13 a code is used once": """
        select officer_id from act group by officer_id, timecode having count(*) > 1""",
    "I14 a line is consumed once": """
        select l.id from bank_line l join inbound_file f on f.id = l.file_id
        left join line_match m on m.bank_line_id = l.id
        where f.state = 'applied' and m.bank_line_id is null
        union all select min(id) from bank_line group by provider, account, entry_key
        having count(*) > 1
        union all select bank_line_id from outcome where bank_line_id is not null
        group by bank_line_id having count(*) > 1""",
    "I15 a statement adds up": """
        select r.id from bank_report r join inbound_file f on f.id = r.file_id
        where f.state <> 'quarantined' and r.kind = 'statement'
          and r.closing - r.opening <> r.booked""",
    "I15 statements join": """
        select n.id from bank_report n join bank_report b on b.account = n.account
          and cast(b.sequence as integer) = cast(n.sequence as integer) - 1
        join inbound_file nf on nf.id = n.file_id join inbound_file bf on bf.id = b.file_id
        where n.kind = 'statement' and b.kind = 'statement' and nf.state <> 'quarantined'
          and bf.state <> 'quarantined' and n.opening <> b.closing""",
    "I16 nothing is posted into a closed period": """
        select e.id from entry e join closed_period c on c.programme = e.programme
          and c.period = substr(e.effective_on, 1, 7)
        left join chain_link l on l.entry_id = e.id
        where l.position is null or l.position > c.position""",
    "I17 both chains have no gap": """
        select 'books' where (select count(*) from chain_link)
          <> coalesce((select max(position) from chain_link), 0)
        union all select 'trail' where (select count(*) from audit_link)
          <> coalesce((select max(position) from audit_link), 0)""",
}

APPENDED = ("entry", "posting", "entry_seal", "outcome", "bank_line", "batch_event", "act",
            "batch_release", "approval", "audit_event", "audit_link", "chain_link",
            "closed_period", "closing", "payroll_round")  # fmt: skip
"""Tables of which I2 says that what stands in them stays."""
MARKED = ("undone_by",)
"""But for these columns, the marks of what two officers took back."""
