"""A run of postings killed with SIGKILL anywhere: each entry is there whole or not at all.

After each kill nothing is half-written; started again, the run posts each key once.
"""

from __future__ import annotations

import time
from random import Random

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ledger.balances import account_balances
from ledger.chain import head
from ledger.proof import verify
from tests.ledger.benches import Bench
from tests.ledger.histories import CELLS
from tests.ledger.model import Model
from tests.ledger.posting_run import POINTS, Run, plan
from tests.support.diary import Diary

KILLS_A_RUN = 2
WRITTEN = """
select e.key, s.postings, s.total, count(*) as found, sum(p.debit) as debits
from entry e left join posting p on p.entry_id = e.id left join entry_seal s on s.entry_id = e.id
group by e.id, e.key, s.postings, s.total order by e.id
"""


def test_ten_kills_in_ten_thousand_postings(bench: Bench) -> None:
    seconds, strikes, number = _seconds(bench, 4_000), 0, 0
    while strikes < 10:
        number += 1
        strikes += len(_killed(bench, 4_000, _delays(number, seconds)))


@pytest.mark.long
def test_two_hundred_kills(bench: Bench) -> None:
    """In entries of ten thousand postings; what struck before is in var/long and counts."""
    diary = Diary(f"postings-{bench.kind}", 200)
    seconds = _seconds(bench, 10_000)
    while not diary.is_full:
        number = len(diary.runs) + 1
        diary.note(_killed(bench, 10_000, _delays(number, seconds)))


@pytest.mark.parametrize("point", POINTS)
def test_killed_at(bench: Bench, point: str) -> None:
    """At a moment that a clock would rarely hit, in the middle of the run or in its sealing."""
    engine = bench.fresh()
    order = Run(_url(engine), 200)
    fatal = Run(_url(engine), 200, point).start()
    fatal.join()
    assert fatal.exitcode == -9
    done = _whole_or_not_at_all(engine, 200)
    assert done == {"after the commit": 3, "in the chain": 6}.get(point, 2)
    order.to_its_end()
    _each_once(engine, 200)


def _seconds(bench: Bench, items: int) -> float:
    """How long a run takes undisturbed; the first one also waits for the process that forks."""
    for _ in range(2):
        began = time.monotonic()
        Run(_url(bench.fresh()), items).to_its_end()
    return time.monotonic() - began


def _delays(number: int, seconds: float) -> list[float]:
    chance = Random(number)
    return [round(chance.uniform(0, seconds), 3) for _ in range(KILLS_A_RUN)]


def _killed(bench: Bench, items: int, delays: list[float]) -> list[float]:
    """Kill a run after each delay, let it come to its end; gives the kills that struck."""
    engine = bench.fresh()
    order, struck, done = Run(_url(engine), items), [], 0
    for delay in delays:
        if not order.killed_after(delay):
            break
        struck.append(delay)
        before, done = done, _whole_or_not_at_all(engine, items)
        assert done >= before
    order.to_its_end()
    _each_once(engine, items)
    return struck


def _whole_or_not_at_all(engine: Engine, items: int) -> int:
    """The first entries of the plan are there, whole, and nothing else; gives how many."""
    _wait_for_the_dead(engine)
    expected = [(one.key, len(one.items) + 1, one.total) for one in plan(items)]
    with Session(engine) as session:
        rows = session.execute(text(WRITTEN)).all()
        found = [(row.key, row.postings, row.total) for row in rows]
        assert found == expected[: len(found)]
        assert [(row.found, row.debits) for row in rows] == [one[1:] for one in found]
        assert all(proof.ok for proof in verify(session, fast=True))
    return len(found)


def _each_once(engine: Engine, items: int) -> None:
    """The whole plan is there, in the chain, and every proof holds."""
    assert _whole_or_not_at_all(engine, items) == len(plan(items))
    model = Model(frozenset(CELLS))
    for number, wish in enumerate(plan(items)):
        model.write(wish, number)
    with Session(engine) as session:
        found = account_balances(session)
        assert {one.path: one.balance for one in found if one.balance} == model.accounts()
        assert head(session).position == len(plan(items))
        assert [proof for proof in verify(session) if not proof.ok] == []


def _wait_for_the_dead(engine: Engine) -> None:
    """A backend of PostgreSQL outlives its client for as long as its statement takes."""
    if engine.dialect.name == "postgresql":
        query = text(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and backend_type = 'client backend' and pid <> pg_backend_pid()"
        )
        with engine.connect() as connection:
            while connection.scalar(query):
                connection.rollback()
                time.sleep(0.01)


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)
