"""The rules the database keeps: made the same every time, and kept against everybody."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app import schema
from app.disbursement.clearing import sign_comparison
from app.disbursement.comparison import compare
from app.disbursement.holds import GLOBAL, RESTORED, set_hold
from app.disbursement.journal import Handed, Journal
from app.disbursement.paid import paid_in, reported_balances
from app.disbursement.restored import Taken, recover
from bank_adapters.contract import LineKind, ReportKind
from ledger.schema import metadata
from reconciliation import closing
from tests.factories import (
    BANK,
    OCTOBER,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
    september_sent,
)

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
    with house.database.engine.begin() as connection:
        assert schema.missing_rules(connection) == []
        schema.create(connection)
        schema.install_rules(connection)
    assert rules(house) == before
    tail = "" if house.database.is_sqlite else " on instruction"
    house.tamper(f"drop trigger instruction_frozen{tail}")
    with house.database.engine.begin() as connection:
        assert schema.missing_rules(connection) == ["instruction_frozen"]
        schema.install_rules(connection)
        assert schema.missing_rules(connection) == []
    assert rules(house) == before


def september_closed(house: House) -> None:
    """A month with a row in every table that is written once."""
    september_sent(house)
    account = house.account(BANK)
    sent = [house.reference(number, SEPTEMBER) for number in (1, 2, 3)]
    debits = [booked(one, -500_000, "2026-09-10") for one in sent[:2]]
    stated = report(ReportKind.STATEMENT, account, *debits, opening=1_000_000, closing=0)
    house.receives(BANK, stated)
    cash = listed(LineKind.PAID_CASH, sent[2], 500_000, "2026-09-12", voucher="BD1")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
    house.on("2026-09-30", "19:00")
    with house.work() as session:
        paid = paid_in(session, SEPTEMBER)
        reported = reported_balances(session, date(2026, 9, 30))
        cells = closing.compute(session, SEPTEMBER, paid, reported)
        assert closing.close(session, SEPTEMBER, cells, house.clock.now()) == []
    house.register(OCTOBER, row(1), row(2), in_cash(3))
    house.list_month(OCTOBER)
    _held_and_restored(house)


def _held_and_restored(house: House) -> None:
    """A restore with its hold, a surviving line, a comparison, and one officer's signature."""
    taken, now = Taken("ansinh-1", house.clock.now(), 1, None), house.later()
    gone = Handed(now, 99, "AS99.xml", "9" * 64, "AS99", BANK, 1, 1)
    with house.work() as session:
        number = set_hold(session, GLOBAL, RESTORED, "Khôi phục", "ansinh restore", now)
        recover(session, number, taken, Journal((gone,)), False, now)
        digest = compare(session, now).digest
    who = house.acting("finance.one")
    with house.work() as session:
        sign_comparison(session, house.keyring, who, digest, house.clock.now())


@pytest.mark.stage(of=september_closed)
def test_what_is_written_once_stays(house: House) -> None:
    """UPDATE, DELETE, replacing and TRUNCATE of every append-only table, as the owner."""
    for name in sorted(schema.APPEND_ONLY):
        table = metadata.tables[name]
        assert house.count(table) or name == "repair", f"{name}: the stage must have a row in it"
        column = next(one.name for one in table.columns if not one.primary_key)
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


@pytest.mark.stage(of=september_closed)
def test_frozen_columns_stay_though_the_state_moves(house: House) -> None:
    for name, columns in schema.FROZEN.items():
        assert house.count(metadata.tables[name])
        for column in columns:
            kind = metadata.tables[name].c[column].type.python_type
            other = f"coalesce({column}, 0) + 1" if kind is int else f"{column} || 'x'"
            with pytest.raises(DBAPIError):
                house.tamper(f"update {name} set {column} = {other}")


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
    with house.database.engine.connect() as connection:
        transaction = connection.begin()
        try:
            number = connection.scalar(text(f"select min(id) from {table}"))
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
