"""A paid province made so many times larger: its people and what was paid to them, set by set.

Each copy of a person has an ID, accounts and a name of its own, and stands on the lists of the
first one; every sum of lists, batches, entries and closes grows along. The rules of the database
are taken off meanwhile. Digests and the chain are not made anew: such books are looked at, not
proved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, text

from app import schema
from ledger.schema import metadata

STEP = 10_000_000
"""Between the keys of a row and those of its next copy."""
_NAMES = ("name", "sort_key", "search_key", "given_key")
_VERDICTS = "('settled', 'returned', 'rejected', 'carried_over')"
# Table to the columns whose numbers move with the copy, and those whose text is made its own.
COPIED: Mapping[str, tuple[str, str]] = {
    "household": ("id", "number"),
    "person": ("id household_id destination_id", "citizen_key phone_key"),
    "enrolment": ("id person_id", ""),
    "enrolment_change": ("id enrolment_id", ""),
    "destination": ("id person_id", "account_key"),
    "destination_check": ("id destination_id", ""),
    "destination_order": ("person_id destination_id", ""),
    "obligation": ("id person_id enrolment_id", ""),
    "payroll_line": ("id line obligation_id person_id destination_id", ""),
    "instruction": (
        "id obligation_id payroll_line_id destination_id replaces_id", "reference"),
    "outcome": ("id instruction_id bank_line_id", ""),
    "posting": ("line item", ""),
    "bank_line": ("id", "entry_key"),
    "line_match": ("bank_line_id target_id", ""),
    "payee": ("id person_id", ""),
    "disability": ("id person_id", ""),
    "household_poverty": ("id household_id", ""),
    "arrears_grant": ("id person_id enrolment_id", ""),
    "life_event": ("id person_id enrolment_id", "digest"),
    "account_follow_up": ("destination_id instruction_id", ""),
    "repair": ("id person_id old_destination_id new_destination_id", ""),
    "bridge_left": ("line_id", ""),
}  # fmt: skip
_PAID = f"select bank_line_id from line_match where verdict in {_VERDICTS}"
_PAYABLE = "select id from account where kind = 'payable'"
_OPEN = "select id from payroll where state in ('draft', 'submitted', 'checked')"
"""Lists that somebody is about to confirm stay as they were shown to him."""
WHERE: Mapping[str, str] = {
    "payroll_line": f"t.payroll_id not in ({_OPEN})",
    "bridge_left": f"t.payroll_id not in ({_OPEN})",
    "obligation": "t.period in (select period from payroll where state in ('approved', 'closed'))",
    "bank_line": f"t.id in ({_PAID})",
    "line_match": f"verdict in {_VERDICTS}",
    "posting": f"account_id in ({_PAYABLE})",
}
# What adds up over people: table to its sums.
SUMS: Mapping[str, str] = {
    "payroll": "lines total",
    "batch": "lines total",
    "allotment": "amount",
    "funding_request": "listed unspent amount",
    "control_total": "debits credits",
    "bridge": "people amount",
    "closing": "opening funding not_ours_in credited cash_paid fees_and_not_ours_out"
    " back_to_treasury balance in_transit suspense unspent reported_balance",
    "provider_settlement": "listed_count listed account_count account cash_count cash unpaid_count"
    " unpaid opening received made_good other_in credited cash_out lost returned other_out unspent"
    " suspense vouchers",
    "bank_report": "opening closing",
    "bank_day": "opening came went balance",
    "suspense_item": "amount",
    "bank_line": "amount",
    "posting": "debit credit balance",
}
STAYS = {
    "payroll": f"id not in ({_OPEN})",
    "bridge": f"payroll_id not in ({_OPEN})",
    "bank_line": f"id not in ({_PAID})",
    "posting": f"account_id not in ({_PAYABLE})",
}


def multiply(connection: Connection, times: int) -> None:
    """Make the province `times` times as large, in one transaction."""
    if times < 2:
        return
    schema.drop_rules(connection)
    # Rows refer to rows that come in the same transaction.
    later = {"sqlite": "pragma defer_foreign_keys = on"}
    none = "set local session_replication_role = replica"
    connection.execute(text(later.get(connection.dialect.name, none)))
    for statement in _statements(times):
        connection.execute(text(statement))
    schema.install_rules(connection)


def _statements(times: int) -> Iterator[str]:
    yield "create temp table k (n bigint primary key)"
    yield (
        "insert into k with recursive g(n) as (select 1 union all select n + 1 from g"
        f" where n < {times - 1}) select n from g"
    )
    yield f"create temp table named as select id, {', '.join(_NAMES)} from person"
    yield "create unique index named_id on named (id)"
    for table, sums in SUMS.items():
        changes = ", ".join(f"{one} = {one} * {times}" for one in sums.split())
        where = f" where {STAYS[table]}" if table in STAYS else ""
        yield f"update {table} set {changes}{where}"
    yield from (_copied(table) for table in COPIED)
    yield "drop table k"
    yield "drop table named"


def _copied(table: str) -> str:
    shifted, own = (one.split() for one in COPIED[table])
    columns = [one.name for one in metadata.tables[table].columns]
    values = ", ".join(_value(table, one, shifted, own) for one in columns)
    where = WHERE.get(table, "true")
    names = " join named on named.id = 1 + (t.id + k.n * 37) % (select max(id) from named)"
    joined = names if table == "person" else ""
    return (
        f"insert into {table} ({', '.join(columns)}) select {values} from {table} t"
        f" cross join k{joined} where {where}"
    )


def _value(table: str, column: str, shifted: Iterable[str], own: Iterable[str]) -> str:
    name = f"t.{column}"
    if table == "person" and column in _NAMES:
        return f"named.{column}"
    if column == "reference" and table == "instruction":
        return f"substr({name}, 1, 12) || substr(cast(10000 + k.n as text), 2)"
    if column in own:
        return f"case {name} when '' then '' else {name} || '~' || k.n end"
    return f"{name} + k.n * {STEP}" if column in shifted else name
