"""The rules that the database itself keeps, told once and wrapped for each dialect.

The heart is `BROKEN_ENTRY`: a query that finds any reason why an entry must not be sealed.
SQLite has deferred foreign keys but no deferred triggers, so on both databases an entry
needs its seal at commit (deferred foreign key) and the seal needs a sound entry (trigger).
`install` drops and makes every trigger anew; a house test compares the result with a fresh
database after each migration.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, inspect, text

from ledger import powers

APPEND_ONLY = (
    "entry",
    "posting",
    "entry_seal",
    "chain_link",
    "control_total",
    "closed_period",
    "closed_day",
    "account",
)

# What OR REPLACE would silently delete on SQLite: the unique keys of each table.
UNIQUE_KEYS = {
    "entry": "id = new.id or key = new.key or reverses_id = new.reverses_id",
    "entry_seal": "entry_id = new.entry_id",
    "chain_link": "position = new.position or entry_id = new.entry_id"
    " or (fiscal_year = new.fiscal_year and voucher = new.voucher)",
    "control_total": "kind = new.kind and fund = new.fund and programme = new.programme"
    " and currency = new.currency and position = new.position",
    "closed_period": "number = new.number or (programme = new.programme and period = new.period)",
    "closed_day": "account_id = new.account_id and day = new.day",
    "account": "id = new.id or path = new.path",
}

# The period after the twelfth month: entries dated in January that belong to the year before
# (adjustment period until 31 January, Circular 26/2026/TT-BTC; decision 0016).
ADJUSTMENT = 13

# Whether a posting carries on from the one before; looked up by key, never joined over the table.
_CARRIED_ON = """coalesce((
        select p.balance + n.credit - n.debit from posting p
        where p.account_id = n.account_id and p.item = n.item and p.seq = n.seq - 1
      ) = n.balance, false)"""

# Whether an entry moves an account on a day that is closed for it. Most entries are younger than
# every closed day: their postings are not looked at.
_DAY_CLOSED = """(select e.effective_on from entry e where e.id = new.entry_id)
      <= (select max(day) from closed_day)
    and exists (select 1 from entry e join posting p on p.entry_id = e.id
      join closed_day d on d.account_id = p.account_id
      where e.id = new.entry_id and d.day >= e.effective_on)"""

# One pass over up to 50,001 postings, and a look-up of what they carry on from.
# PostgreSQL would group them for EXCEPT even where nothing is reversed: hence the null before it.
BROKEN_ENTRY = f"""
select case
  when coalesce(sum(n.debit), 0) <> new.total or sum(n.credit) <> new.total
    or count(*) <> new.postings then 'entry does not balance'
  when min(n.why) is not null then min(n.why)
  when exists (select 1 from posting n where n.entry_id = new.entry_id and n.seq > 1
    and not {_CARRIED_ON}) then 'running balance broken'
  when {_DAY_CLOSED} then 'day closed'
  when (select reverses_id from entry where id = new.entry_id) is null then null
  when exists (
      select o.account_id, o.item, o.credit, o.debit, count(*)
      from entry e join posting o on o.entry_id = e.reverses_id where e.id = new.entry_id
      group by o.account_id, o.item, o.credit, o.debit
      except
      select m.account_id, m.item, m.debit, m.credit, count(*)
      from posting m where m.entry_id = new.entry_id
      group by m.account_id, m.item, m.debit, m.credit)
    or new.postings <> coalesce((
      select r.postings from entry e join entry_seal r on r.entry_id = e.reverses_id
      where e.id = new.entry_id), new.postings)
    then 'not the opposite of what it reverses'
  end as why
from (
  select p.debit, p.credit, case
      when a.id is null then 'unknown account'
      when a.currency <> e.currency then 'currency differs'
      when a.programme <> '' and a.programme <> e.programme then 'programme differs'
      when a.itemised = case p.item when 0 then 1 else 0 end then 'item missing or not allowed'
      when p.seq = 1 and p.balance <> p.credit - p.debit then 'running balance broken'
      when (a.guard = 1 and p.balance < 0) or (a.guard = 2 and p.balance > 0) then 'below zero'
    end as why
  from posting p join entry e on e.id = p.entry_id left join account a on a.id = p.account_id
  where p.entry_id = new.entry_id) n
