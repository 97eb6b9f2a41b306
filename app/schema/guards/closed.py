"""What is closed stays closed: days of bank accounts, settlements of providers, months.

A line, an outcome or an entry on a closed day is refused; a close is a row that somebody confirmed,
over a statement or over figures that add up. That an entry moves no account on a day closed for it
is a rule of the books (`ledger/triggers.py`).
"""

from __future__ import annotations

from app.schema.guards.guard import Guard
from ledger.chart import KINDS
from ledger.periods import MONEY

# The accounts of money of a contract `c`, by their path.
_COLUMNS = {"fund": "c.fund", "programme": "c.programme", "unit": "c.unit_code",
            "provider": "c.provider"}  # fmt: skip
_PATHS = ", ".join(
    " || '/' || ".join((f"'{kind}'", *(_COLUMNS[one] for one in KINDS[kind].dimensions)))
    for kind in MONEY
)

# Bulk: first whether any day is closed so late at all; mostly none is.
_LINE = Guard(
    "bank_line_day_open",
    "bank_line",
    """new.kind = 'booked' and exists (select 1 from {schema}bank_day d
    where d.provider = new.provider and d.account = new.account and d.day >= new.booked_on)""",
    "bank_line: the day is closed for this account",
    "insert",
)

_OUTCOME = Guard(
    "outcome_day_open",
    "outcome",
    f"""new.posted_on <= (select max(d.day) from {{schema}}closed_day d)
    and new.state in ('settled', 'returned') and new.entry_id is not null
    and exists (select 1 from {{schema}}instruction i
      join {{schema}}batch b on b.id = i.batch_id
      join {{schema}}contract c on c.id = b.contract_id
      join {{schema}}account a on a.path in ({_PATHS})
      join {{schema}}closed_day d on d.account_id = a.id and d.day >= new.posted_on
      where i.id = new.instruction_id)""",
    "outcome: the day is closed for this account",
    "insert",
)

SETS: tuple[Guard, ...] = (_LINE, _OUTCOME)

_STATED = Guard(
    "bank_day_stated",
    "bank_day",
    """not exists (select 1 from {schema}bank_report r
    join {schema}inbound_file f on f.id = r.file_id and f.state = 'applied'
    where r.id = new.report_id and r.kind = 'statement' and r.provider = new.provider
      and r.account = new.account and r.closing = new.balance
      and coalesce(r.to_day, r.last_day) = new.day)
    or exists (select 1 from {schema}bank_line l
      left join {schema}line_match m on m.bank_line_id = l.id
      where l.provider = new.provider and l.account = new.account and l.kind = 'booked'
        and l.booked_on between new.since and new.day and m.bank_line_id is null)
    or not exists (select 1 from {schema}act a where a.id = new.act_id and a.step = 'close_day')""",
    "bank_day: a statement of the day, every line judged, an officer",
    "insert",
)

_FOLLOWS = Guard(
    "bank_day_follows",
    "bank_day",
    """exists (select 1 from {schema}bank_day d where d.provider = new.provider
    and d.account = new.account and (d.day >= new.day or d.day >= new.since))
    or exists (select 1 from {schema}bank_day d where d.provider = new.provider
      and d.account = new.account and d.balance <> new.opening
      and not exists (select 1 from {schema}bank_day n where n.provider = d.provider
        and n.account = d.account and n.day > d.day))""",
    "bank_day: begins where the day before ended",
    "insert",
)


def _by_two(table: str, step: str, about: str = "") -> Guard:
    """A row that two officers confirmed in this step, about this."""
    more = f" and j.about = {about}" if about else ""
    return Guard(
        f"{table}_by_two",
        table,
        f"""not exists (select 1 from {{schema}}joint_act j where j.id = new.joint_id
    and j.step = '{step}'{more})""",
        f"{table}: two officers confirm it",
        "insert",
    )


_CLAIMED = Guard(
    "loss_repayment_claimed",
    "loss_repayment",
    """coalesce((select sum(r.amount) from {schema}loss_repayment r
      where r.loss_id = new.loss_id), 0) + new.amount
    > (select l.amount from {schema}provider_loss l where l.id = new.loss_id)""",
    "loss_repayment: more than was lost",
    "insert",
)

_CONTINUES = Guard(
    "provider_settlement_continues",
    "provider_settlement",
    """exists (select 1 from {schema}provider_settlement s where s.fund = new.fund
    and s.programme = new.programme and s.unit = new.unit and s.provider = new.provider
    and (s.until >= new.since or (s.unspent <> new.opening and not exists (
      select 1 from {schema}provider_settlement n where n.fund = s.fund
        and n.programme = s.programme and n.unit = s.unit and n.provider = s.provider
        and n.until > s.until))))""",
    "provider_settlement: begins with what the last one left",
    "insert",
)

_BEHIND = Guard(
    "closed_day_behind",
    "closed_day",
    """not exists (select 1 from {schema}account a join {schema}provider_settlement s
      on s.fund = a.fund and s.programme = a.programme and s.unit = a.unit
      and s.provider = a.provider
    where a.id = new.account_id and a.kind = 'advance' and s.until = new.day)
    and not exists (select 1 from {schema}account a join {schema}contract c
      on c.fund = a.fund and c.programme = a.programme and c.unit_code = a.unit
      and c.provider = a.provider
      join {schema}bank_day d on d.provider = c.provider and d.account = c.account
    where a.id = new.account_id and a.kind = 'bank' and d.day = new.day)""",
    "closed_day: nothing stands behind it",
    "insert",
)

# Months closed before there were signatures have none; after the first signed one each has.
_SIGNED = Guard(
    "closing_signed",
    "closing",
    """exists (select 1 from {schema}month_close m where m.period < new.period)
    and not exists (select 1 from {schema}month_close m where m.period = new.period)""",
    "closing: two officers close a month",
    "insert",
)

GUARDS: tuple[Guard, ...] = (
    _STATED,
    _FOLLOWS,
    _by_two("provider_settlement", "settlement", "'settlement:' || new.period"),
    _CONTINUES,
    _by_two("provider_loss", "provider_loss"),
    _by_two("loss_repayment", "loss_repayment"),
    _CLAIMED,
    _by_two("unspent_return", "unspent_return"),
    _by_two("month_close", "close_month", "'month:' || new.period"),
    _BEHIND,
    _SIGNED,
)
