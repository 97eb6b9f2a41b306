"""Thousands of calls, repeated, late, in any order, some forged: the books as in order (R8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from statistics import quantiles
from time import perf_counter
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from app.beneficiaries.rows import RegisterRow
from app.beneficiaries.tables import destination, person
from app.channels.inbound import Call, keep
from app.channels.inbound_tables import inbound_event
from app.disbursement.evidence_tables import bank_case
from app.disbursement.proofs import prove_everything
from app.disbursement.tables import batch, hold, instruction, outcome
from ledger.balances import account_balances
from tests.app.hooks.storm import Sent, Word, storm, words
from tests.factories import BANK, SEPTEMBER, House, Stage, row
from tests.support.calling import judged, line, may_call, receiving
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

CLIENTS, SEED = 4, 20260910
SLOWEST = 0.2
"""Seconds within which 95 of 100 calls are answered."""
FILES = 8


def _sent(house: House, people: int) -> None:
    house.tamper("update allotment set amount = amount * 1000")
    house.register(SEPTEMBER, *(_one(number) for number in range(1, people + 1)))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)


def _one(number: int) -> RegisterRow:
    """A person born on a day of his own: nobody is taken for another."""
    born = date(1925, 1, 1) + timedelta(days=number)
    return row(number, birth_date=born, birth_year=born.year)


def some_sent(house: House) -> None:
    """September of some people has left through the bank."""
    _sent(house, SIZES[2_000])


def many_sent(house: House) -> None:
    """September of as many people as a storm of 100,000 calls is about."""
    _sent(house, SIZES[100_000])


# Words by calls: three in ten are told three times more, two in a hundred by strangers as well.
SHARE = {2_000: 1_080, 100_000: 52_400}
SIZES = {2_000: 160, 100_000: 7_800}
STAGES: dict[int, Stage] = {2_000: some_sent, 100_000: many_sent}


class Pair(NamedTuple):
    """One house that is called in a storm, and one that hears the same in order."""

    stormy: House
    calm: House
    calls: int


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[2_000, pytest.param(100_000, marks=pytest.mark.long)])
def pair(request: pytest.FixtureRequest, kind: str, mould: Mould, tmp_path: Path) -> Iterator[Pair]:
    stage, houses, server = STAGES[request.param], [], None
    for name in ("stormy", "calm"):
        (tmp_path / name).mkdir()
        if kind == "sqlite":
            houses.append(mould.on_sqlite(stage, tmp_path / name))
        else:
            server = request.getfixturevalue("postgres")
            houses.append(mould.on_postgresql(stage, tmp_path / name, server))
    for one in houses:
        may_call(one)
    yield Pair(*houses, request.param)
    for one in houses:
        one.close()
        if isinstance(server, PostgresServer):
            server.drop_database(str(one.database.url.database))


@pytest.mark.long_on_postgresql
def test_a_storm_leaves_the_books_as_a_calm_month_does(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    said = words(payments(pair.calm), SHARE[pair.calls])
    sent = storm(said, pair.stormy.clock.now(), Random(SEED))
    assert len(sent) >= pair.calls
    began = perf_counter()
    seconds = stormy(pair.stormy, sent)
    took = perf_counter() - began
    calm(pair.calm, said)
    assert meaning(pair.stormy) == meaning(pair.calm)
    assert pair.stormy.count(inbound_event) == len(said)
    assert pair.stormy.rows(select(hold.c.id)) == pair.stormy.rows(select(bank_case.c.id)) == []
    for one in pair:
        if isinstance(one, House):
            nothing_broken(one)
    slow = quantiles(seconds, n=20)[-1]
    told = f"{len(sent)} calls about {len(said)} words in {took:.0f} s"
    late = f"95 of 100 answered within {slow * 1000:.1f} ms, the slowest {max(seconds):.2f} s"
    print(f"\n{request.node.name}: {told}, {late}")
    assert slow < SLOWEST


def payments(house: House) -> list[tuple[str, str]]:
    """The reference and the account of every payment."""
    query = (
        select(instruction.c.reference, person.c.bound_key, destination.c.account_cipher)
        .join(destination, destination.c.id == instruction.c.destination_id)
        .join(person, person.c.id == destination.c.person_id)
        .order_by(instruction.c.id)
    )  # fmt: skip
    return [
        (reference, house.keyring.decrypt("destination.account", bound, cipher))
        for reference, bound, cipher in house.rows(query)
    ]


def stormy(house: House, sent: Sequence[Sent]) -> list[float]:
    """Every call from one of four clients, day after day; the jobs run at the end of each day."""
    began, seconds = house.clock.now(), []
    # A new process: the rule of ten seconds is one of the clock on the wall.
    with receiving(house) as port, ThreadPoolExecutor(CLIENTS) as clients:
        for day, calls in groupby(sent, key=lambda one: one.day):
            house.clock.move_to(began + timedelta(days=day))
            today = list(calls)
            parts = [today[number::CLIENTS] for number in range(CLIENTS)]
            for found in clients.map(lambda part: ringing(port, part), parts):
                seconds += found
            judged(house)
    return seconds


def ringing(port: int, calls: Sequence[Sent]) -> list[float]:
    """Seconds until each answer; a call that is told to come again does."""
    seconds = []
    with line(port) as wire:
        for one in calls:
            began = perf_counter()
            while (found := wire.send(one.call)) == 503:
                pass
            seconds.append(perf_counter() - began)
            assert found == one.answer
    return seconds


def calm(house: House, said: Sequence[Word]) -> None:
    """The same words once and in order, in a few files."""
    size = -(-len(said) // FILES)
    for first in range(0, len(said), size):
        with house.work() as session:
            for one in said[first : first + size]:
                call = Call(BANK, one.event_id, "1", "s", one.body)
                keep(session, house.keyring, call, house.clock.now())
        judged(house)


def meaning(house: House) -> dict[str, Any]:
    """Balances of every account, states of every payment and batch, outcomes."""
    told = (instruction.c.reference, outcome.c.state, outcome.c.source, outcome.c.word,
            outcome.c.reason)  # fmt: skip
    outcomes = select(*told).join(instruction, instruction.c.id == outcome.c.instruction_id)
    with house.database.view() as session:
        balances = {one.path: one.balance for one in account_balances(session)}
    return {
        "balances": balances,
        "payments": house.rows(select(instruction.c.reference, instruction.c.state).order_by("id")),
        "batches": house.rows(select(batch.c.id, batch.c.state).order_by("id")),
        "outcomes": sorted(house.rows(outcomes)),
    }


def nothing_broken(house: House) -> None:
    with house.database.view() as session:
        assert [one for one in prove_everything(session) if not one.ok] == []