"""  # noqa: S608


# Every reason of the query above; each becomes the message of a refusal.
REASONS = (
    "entry does not balance",
    "unknown account",
    "currency differs",
    "programme differs",
    "item missing or not allowed",
    "running balance broken",
    "day closed",
    "below zero",
    "not the opposite of what it reverses",
)


def install(connection: Connection) -> None:
    """Make every trigger of the books anew, on the database the connection is on.

    On PostgreSQL they are made in the current schema and see the tables of that schema only,
    whatever the search path of the writer: several provinces may live in one database.
    """
    keys = {key["referred_table"] for key in inspect(connection).get_foreign_keys("entry")}
    if "entry_seal" not in keys:
        raise RuntimeError("entry can be committed without its seal: the foreign key is missing")
    for statement in statements(connection):
        connection.execute(text(statement))


def statements(connection: Connection) -> Iterable[str]:
    """The statements that make every trigger, for the database and schema of the connection."""
    if connection.dialect.name == "sqlite":
        return _sqlite()
    schema = connection.execute(text("select current_schema()")).scalar_one()
    return _postgresql(connection.dialect.identifier_preparer.quote_identifier(schema))


def _sqlite() -> Iterable[str]:
    for table in APPEND_ONLY:
        yield from _sqlite_unchanged(table)
    for table, unique in UNIQUE_KEYS.items():
        yield from sqlite_no_replace(table, unique)
    yield from _sqlite_posting_open()
    year = "cast(substr(new.effective_on, 1, 4) as integer)"
    yield from _sqlite_refused(
        "entry_dates",
        "new.effective_on is not date(new.effective_on) or julianday(new.recorded_at) is null"
        " or new.recorded_at not like '____-__-__T__:__:__.______+00:00'",
        "not a day, or not a moment",
    )
    yield from _sqlite_refused(
        "entry_year",
        f"not (new.fiscal_year = {year} or new.fiscal_year = {year} - 1"
        " and substr(new.effective_on, 6, 2) = '01')",
        "fiscal year does not fit the date",
    )
    yield from _sqlite_refused("entry_corrects", _CORRECTS_OTHER, "corrects what is not its own")
    yield from _sqlite_refused(
        "entry_period",
        "exists (select 1 from closed_period where programme = new.programme"  # noqa: S608
        " and period in (substr(new.effective_on, 1, 7),"
        f" new.fiscal_year || '-{ADJUSTMENT}'))",
        "period closed",
    )
    for name, table, act in _GATE_KEPT:
        yield f"drop trigger if exists {name}"
        yield f"create trigger {name} after insert on {table} begin {act}; end"
    yield "drop trigger if exists entry_sealed_check"
    refusals = " ".join(
        f"when '{why}' then raise(abort, 'entry refused: {why}')" for why in REASONS
    )
    yield (
        "create trigger entry_sealed_check before insert on entry_seal begin"  # noqa: S608
        f" select case w.why {refusals} end from ({BROKEN_ENTRY}) w where w.why is not null; end"
    )


def _sqlite_posting_open() -> Iterable[str]:
    """Only the newest entry takes postings, until it is sealed, and none replaces another.

    One trigger, since it runs for each row. A row under the same (entry, line) is then one of
    ours, on which no other entry has built; under (account, item, seq) it is another entry's.
    """
    taken = (
        "select 1 from posting where account_id = new.account_id and item = new.item"
        " and seq = new.seq"
    )
    closed = (
        "exists (select 1 from entry_seal where entry_id = new.entry_id)"
        " or new.entry_id is not (select max(id) from entry)"
    )
    yield "drop trigger if exists posting_open"
    yield (
        f"create trigger posting_open before insert on posting when {closed} or exists ({taken})"
        f" begin select case when {closed} then raise(abort, 'entry sealed or unknown')"
        " else raise(abort, 'UNIQUE constraint failed: posting') end; end"
    )


def _sqlite_refused(name: str, condition: str, message: str) -> Iterable[str]:
    """Statements of a trigger that refuses an entry."""
    yield f"drop trigger if exists {name}"
    yield (
        f"create trigger {name} before insert on entry when {condition}"
        f" begin select raise(abort, '{message}'); end"
    )


def sqlite_append_only(table: str, unique: str) -> Iterable[str]:
    """Statements that make a SQLite table append-only, also against INSERT OR REPLACE."""
    yield from _sqlite_unchanged(table)
    yield from sqlite_no_replace(table, unique)


def _sqlite_unchanged(table: str) -> Iterable[str]:
    for act in ("update", "delete"):
        yield f"drop trigger if exists {table}_no_{act}"
        yield (
            f"create trigger {table}_no_{act} before {act} on {table}"
            f" begin select raise(abort, '{table} is append-only'); end"
        )


def sqlite_no_replace(table: str, unique: str) -> Iterable[str]:
    """Statements that stop INSERT OR REPLACE, which on SQLite would go round every other rule."""
    yield f"drop trigger if exists {table}_no_replace"
    yield (
        f"create trigger {table}_no_replace before insert on {table}"  # noqa: S608
        f" when exists (select 1 from {table} where {unique})"
        f" begin select raise(abort, 'UNIQUE constraint failed: {table}'); end"
    )


def postgresql_append_only(table: str) -> Iterable[str]:
    """Statements that make a PostgreSQL table append-only, TRUNCATE included."""
    yield (
        "create or replace function append_only() returns trigger language plpgsql as $$ begin"
        " raise exception '% is append-only', tg_table_name using errcode = '23514'; end $$"
    )
    yield f"drop trigger if exists {table}_append_only on {table}"
    yield (
        f"create trigger {table}_append_only before update or delete or truncate on {table}"
        " for each statement execute function append_only()"
    )


def _postgresql(schema: str) -> Iterable[str]:
    yield from powers.statements(schema)
    for table in APPEND_ONLY:
        yield from postgresql_append_only(table)
    yield _function(
        "posting_open",
        schema,
        # Counted, and so looked up by key: whether one exists it would ask of all entries at once.
        "if 0 < (select count(*) from (select distinct entry_id from fresh) f"
        " where 0 < (select count(*) from entry_seal s where s.entry_id = f.entry_id)"
        " or 0 = (select count(*) from entry e where e.id = f.entry_id)) then"
        " raise exception 'entry sealed or unknown' using errcode = '23514'; end if; return null;",
    )
    yield "drop trigger if exists posting_open on posting"
    yield (
        "create trigger posting_open after insert on posting referencing new table as fresh"
        " for each statement execute function posting_open()"
    )
    # Who writes into a programme shares a lock that closing takes alone: the close waits for
    # the entries being written, and the entries behind it see the closed period. Not so those of
    # a transaction that shows the books as they were before: to it, the gate cannot be locked.
    yield _function(
        "entry_period",
        schema,
        f"perform pg_advisory_xact_lock_shared({_PROGRAMME});"  # noqa: S608
        " if current_setting('transaction_isolation') <> 'read committed' then"
        " perform 1 from period_gate where programme = new.programme for share; end if;"
        " if not isfinite(new.effective_on) or not isfinite(new.recorded_at)"
        " or extract(year from new.effective_on) not between 1900 and 9998"
        " or extract(year from new.recorded_at) not between 1900 and 9998 then"
        " raise exception 'not a day, or not a moment' using errcode = '23514'; end if;"
        " if not (new.fiscal_year = extract(year from new.effective_on)"
        " or new.fiscal_year = extract(year from new.effective_on) - 1"
        " and extract(month from new.effective_on) = 1) then"
        " raise exception 'fiscal year does not fit the date' using errcode = '23514'; end if;"
        f" if {_CORRECTS_OTHER} then"
        " raise exception 'corrects what is not its own' using errcode = '23514'; end if;"
        " if exists (select 1 from closed_period c where c.programme = new.programme"
        " and c.period in (to_char(new.effective_on, 'YYYY-MM'),"
        f" new.fiscal_year || '-{ADJUSTMENT}')) then"
        " raise exception 'period closed' using errcode = '23514'; end if; return new;",
    )
    yield from _on_insert("before", "entry", "entry_period")
    yield _function(
        "period_alone",
        schema,
        "if current_setting('transaction_isolation') <> 'read committed' then"
        " raise exception 'a period is closed at READ COMMITTED: else it may miss an entry'"
        " using errcode = '23514'; end if;"
        f" perform pg_advisory_xact_lock({_PROGRAMME}); return new;",
    )
    yield from _on_insert("before", "closed_period", "period_alone")
    for name, table, act in _GATE_KEPT:
        yield _function(name, schema, f"{act}; return null;")
        yield from _on_insert("after", table, name)
    yield _function(
        "entry_sealed_check",
        schema,
        f"declare reason text; begin select w.why into reason from ({BROKEN_ENTRY}) w;"  # noqa: S608
        " if reason is not null then"
        " raise exception 'entry refused: %', reason using errcode = '23514'; end if;"
        " return new; end;",
    )
    yield from _on_insert("before", "entry_seal", "entry_sealed_check")


# A correction stays in the programme and the currency of what it puts right.
_CORRECTS_OTHER = """new.corrects_id is not null and not exists (
    select 1 from entry c where c.id = new.corrects_id
    and c.programme = new.programme and c.currency = new.currency)"""

# A programme has a gate from its first account on, and each close changes it.
_GATE_KEPT = (
    (
        "account_gate",
        "account",
        "insert into period_gate (programme, closes) values (new.programme, 0)"
        " on conflict (programme) do nothing",
    ),
    (
        "period_gate_closed",
        "closed_period",
        "update period_gate set closes = closes + 1 where programme = new.programme",
    ),
    (
        "period_gate_day",
        "closed_day",
        "update period_gate set closes = closes + 1 where programme ="
        " (select a.programme from account a where a.id = new.account_id)",
    ),
)

_PROGRAMME = "hashtextextended(tg_table_schema || '/' || new.programme, 0)"


def _function(name: str, schema: str, body: str) -> str:
    # pg_temp last: else a temporary table of the same name would be believed.
    return (
        f"create or replace function {name}() returns trigger language plpgsql"
        f" set search_path = {schema}, pg_temp as $$ begin {body} end $$"
    )


def _on_insert(when: str, table: str, function: str) -> Iterable[str]:
    yield f"drop trigger if exists {function} on {table}"
    yield (
        f"create trigger {function} {when} insert on {table}"
        f" for each row execute function {function}()"
    )
