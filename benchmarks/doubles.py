"""One person twice, shared accounts, ghosts: `python -m benchmarks doubles`.

Made-up people of a province, a hundredth as many frauds in ten patterns among them (five exact,
five near), and honest people who look alike. One run over the register by every rule, in a
process of its own; then what it found is held against what was planted, by pattern.
"""

from __future__ import annotations

import argparse

from app.demo.doubted.crowd import PERIOD
from app.demo.doubted.frauds import EXACT, seeded
from app.demo.doubted.register import write
from app.demo.doubted.score import Score, score
from app.doubles.finding import find
from app.migrations.upgrade import upgrade
from app.privacy import Keyring
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place, place
from benchmarks.measure import Measured, measured
from tests.factories import KEY, START

PEOPLE = 100_000
SECONDS_MAX = 30
MEMORY_MB_MAX = 400
# Namesakes of one year meet more often in a larger province: 0.2 pairs a person are compared at
# 20,000 people, 0.65 at 100,000. Everything else costs the same for each.
MARGINAL_MAX = 1.5
NEAR_MIN, FALSE_MAX = 95, 1


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks doubles")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("doubles", f"doubts about {chosen.people:,} made-up people")
    for kind in chosen.database or KINDS:
        with place(kind) as where:
            few, _ = _once(where, chosen.people // 10, chosen.seed)
            many, found = _once(where, chosen.people, chosen.seed)
        _cost(bench, kind, few, many)
        _found(bench, kind, found)
        print(found.told())
        bench.write()
    return bench


def _once(where: Place, people: int, seed: int) -> tuple[Measured, Score]:
    url = where.create()
    apart(_write, url, people, seed)
    where.checkpoint()
    cost = apart(_find, url, where.server_pid)
    found = apart(_score, url, people, seed)
    where.drop(url)
    return cost, found


def _write(url: str, people: int, seed: int) -> None:
    with opened(url, owner=True) as database:
        upgrade(database.engine)
        write(database, Keyring(KEY), seeded(people, people // 100, seed), START)


def _find(url: str, server_pid: int | None) -> Measured:
    with (
        opened(url, owner=True) as database,
        measured(server_pid) as cost,
        database.unit_of_work() as session,
    ):
        find(session, Keyring(KEY), PERIOD, "bench", START)
    return cost


def _score(url: str, people: int, seed: int) -> Score:
    with opened(url) as database, database.view() as session:
        return score(session, Keyring(KEY), seeded(people, people // 100, seed))


def _cost(bench: Bench, kind: str, few: Measured, many: Measured) -> None:
    bench.row(f"{kind}: one run, wall", many.wall_seconds, "s")
    bench.row(f"{kind}: one run, CPU", many.cpu_seconds, "s", at_most=SECONDS_MAX)
    ratio = (many.cpu_seconds - few.cpu_seconds) / 9 / few.cpu_seconds
    bench.row(f"{kind}: a further tenth against the first", ratio, "x", at_most=MARGINAL_MAX)
    bench.row(f"{kind}: largest process", many.peak_mb, "MB", at_most=MEMORY_MB_MAX)


def _found(bench: Bench, kind: str, found: Score) -> None:
    for name, many, caught, blocked in found.rows:
        bench.row(f"{kind}: {name}, {many} frauds: found", 100 * caught / many, "%")
        if name in EXACT:
            bench.row(f"{kind}: {name}: left off the list", 100 * blocked / many, "%")
    bench.row(f"{kind}: exact ones not blocked", 100 * (1 - found.exact_blocked), "%", at_most=0)
    missed = 100 * (1 - found.near_found)
    bench.row(f"{kind}: near ones missed", missed, "%", at_most=100 - NEAR_MIN)
    wrong = 100 * found.false_share
    bench.row(f"{kind}: honest people doubted", wrong, "%", at_most=FALSE_MAX)
    bench.row(f"{kind}: honest people left off", found.honest_held, "people", at_most=0)
