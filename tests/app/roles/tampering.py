"""Statements that somebody who holds the application's own connection may try."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app import rights
from ledger.schema import metadata

NO_RIGHT = (
    "not authorized|authorization denied|permission denied|must be (owner|able|superuser)"
    "|must have admin option"
)


@dataclass(frozen=True)
class Try:
    """What is run first, refused or not, and what has to be refused in the end, and why."""

    tamper: tuple[str, ...]
    why: str = NO_RIGHT
    first: tuple[str, ...] = ()


def one(statement: str, *first: str, why: str = NO_RIGHT) -> Try:
    """One statement that is refused, after others that prepare it."""
    return Try((statement,), why, first)


HEADER = (
    "insert into entry (id, key, kind, programme, currency, effective_on, recorded_at, fiscal_year,"
    " reason, source, content) values (900, 'forged', 'fund_bank', 'pension', 'VND', '{day}',"
    " '2026-10-05T00:00:00.000000+00:00', 2026, 'x', 'x', 'x')"
)
# A posting that carries on the last one of its account, as a right one would.
POSTING = (
    "insert into posting (entry_id, line, account_id, item, seq, debit, credit, balance)"
    " select {entry}, {line}, p.account_id, 0, p.seq + 1, {debit}, {credit},"
    " p.balance + {credit} - {debit} from account a join posting p on p.account_id = a.id"
    " where a.path = '{kind}/local/pension/01273/banka' order by p.seq desc limit 1"
)
SEAL = "insert into entry_seal (entry_id, postings, total, digest) values (900, {0}, {1}, 'x')"


def header(day: str = "2026-10-05") -> str:
    """The header of entry 900."""
    return HEADER.format(day=day)


def posting(line: int, kind: str, debit: int, credit: int, entry: int = 900) -> str:
    """A posting of entry 900, or of another."""
    return POSTING.format(entry=entry, line=line, kind=kind, debit=debit, credit=credit)


def seal(postings: int = 2, total: int = 100) -> str:
    """The seal of entry 900."""
    return SEAL.format(postings, total)


MONEY_IN, FROM_FUND = posting(1, "bank", 100, 0), posting(2, "funding", 0, 100)
SOUND = (header(), MONEY_IN, FROM_FUND, seal())
UNSEALED = SOUND[:-1]
INTO_SEALED = posting(99, "bank", 100, 0, entry=1)
NEEDS_SEAL = "FOREIGN KEY|fk_entry_sealed"
CHECKED_AGAIN = "update payroll set state = 'checked' where state = 'approved'"
SHADOW_PERIODS = "create temporary table closed_period (programme text, period text)"
SHADOW_MOVES = (
    "create temporary table payroll_move (from_state text, to_state text)",
    "insert into payroll_move values ('approved', 'checked')",
)

EVERYWHERE: dict[str, Try] = {
    "entry without seal": Try(UNSEALED, NEEDS_SEAL),
    "posting into a sealed entry": one(INTO_SEALED, why="sealed or unknown"),
    "posting behind the seal": Try((*SOUND, posting(3, "bank", 5, 0)), "sealed or unknown"),
    "seal with a wrong total": Try((*UNSEALED, seal(2, 99)), "does not balance"),
    "seal with a wrong count": Try((*UNSEALED, seal(3)), "does not balance"),
    "sides that differ": Try(
        (header(), MONEY_IN, posting(2, "funding", 0, 99), seal()), "does not balance"
    ),
    "second seal": one(
        "insert into entry_seal (entry_id, postings, total, digest) values (1, 2, 100, 'x')",
        why="UNIQUE|pk_entry_seal|does not balance",
    ),
    "account below zero": Try(
        (header(), posting(1, "funding", 10**9, 0), posting(2, "bank", 0, 10**9), seal(2, 10**9)),
        "below zero",
    ),
    "entry in a closed month": Try((header("2026-09-30"), *SOUND[1:]), "period closed"),
    "closed month, believed from a temporary table": Try(
        (header("2026-09-30"), *SOUND[1:]), "period closed|not authorized", (SHADOW_PERIODS,)
    ),
    "move that is not legal": one(CHECKED_AGAIN, why="no such move"),
    "move made legal": one("insert into payroll_move values ('approved', 'checked')"),
    "move, believed from a temporary table": one(CHECKED_AGAIN, *SHADOW_MOVES, why="no such move"),
    "training switched on": one("insert into installation values ('role', '1')"),
    "training changed": one("update installation set value = '0'"),
    "table dropped": one("drop table chain_link"),
    "journal dropped": one("drop table posting"),
    "index dropped": one("drop index ix_account_kind"),
    "column added": one("alter table posting add column x bigint"),
    "table renamed": one("alter table posting rename to posting_old"),
    "column renamed": one("alter table posting rename column debit to credit_old"),
    "table made": one("create table posting_2 (id bigint)"),
    "view made": one("create view posting_2 as select * from posting"),
}

ON_SQLITE: dict[str, Try] = {
    "trigger dropped": one("drop trigger posting_no_update"),
    "trigger dropped, then changed": one(
        "update posting set debit = debit + 1 where debit > 0", "drop trigger posting_no_update"
    ),
    "trigger made": one("create trigger mine after insert on job_run begin delete from hold; end"),
    "temporary trigger that deletes": one(
        "create temporary trigger mine after update on job_run begin delete from posting; end"
    ),
    "temporary view": one("create temporary view entry as select 1 as id"),
    "virtual table": one("create virtual table found using fts5(x)"),
    "link replaced": one(
        "insert or replace into chain_link select * from chain_link", why="UNIQUE constraint"
    ),
    "seal replaced without recursive triggers": one(
        "replace into entry_seal select * from entry_seal",
        "pragma recursive_triggers = off",
        why="UNIQUE constraint",
    ),
    "row that has no unique rule of its own, replaced without recursive triggers": one(
        "insert or replace into allotment"
        " select fiscal_year, unit_code, programme, 1 from allotment",
        "pragma recursive_triggers = off",
        why="rows are kept",
    ),
    "changed with replace": one("update or replace chain_link set position = position + 1"),
    "keys off, entry without seal": Try(UNSEALED, NEEDS_SEAL, ("pragma foreign_keys = off",)),
    "keys off by number": Try(UNSEALED, NEEDS_SEAL, ("PRAGMA main.foreign_keys(0)",)),
    "checks off": Try(
        (header(), posting(1, "bank", 100, 100)),
        "CHECK constraint failed",
        ("pragma ignore_check_constraints = on",),
    ),
    "schema writable": one(
        "delete from sqlite_master where type = 'trigger'",
        "pragma writable_schema = on",
        why="may not be modified",
    ),
    "schema writable, rule rewritten": one(
        "update sqlite_schema set sql = 'x' where name = 'posting_no_update'",
        "pragma writable_schema = 1",
        why="may not be modified",
    ),
    "schema without defence": one("pragma writable_schema = reset"),
    "schema version": one("pragma schema_version = 1"),
    "journal switched off": one("pragma journal_mode = off"),
    "nothing synchronised": one("pragma synchronous = off"),
    "functions of the schema trusted": one("pragma trusted_schema = on"),
    "the same file again": one("attach database '{file}' as other"),
    "the same file again, then changed": one(
        "update other.posting set debit = 1",
        "attach database '{file}' as other",
        why="no such table: other.posting",
    ),
    "another file": one("attach database ':memory:' as other"),
    "file let go": one("detach database main"),
    "copied out": one("vacuum into '{file}.copy'"),
    "rebuilt": one("vacuum"),
    "index rebuilt": one("reindex posting"),
    "statistics": one("analyze"),
    "extension loaded": one("select load_extension('x')"),
}

ON_POSTGRESQL: dict[str, Try] = {
    "trigger dropped": one("drop trigger posting_append_only on posting"),
    "trigger dropped, then changed": one(
        "update posting set debit = debit + 1", "drop trigger posting_append_only on posting"
    ),
    "triggers disabled": one("alter table posting disable trigger all"),
    "one trigger disabled": one("alter table entry_seal disable trigger entry_sealed_check"),
    "rule made": one("create rule mine as on insert to posting do instead nothing"),
    "trigger made": one(
        "create trigger mine before insert on posting for each row execute function append_only()"
    ),
    "replica": one("set session_replication_role = replica"),
    "replica, then posted into a sealed entry": one(
        INTO_SEALED, "set session_replication_role = replica", why="sealed or unknown"
    ),
    "emptied": one("truncate posting"),
    "emptied with all": one("truncate entry cascade"),
    "guard replaced": one(
        "create or replace function append_only() returns trigger language plpgsql"
        " as $$ begin return null; end $$"
    ),
    "guard replaced, then changed": one(
        "update posting set debit = debit + 1",
        "create or replace function append_only() returns trigger language plpgsql"
        " as $$ begin return null; end $$",
    ),
    "guard dropped": one("drop function entry_sealed_check() cascade"),
    "guard's path changed": one("alter function posting_open() set search_path = pg_temp"),
    "function made": one("create function mine() returns int language sql as 'select 1'"),
    "owner": one("set role {owner}"),
    "owner's session": one("set session authorization {owner}"),
    "superuser": one("alter role test_service superuser"),
    "role that writes everything": one("grant pg_write_all_data to test_service"),
    "new role": one("create role mine superuser"),
    "owner of the table": one("alter table posting owner to test_service"),
    "owner's function to change": one("alter function hold_chain() security invoker"),
    "seal's constraint": one("alter table entry drop constraint fk_entry_sealed"),
    "check dropped": one("alter table posting drop constraint ck_posting_sides"),
    "constraints deferred, entry without seal": Try(
        ("set constraints all deferred", *UNSEALED), NEEDS_SEAL
    ),
    "constraints at once, then deferred": Try(
        ("set constraints all immediate", "set constraints all deferred", *UNSEALED), NEEDS_SEAL
    ),
    "path that leads elsewhere": Try(
        (header("2026-09-30").replace("into entry", "into public.entry"),),
        "period closed",
        ("set search_path = pg_temp, public", SHADOW_PERIODS),
    ),
    "copied in": one("copy posting from program 'true'"),
    "copied out": one("copy posting to program 'cat'"),
    "file of the server": one("select pg_read_file('postgresql.conf')"),
    "numbers set back": one("select setval('entry_id_seq', 1)"),
    "inside a block": one("do $$ begin execute 'alter table posting disable trigger all'; end $$"),
    "catalogue": one("delete from pg_trigger"),
    "catalogue of tables": one("update pg_class set relowner = 0"),
    "schema": one("drop schema public cascade"),
    "schema made": one("create schema mine"),
    "settings of the server": one("alter system set fsync = off"),
    "auditors' view": one("create or replace view public_audit.chain as select 1 as position"),
}


def every_write() -> Iterator[tuple[str, str]]:
    """(table, statement) for every write that the rights do not give the application."""
    for name, table in metadata.tables.items():
        column = next(iter(table.columns)).name
        allowed = rights.rights_on(name)
        if rights.CHANGE not in allowed:
            yield name, f"update {name} set {column} = {column}"
            yield name, _upsert(name)
        if rights.REMOVE not in allowed:
            yield name, f"delete from {name}"
        if rights.ADD not in allowed:
            yield name, f"insert into {name} select * from {name}"


def _upsert(name: str) -> str:
    key = ", ".join(one.name for one in metadata.tables[name].primary_key.columns)
    last = list(metadata.tables[name].columns)[-1].name
    where = "where true" if key else ""
    if not key:
        return f"update {name} set {last} = {last}"
    return (
        f"insert into {name} select * from {name} {where}"
        f" on conflict ({key}) do update set {last} = excluded.{last}"
    )
