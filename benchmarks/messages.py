"""Notices written and queued in bulk, of half a million made-up people: `... messages`.

From the rows that a source reads (name, unit, amount, the phone as it is stored) to messages in the
outbox: the phone opened, the words written and counted, number and text sealed, rows written in
chunks, each one unit of work with its mark, by the functions that the job uses. Finding the rows is
not in it: that is what every list of a month costs (`bench month`). Then statements on paper
(`benchmarks/statements.py`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

from app.clock import TIME_ZONE
from app.messaging import outbox
from app.messaging.states import PAID
from app.messaging.terms import Plan, Terms
from app.privacy import Keyring
from app.statements.notices.source import notices_of
from benchmarks import statements
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place, place
from benchmarks.measure import Measured, measured
from benchmarks.search import make_people, names_drawn
from ledger.bulk import CHUNK_ROWS, chunks

PEOPLE = 500_000
STATEMENTS = 2_000
"""In one file, where all people are told; fewer in proportion."""
PER_SECOND_MIN = 20_000
MARGINAL_MAX = 1.2
MEMORY_MB_MAX = 400
NOW = datetime(2026, 9, 10, 9, tzinfo=TIME_ZONE)
TERMS = Terms(date(2026, 1, 1), time(21), time(7), 350, 10**12, 10**9)
PLAN = Plan("02000000111", (TERMS,))
NAMES = ("Nguyễn Thị Hoàng Anh", "Hoàng Văn Nông", "Đặng Thị Ngọc Bích", "H'Hen Niê Buôn Krông")


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks messages")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("messages", f"{chosen.people:,} notices of made-up people, queued")
    for kind in chosen.database or KINDS:
        with place(kind) as where:
            few, many = (_cost(where, size) for size in (chosen.people // 10, chosen.people))
            _rows(bench, kind, few, many, chosen.people)
            statements.rows(bench, kind, where, max(20, chosen.people * STATEMENTS // PEOPLE))
        bench.write()
    return bench


def _rows(bench: Bench, kind: str, few: Measured, many: Measured, people: int) -> None:
    bench.row(f"{kind}: notices a second, wall", people / many.wall_seconds, "/s")
    bench.row(
        f"{kind}: CPU for {PER_SECOND_MIN:,} notices",
        many.cpu_seconds / people * PER_SECOND_MIN,
        "s",
        at_most=1.0,
    )
    ratio = (many.cpu_seconds - few.cpu_seconds) / 9 / few.cpu_seconds
    bench.row(f"{kind}: a further tenth against the first", ratio, "x", at_most=MARGINAL_MAX)
    bench.row(f"{kind}: largest process", many.peak_mb, "MB", at_most=MEMORY_MB_MAX)


def _cost(where: Place, people: int) -> Measured:
    url = where.create()
    make_people(url, people, names_drawn())
    where.checkpoint()
    cost = apart(_queue, url, people, where.server_pid)
    where.drop(url)
    return cost


def _queue(url: str, people: int, server_pid: int | None) -> Measured:
    keyring = Keyring(b"b" * 32)
    with opened(url) as database:
        with database.unit_of_work() as session:
            outbox.begin(session, PAID, 0, 0, NOW)
        # Made apart from what is measured, a chunk at a time: the memory is that of the service.
        total = Measured()
        for rows in chunks(_made(keyring, people), CHUNK_ROWS):
            with measured(server_pid) as cost, database.unit_of_work() as session:
                outbox.mark_of(session, PAID)
                outbox.queue(session, keyring, PLAN, notices_of(keyring, rows), NOW)
                outbox.move(session, PAID, 0, rows[-1].event_id, NOW)
            _add(total, cost)
    return total


def _add(total: Measured, cost: Measured) -> None:
    total.wall_seconds += cost.wall_seconds
    total.client_cpu_seconds += cost.client_cpu_seconds
    total.backend_cpu_seconds += cost.backend_cpu_seconds
    total.client_peak_mb = max(total.client_peak_mb, cost.client_peak_mb)
    total.backend_peak_mb = max(total.backend_peak_mb, cost.backend_peak_mb)


def _made(keyring: Keyring, people: int) -> Iterator[Any]:
    """Rows as a source reads them."""
    for number in range(1, people + 1):
        phone = f"09{number:08}"
        yield SimpleNamespace(
            kind=PAID, event_id=number, person_id=number, phone_key=f"k{number}",
            phone_cipher=keyring.encrypt("person.phone", f"b{number}", phone),
            bound_key=f"b{number}", name=f"{NAMES[number % 4]} {number % 977}",
            unit_name=f"UBND xã Tân Hưng {number % 150}", amount=500_000 + number % 9 * 10_000,
            tail=f"{number % 10_000:04}", day=NOW.date(), period="2026-09", evidence="", reason="",
            hides_amount=0,
        )  # fmt: skip
