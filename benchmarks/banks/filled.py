"""A database of batches that wait to be sent: only what a payment order is made of.

Made-up people, each with an account of his own, encrypted as the service does it. What approved
the batches is left out, and the rules of the database with it: nothing is posted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from random import Random
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text
from sqlalchemy.orm import Session

import app.schema  # noqa: F401 - every table is known
from app.beneficiaries.staging import account_index
from app.beneficiaries.tables import destination, person
from app.clock import TIME_ZONE
from app.demo.names import draw_name, draw_peoples
from app.disbursement.tables import batch, instruction
from app.privacy import Keyring
from app.units.tables import contract, fund, paying_unit, programme, provider
from bank_adapters.references import reference
from benchmarks.ledger.books import opened
from ledger.schema import metadata

KEY = b"b" * 32
BATCH = 50_000
CHUNK = 5_000
BIN = "970405"
NOW = datetime(2026, 10, 5, 8, tzinfo=TIME_ZONE)
PLACES: tuple[tuple[Table, dict[str, Any]], ...] = (
    (fund, {"code": "local", "name": "x"}),
    (programme, {"code": "pension", "name": "x", "fund": "local", "purpose": "Tro cap xa hoi"}),
    (provider, {"code": "bank", "name": "x", "adapter": "iso20022", "holds_advance": 0,
                "is_sandbox": 1}),
    (paying_unit, {"code": "u1", "name": "SYNTHETIC", "kind": "commune", "area_code": "u1",
                   "budget_code": "1", "sort_key": "x"}),
    (contract, {"id": 1, "number": "1", "unit_code": "u1", "programme": "pension", "fund": "local",
                "provider": "bank", "account": "0011001234567", "methods": "account",
                "fee_per_ten_thousand": 0, "due_day": 10, "settlement_day": 19,
                "valid_from": date(2025, 1, 1)}),
)  # fmt: skip


def names(count: int = 10_000) -> list[str]:
    """Made-up names of people of several peoples, the same at every call."""
    chance = Random(1)
    peoples = draw_peoples(chance, is_west=True)
    return [draw_name(chance, peoples, "FM"[number % 2]) for number in range(count)]


def fill(url: str, payments: int) -> None:
    """Tables, places, people with their accounts, batches and instructions."""
    with opened(url, owner=True) as database:
        metadata.create_all(database.engine)
        with database.engine.connect() as connection:
            without_rules(connection)
            _rows(connection, payments)
            connection.commit()
            connection.execute(text("analyze"))
            connection.commit()


def without_rules(connection: Connection) -> None:
    """What obliges a payment to have a payroll behind it is not what is measured."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("commit")  # inside a transaction the pragma does nothing
        connection.exec_driver_sql("pragma foreign_keys = off")
        connection.exec_driver_sql("begin")
    else:
        connection.execute(text("set session_replication_role = replica"))


def _rows(connection: Connection, payments: int) -> None:
    for table, values in PLACES:
        connection.execute(insert(table), values)
    keyring, people = Keyring(KEY), names()
    for first in range(1, payments + 1, CHUNK):
        numbers = range(first, min(first + CHUNK, payments + 1))
        connection.execute(insert(person), [_person(n, people) for n in numbers])
        connection.execute(insert(destination), [_paid_to(n, people, keyring) for n in numbers])
        connection.execute(insert(instruction), [_instruction(n) for n in numbers])
    connection.execute(insert(batch), list(_batches(payments)))


def _person(number: int, people: list[str]) -> dict[str, Any]:
    name = people[number % len(people)]
    empty = dict.fromkeys(("citizen_tail", "sort_key", "search_key", "ethnicity", "hamlet"), "x")
    return {**empty, "id": number, "citizen_key": f"k{number}", "citizen_cipher": b"x",
            "name": name, "birth": "1950", "sex": "F", "area_code": "u1",
            "destination_id": number, "bound_key": f"k{number}"}  # fmt: skip


def _paid_to(number: int, people: list[str], keyring: Keyring) -> dict[str, Any]:
    account = f"{number:013d}"
    cipher = keyring.encrypt("destination.account", f"k{number}", account)
    return {"id": number, "person_id": number, "version": 1, "method": "account", "bank_bin": BIN,
            "account_key": account_index(keyring, BIN, account), "account_cipher": cipher,
            "account_tail": account[-4:], "holder": people[number % len(people)],
            "source": "import", "recorded_at": NOW}  # fmt: skip


def _instruction(number: int) -> dict[str, Any]:
    return {"id": number, "obligation_id": number, "attempt": 1,
            "reference": reference(number, 1), "batch_id": 1 + (number - 1) // BATCH,
            "payroll_line_id": number, "destination_id": number, "method": "account",
            "amount": _amount(number), "state": "ready"}  # fmt: skip


def _amount(number: int) -> int:
    return 500_000 + number % 7_000


def _batches(payments: int) -> Iterator[dict[str, Any]]:
    for number, first in enumerate(range(1, payments + 1, BATCH), 1):
        last = min(first + BATCH - 1, payments)
        yield {"id": number, "payroll_id": number, "contract_id": 1,
               "message_id": f"ASBENCH{number}", "lines": last - first + 1,
               "total": sum(_amount(one) for one in range(first, last + 1)),
               "requested_on": date(2026, 10, 6), "built_at": NOW, "lines_digest": "x",
               "state": "released"}  # fmt: skip


def batches(session: Session) -> list[int]:
    """The batches there are, by id."""
    return list(session.scalars(select(batch.c.id).order_by(batch.c.id)))
