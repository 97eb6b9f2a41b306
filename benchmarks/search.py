"""Finding one person among a million: `python -m benchmarks search`.

Made-up people of a whole region, a third of them Kinh; each with an ID, a phone number and an
account under real keys. A search is a page of 25 with its rows read, as the service asks it. Each
kind of question has a hundred different ones, a worst case is a hundred times the same. Of CPU,
ours and the database's, the 95th percentile is judged; a busy machine stretches the wall's.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.beneficiaries.by_name import Wanted
from app.beneficiaries.search import search
from app.beneficiaries.staging import account_index, phone_index
from app.beneficiaries.tables import destination, person
from app.db import Database
from app.demo.names import KINH, draw_name, draw_peoples
from app.migrations.upgrade import upgrade
from app.privacy import Keyring
from app.reference.banks import TEST_BANK_A
from app.text import fold, given_key, sort_key
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import place
from benchmarks.measure import process_clock
from ledger.bulk import insert_rows

PEOPLE = 1_000_000
NAMES = 60_000
ASKED = 100
P95_MS_MAX = 50
AREAS = 56
KEYRING = Keyring(b"b" * 32)
WORST = (
    "nguyen", "thi", "nguyen thi", "nguyen van a", "an", "h", "nguyen an", "Nguyễn Văn Hùng",
    "nguyen zzz", "zzz", "hung van nguyen",
)  # fmt: skip
IN_ONE = ("nguyen", "an", "nguyen zzz")
_NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
_PERSON = ("id", "citizen_key", "citizen_cipher", "citizen_tail", "name", "sort_key",
           "search_key", "given_key", "birth", "sex", "ethnicity", "area_code", "hamlet",
           "bound_key", "phone_key", "phone_tail", "phone_cipher", "destination_id")  # fmt: skip
_DESTINATION = ("id", "person_id", "version", "method", "bank_bin", "account_key",
                "account_cipher", "account_tail", "holder", "source", "recorded_at")  # fmt: skip


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks search")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("search", f"one person among {chosen.people:,} made-up ones")
    names = names_drawn()
    for kind in chosen.database or KINDS:
        with place(kind) as where:
            url = where.create()
            make_people(url, chosen.people, names)
            with opened(url) as database:
                _ask_all(bench, kind, database, chosen.people, names)
        bench.write()
    return bench


def names_drawn() -> list[tuple[str, str]]:
    """Names as often as they are: two thirds as in the province, a third Kinh."""
    rng, found = Random(20261102), []
    for number in range(NAMES):
        peoples = KINH if number % 3 == 0 else draw_peoples(rng, is_west=False)
        sex = "MF"[number % 2]
        found.append((draw_name(rng, peoples, sex), sex))
    return found


def _citizen(number: int) -> str:
    return f"0971{number % 80:02}{number:06}"[:12]


def _phone(number: int) -> str:
    return f"09{number * 7919 % 100_000_000:08}"


def _account(number: int) -> str:
    return f"{number * 104_729 % 10**12:013}"


def make_people(url: str, people: int, names: Sequence[tuple[str, str]]) -> None:
    """A register of so many people with destinations, in a database that is made for it."""
    with opened(url, owner=True) as database:
        upgrade(database.engine)
        with database.unit_of_work() as session:
            insert_rows(session, person, _PERSON, _people(people, names))
            insert_rows(session, destination, _DESTINATION, _destinations(people))
        engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:  # what each database does by itself in time
            connection.execute(text("analyze" if database.is_sqlite else "vacuum analyze"))


def _people(people: int, names: Sequence[tuple[str, str]]) -> Iterator[Sequence[Any]]:
    keys = [(sort_key(name), fold(name), given_key(name)) for name, _ in names]
    for number in range(people):
        which = number * 7 % len(names)
        name, sex = names[which]
        citizen, phone = _citizen(number), _phone(number)
        key = KEYRING.index("person.citizen_id", citizen)
        yield (
            number + 1, key, KEYRING.encrypt("person.citizen_id", key, citizen), citizen[-3:],
            name, *keys[which], str(1926 + number % 80), sex, "Kinh", f"{1000 + number % AREAS:05}",
            "Tổ 1", key, phone_index(KEYRING, phone), phone[-3:],
            KEYRING.encrypt("person.phone", key, phone), number + 1,
        )  # fmt: skip


def _destinations(people: int) -> Iterator[Sequence[Any]]:
    for number in range(people):
        account = _account(number)
        key = KEYRING.index("person.citizen_id", _citizen(number))
        yield (
            number + 1, number + 1, 1, "account", TEST_BANK_A,
            account_index(KEYRING, TEST_BANK_A, account),
            KEYRING.encrypt("destination.account", key, account), account[-4:], "NGUOI", "bench",
            _NOW,
        )  # fmt: skip


def _ask_all(
    bench: Bench, kind: str, database: Database, people: int, names: Sequence[tuple[str, str]]
) -> None:
    rng = Random(7)
    some = [rng.randrange(people) for _ in range(ASKED)]
    asked = {
        "a name without accents": [fold(names[one * 7 % len(names)][0]) for one in some],
        "family and given name": [_short(names[one * 7 % len(names)][0]) for one in some],
        "a given name": [fold(names[one * 7 % len(names)][0]).split()[-1] for one in some],
        "a whole ID": [_citizen(one) for one in some],
        "a phone number": [_phone(one) for one in some],
        "the last 3 digits": [f"{one % 1000:03}" for one in some],
        "the last 4 digits": [_account(one)[-4:] for one in some],
        "the last 6 digits": [_account(one)[-6:] for one in some],
    }
    asked |= {f"worst: {one}": [one] * ASKED for one in WORST}
    told = [(name, questions, None) for name, questions in asked.items()]
    told += [(f"in one commune: {one}", [one] * ASKED, ["01007"]) for one in IN_ONE]
    for name, questions, areas in told:
        wall, cpu = _p95(database, questions, areas)
        bench.row(f"{kind}: {name}, p95 CPU", cpu, "ms", at_most=P95_MS_MAX)
        bench.row(f"{kind}: {name}, p95 wall", wall, "ms")


def _short(name: str) -> str:
    words = fold(name).split()
    return f"{words[0]} {words[-1]}"


def _p95(
    database: Database, questions: Sequence[str], areas: Sequence[str] | None
) -> tuple[float, float]:
    """Milliseconds that 95 of 100 searches need at most, each in a view of its own: by the clock
    on the wall, which a busy machine stretches, and of CPU, ours and the database's."""
    walls, cpus = [], []
    for words in questions:
        with database.view() as session:
            backend = _backend(session)
            started, before = time.perf_counter(), _cpu(backend)
            search(session, KEYRING, words, Wanted(areas))
            walls.append((time.perf_counter() - started) * 1000)
            cpus.append((_cpu(backend) - before) * 1000)
    return _at_95(walls), _at_95(cpus)


def _at_95(took: list[float]) -> float:
    return sorted(took)[len(took) * 95 // 100 - 1]


def _backend(session: Session) -> int | None:
    """The process that answers, None where we answer ourselves."""
    if session.get_bind().dialect.name == "sqlite":
        return None
    return int(session.execute(text("select pg_backend_pid()")).scalar_one())


def _cpu(backend: int | None) -> float:
    theirs = process_clock(backend) if backend else 0.0
    return time.process_time() + (theirs or 0.0)
