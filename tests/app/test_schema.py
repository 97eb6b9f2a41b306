"""The rules the database keeps: made the same every time, and kept against everybody."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app import schema
from ledger.schema import metadata
from tests.factories import House
from tests.support.stages import september_closed, tables_filled

RULES = {
    "sqlite": "select name, sql from sqlite_master where type = 'trigger' order by name",
    "postgresql": "select t.tgname, pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid)"
    " from pg_trigger t where not t.tgisinternal order by 1, 2",
}


def rules(house: House) -> list[tuple[str, ...]]:
    return house.rows(RULES[house.database.engine.dialect.name])


def test_installed_twice_is_installed_once(house: House) -> None:
    """And what somebody dropped is missed by name, and comes back."""
    before = rules(house)
    assert len(before) > 20
    with house.owner.engine.begin() as connection:
        assert schema.missing_rules(connection) == []
        schema.create(connection)
        schema.install_rules(connection)
    assert rules(house) == before
    tail = "" if house.database.is_sqlite else " on instruction"
    dropped = ["instruction_evidence", "instruction_frozen"]
    for name in dropped:
        house.tamper(f"drop trigger {name}{tail}")
    with house.owner.engine.begin() as connection:
        assert schema.missing_rules(connection) == dropped
        schema.install_rules(connection)
        assert schema.missing_rules(connection) == []
    assert rules(house) == before


# Rules that somebody with the owner's rights has bent, and the names under which that is told.
BENT = {
    "sqlite": {
        "create trigger posting_no_update before update on posting when old.debit > new.debit"
        " begin select raise(abort, 'posting is append-only'); end": ["posting_no_update"],
        "create trigger batch_sealed before update on job_run begin select 1; end": [
            "batch_sealed"
        ],
    },
    "postgresql": {
        "alter table entry disable trigger entry_period": ["entry_period"],
        "alter table posting enable replica trigger posting_open": ["posting_open"],
        "create or replace function posting_open() returns trigger language plpgsql"
        " set search_path = public, pg_temp as $$ begin return null; end $$": ["posting_open"],
        "alter function entry_period() set search_path = pg_temp, public": ["entry_period"],
        "create or replace trigger act_append_only before update on act for each statement"
        " execute function append_only()": ["act_append_only"],
        "create or replace trigger payroll_moves before update on payroll for each row"
        " when (new.id < 0) execute function payroll_moves()": ["payroll_moves"],
    },
}
BENT_ON_BOTH = {
    "insert into payroll_move values ('draft', 'closed')": ["payroll_move"],
    "delete from batch_move where from_state = 'built'": ["batch_move"],
}


def test_a_bent_rule_is_told_by_its_name(house: House) -> None:
    kind = house.owner.engine.dialect.name
    with house.owner.engine.connect() as connection:
        for statement, names in (BENT[kind] | BENT_ON_BOTH).items():
            if statement.startswith("create trigger"):
                connection.exec_driver_sql(f"drop trigger {names[0]}")
            connection.exec_driver_sql(statement)
            assert schema.missing_rules(connection) == names, statement
            connection.rollback()
        assert schema.missing_rules(connection) == []


@pytest.mark.parametrize("house", ["postgresql"], indirect=True)
def test_a_payment_moves_in_place(house: House) -> None:
    """PostgreSQL would write each move of a payment into every index if one named its state."""
    indexes = house.rows("select indexdef from pg_indexes where tablename = 'instruction'")
    assert len(indexes) > 4
    assert [one for (one,) in indexes if "state" in one] == []


@pytest.mark.stage(of=tables_filled)
def test_what_is_written_once_stays(house: House) -> None:
    """UPDATE, DELETE, replacing and TRUNCATE of every append-only table, as the owner."""
    for name in sorted(schema.APPEND_ONLY):
        table = metadata.tables[name]
        assert house.count(table) or name == "repair", f"{name}: the stage must have a row in it"
        column = min(table.columns, key=lambda one: one.primary_key).name
        everything = ", ".join(one.name for one in table.columns)
        statements = [f"update {name} set {column} = {column}", f"delete from {name}"]
        if house.database.is_sqlite:
            copied = f"({everything}) select {everything} from {name}"
            statements += [
                f"insert or replace into {name} {copied}",
                f"replace into {name} {copied}",
            ]
        else:
            statements += [f"truncate {name} cascade"]
        before = house.count(table)
        for statement in statements:
            with pytest.raises(DBAPIError):
                house.tamper(statement)
        assert house.count(table) == before


@pytest.mark.stage(of=tables_filled)
def test_frozen_columns_stay_though_the_state_moves(house: House) -> None:
    for name, columns in schema.FROZEN.items():
        assert house.count(metadata.tables[name])
        for column in columns:
            kind = metadata.tables[name].c[column].type.python_type
            other = f"coalesce({column}, 0) + 1" if kind is int else f"{column} || 'x'"
            with pytest.raises(DBAPIError):
                house.tamper(f"update {name} set {column} = {other}")


# What else the database asks of some moves has tests of its own.
ASKED_BESIDES = {
    "payroll": ("payroll_submitted", "payroll_checked", "payroll_approved", "payroll_back",
                "payroll_undone"),
    "batch": ("batch_released_by_two", "batch_fenced", "batch_held"),
    "instruction": ("instruction_evidence", "instruction_accepted", "instruction_cancelled",
                    "instruction_taken_back", "instruction_after_all"),
    "complaint": ("complaint_stepped",),
}  # fmt: skip


@pytest.mark.stage(of=september_closed)
def test_every_pair_of_states(house: House) -> None:
    """A listed move passes and every other is refused, for payrolls, batches, instructions."""
    for name, _, moves in schema.MOVES:
        states = sorted({state for move in moves for state in move})
        found: set[tuple[str, str]] = set()
        for before in states:
            for after in states:
                if before != after and _moves(house, name, before, after):
                    found.add((before, after))
        assert found == moves, name


def _moves(house: House, table: str, before: str, after: str) -> bool:
    """Whether the database lets one row go so; the row is put there past the rule first."""
    guard = f"{table}_moves"
    with house.owner.engine.connect() as connection:
        transaction = connection.begin()
        try:
            number = connection.scalar(text(f"select min(id) from {table}"))
            for rule in ASKED_BESIDES.get(table, ()):
                tail = "" if house.database.is_sqlite else f" on {table}"
                connection.execute(text(f"drop trigger {rule}{tail}"))
            if house.database.is_sqlite:
                made = connection.scalar(
                    text(f"select sql from sqlite_master where name = '{guard}'")
                )
                connection.execute(text(f"drop trigger {guard}"))
                _put(connection, table, number, before)
                connection.exec_driver_sql(str(made))
            else:
                connection.execute(text(f"alter table {table} disable trigger {guard}"))
                _put(connection, table, number, before)
                connection.execute(text(f"alter table {table} enable trigger {guard}"))
            _put(connection, table, number, after)
        except DBAPIError as error:
            if "no such move" not in str(error):
                raise
            return False
        finally:
            transaction.rollback()
    return True


def _put(connection: Connection, table: str, number: int, state: str) -> None:
    connection.execute(text(f"update {table} set state = '{state}' where id = {number}"))
