"""What everybody is due, at the scale of a large province: `python -m benchmarks benefits`.

Made-up people: one enrolment each of the groups below, one in five with a second that competes
with it or stands beside it; starts over ten years, some ended. Two lists are made by the function
that the service uses, in its chunks. September is the first: nothing was granted before. By
October's the rise of July is known, so every month since July is looked at again for everybody,
against what was granted. November is an ordinary month: one in twenty has news.
"""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import text

from app.benefits.entitlements import compute, listed_before, next_people
from app.benefits.rates import standing_book
from app.benefits.rules import History
from app.db import Database
from app.migrations.upgrade import upgrade
from app.units.lookup import payers
from benchmarks.harness import KINDS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import opened
from benchmarks.ledger.place import Place, place
from benchmarks.measure import Measured, measured

PEOPLE = 1_000_000
MONTHS = ("2026-09", "2026-10", "2026-11")
EVERY_RULE_SECONDS_MAX = 120
FEW_NEWS_SECONDS_MAX = 60
MEMORY_MB_MAX = 400
MARGINAL_MAX = 1.2
FIRST = (("pension", "P1"), ("assistance", "C6c"), ("pension", "P2"), ("assistance", "C6d"),
         ("assistance", "C4"), ("merit", "MAH"), ("assistance", "C1b"))  # fmt: skip
SECOND = (("assistance", "K4"), ("assistance", "C5c"), ("assistance", "C8"))
PERSON = """
insert into person (id, citizen_key, citizen_cipher, citizen_tail, name, sort_key, search_key,
  birth, sex, ethnicity, area_code, hamlet)
with recursive n(i) as (select 1 union all select i + 1 from n where i < {people})
select i, 'key' || i, {blob}, '000', 'SYNTHETIC', 'synthetic', 'synthetic', '1950', 'F', 'Kinh',
  '01273', '' from n
"""
ENROLMENT = """
insert into enrolment (person_id, programme, group_code, table_key, area_code, decision_number,
  decision_on, start_period, stop_period, stop_cause, seen_period, known_period, changed_period)
select id, {programme}, {group_}, case when {group_} = 'C4' then '2' else '' end, '01273',
  id || '/QD', '2016-01-01', (2016 + mod(id, 10)) || '-0' || (1 + mod(id, 9)), null, '',
  '2026-09', '2026-09', '2026-09'
from person where {which}
"""
# The next list: everybody again; one in twenty has another end, told late.
NEXT = (
    "update enrolment set seen_period = '{month}'",
    "update enrolment set changed_period = '{month}', stop_cause = 'move_out',"
    " stop_period = '2026-0' || (6 + mod(person_id, 3)) where mod(person_id, 20) = {number}",
)


def run(arguments: list[str]) -> Bench:
    """Both databases, or the chosen one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks benefits")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--database", choices=KINDS, action="append")
    chosen = parser.parse_args(arguments)
    bench = Bench("benefits", f"entitlements of {chosen.people:,} made-up people")
    for kind in chosen.database or KINDS:
        with place(kind) as where:
            costs = {
                people: _months(where, people) for people in (chosen.people // 10, chosen.people)
            }
            _rows(bench, kind, costs, chosen.people)
        bench.write()
    return bench


def _rows(bench: Bench, kind: str, costs: dict[int, dict[str, Measured]], people: int) -> None:
    few, many = costs[people // 10], costs[people]
    limits = (EVERY_RULE_SECONDS_MAX, EVERY_RULE_SECONDS_MAX, FEW_NEWS_SECONDS_MAX)
    for month, limit in zip(MONTHS, limits, strict=True):
        name = f"{kind}: {month}"
        bench.row(f"{name}, wall", many[month].wall_seconds, "s", at_most=limit)
        bench.row(f"{name}, CPU", many[month].cpu_seconds, "s")
        marginal = (many[month].cpu_seconds - few[month].cpu_seconds) / 9
        ratio = marginal / few[month].cpu_seconds
        bench.row(f"{name}, a further tenth against the first", ratio, "x", at_most=MARGINAL_MAX)
    peak = max(one.peak_mb for one in many.values())
    bench.row(f"{kind}: largest process", peak, "MB", at_most=MEMORY_MB_MAX)


def _months(where: Place, people: int) -> dict[str, Measured]:
    url = where.create()
    _make(url, people)
    costs = {}
    for number, month in enumerate(MONTHS):
        if number:
            _next_list(url, month, number)
        where.checkpoint()
        costs[month] = apart(_list_month, url, month, where.server_pid)
    where.drop(url)
    return costs


def _make(url: str, people: int) -> None:
    with opened(url, owner=True) as database:
        upgrade(database.engine)
        with database.engine.begin() as connection:
            blob = "x'00'" if database.is_sqlite else "'\\x00'::bytea"
            connection.execute(text(PERSON.format(people=people, blob=blob)))
            for groups, modulus, which in ((FIRST, 7, "true"), (SECOND, 3, "mod(id, 5) = 0")):
                for place_, (programme, code) in enumerate(groups):
                    chosen = f"{which} and mod(id, {modulus}) = {place_}"
                    values = {"programme": f"'{programme}'", "group_": f"'{code}'"}
                    connection.execute(text(ENROLMENT.format(which=chosen, **values)))
            connection.execute(text(_UNITS))
            _settle(connection, database)


_UNITS = (
    "insert into paying_unit (code, name, kind, area_code, budget_code, sort_key)"
    " values ('01273', 'x', 'commune', '01273', '1', 'x')"
)


def _next_list(url: str, month: str, number: int) -> None:
    with opened(url, owner=True) as database, database.engine.begin() as connection:
        for statement in NEXT if month == MONTHS[-1] else NEXT[:1]:
            connection.execute(text(statement.format(month=month, number=number)))
        _settle(connection, database)


def _settle(connection: Any, database: Database) -> None:
    if not database.is_sqlite:
        connection.execute(text("analyze"))


def _list_month(url: str, month: str, server_pid: int | None) -> Measured:
    with opened(url, owner=True) as database:
        with database.view() as session:
            history = History(standing_book(), *listed_before(session, month))
            places = payers(session, month)
        places = (
            dict.fromkeys(((code, "01273") for code in ("pension", "assistance", "merit")), "01273")
            | places
        )
        with measured(server_pid) as cost:
            people = [0]
            while people:
                with database.unit_of_work() as session:
                    if people := next_people(session, month, people[-1]):
                        compute(session, month, history, places, people).write(session)
    return cost
