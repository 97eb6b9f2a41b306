"""What follows from a written row by itself, with the owner's rights: nobody else needs them.

A line leaves a draft because its exclusion was written, and the lines of a payroll are marked
because the payroll was undone; an account is off because two switched it off: the application may
do none of this itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class _Following(NamedTuple):
    """After `act` on `table`, where `when` holds of the row, `statement` is carried out."""

    name: str
    table: str
    act: str
    when: str
    statement: str


_ALL = (
    _Following(
        "payroll_exclusion_takes_off",
        "payroll_exclusion",
        "insert",
        "new.line > 0",
        "delete from {schema}payroll_line where payroll_id = new.payroll_id and line = new.line",
    ),
    _Following(
        "payroll_void_marks",
        "payroll",
        "update",
        "old.state = 'approved' and new.state = 'void'",
        "update {schema}payroll_line set undone = 1 where payroll_id = new.id",
    ),
    _Following(
        "officer_switch_sets",
        "officer_switch",
        "insert",
        "new.number > 0",
        "update {schema}officer set disabled_at = case when new.kind = 'disable'"
        " then new.switched_at end where id = new.officer_id",
    ),
    _Following(
        "line_unplacing_undoes",
        "line_unplacing",
        "insert",
        "new.proposal_id > 0",
        "update {schema}outcome set undone_by = new.proposal_id where new.placing_id is null"
        " and bank_line_id = new.bank_line_id and undone_by = 0;"
        " update {schema}line_match set withdrawn_by = new.proposal_id"
        " where new.placing_id is null and bank_line_id = new.bank_line_id;"
        " update {schema}outcome set undone_by = new.proposal_id where new.placing_id is null"
        " and source = 'lump' and undone_by = 0 and entry_id in (select e.id from {schema}entry e"
        " where e.key = 'bank-line:' || new.bank_line_id || ':' || 'settled');"
        " update {schema}lump set withdrawn_by = new.proposal_id"
        " where new.placing_id is null and bank_line_id = new.bank_line_id;"
        " update {schema}outcome set undone_by = new.proposal_id where part_id in"
        " (select q.id from {schema}line_part q where q.proposal_id = new.placing_id);"
        " update {schema}line_part set undone_by = new.proposal_id"
        " where proposal_id = new.placing_id;"
        " update {schema}line_placing set undone_by = new.proposal_id"
        " where proposal_id = new.placing_id",
    ),
)


def sqlite_following() -> Iterable[str]:
    """The statements that make them on SQLite."""
    for one in _ALL:
        yield f"drop trigger if exists {one.name}"
        yield (
            f"create trigger {one.name} after {one.act} on {one.table} when {one.when}"
            f" begin {one.statement.format(schema='')}; end"
        )


def postgresql_following(schema: str) -> Iterable[str]:
    """The statements that make them on PostgreSQL, in this (quoted) schema."""
    for one in _ALL:
        yield (
            f"create or replace function {one.name}() returns trigger language plpgsql"
            f" security definer set search_path = {schema}, pg_temp as $$ begin"
            f" if {one.when} then {one.statement.format(schema=f'{schema}.')}; end if;"
            " return null; end $$"
        )
        yield f"drop trigger if exists {one.name} on {one.table}"
        yield (
            f"create trigger {one.name} after {one.act} on {one.table}"
            f" for each row execute function {one.name}()"
        )
