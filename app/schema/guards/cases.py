"""Cases begin, grow and end by what stands behind them."""

from __future__ import annotations

from app.schema.guards.guard import Guard

_CASE_BEGINS = Guard(
    "bank_case_begins",
    "bank_case",
    "new.state <> 'open' or new.end_act_id is not null",
    "bank_case: begins open",
    "insert",
)

_CASE_ENDS = Guard(
    "bank_case_ends",
    "bank_case",
    """old.state <> 'open' or (new.state in ('closed', 'refused') and not exists (
      select 1 from {schema}act a where a.id = new.end_act_id and a.step = 'close_case'))
    or (new.state = 'succeeded' and not exists (select 1 from {schema}instruction i
      where i.id = new.instruction_id and i.state = 'recalled'))""",
    "bank_case: an officer or the money ends it, once",
)

_CASE_GROWS = Guard(
    "bank_case_grows",
    "bank_case_line",
    """not exists (select 1 from {schema}bank_case k
    join {schema}line_match m on m.bank_line_id = new.bank_line_id
    where k.id = new.case_id and k.state = 'open' and k.kind <> 'recall'
      and k.instruction_id = m.target_id
      and m.verdict in ('conflict', 'debit_unknown', 'credit_unknown'))""",
    "bank_case_line: a line about the payment of an open case",
    "insert",
)

GUARDS: tuple[Guard, ...] = (_CASE_BEGINS, _CASE_ENDS, _CASE_GROWS)
