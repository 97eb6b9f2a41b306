"""Ten in a hundred taken and then silent, five lost, five broken, twenty calls told twice (R1, R2,
R27): everybody is paid exactly once, and the books say what the bank's say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from time import monotonic

import pytest

from app.jobs.runtime import Runtime
from bank_adapters.sandbox.payout import FaultPlan, Institution
from tests.factories import House
from tests.flows import seeded_house as seeded
from tests.flows.seeded_run import SeededRun
from tests.flows.seeds import every_seed
from tests.support.mould import Mould
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.flow

PEOPLE = 2_000
LONG_SEEDS, LONG_PEOPLE = 50, 10_000
FEW = 200
LEVEL = 500_000


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
@pytest.mark.stage(of=seeded.STAGES[PEOPLE])
def test_everybody_is_paid_once(house: House, seed: int) -> None:
    whole_run(house, seed, PEOPLE)


UNKIND = FaultPlan(3, seeded.FAULTS | {"enquiry_not_found": 300, "enquiry_timeout": 5})
HABITS = frozenset(
    {"contradictory_enquiries", "duplicate_acknowledgement", "statement_twice", "return_first"}
)


@pytest.mark.stage(of=seeded.STAGES[FEW])
def test_at_a_bank_that_lies_and_refuses_no_repetition(house: House) -> None:
    """It would execute a repetition, says at first that it knows nothing, calls and states all
    twice, and tells of returns before it tells of payments."""
    whole_run(house, 3, FEW, dedupe="", faults=UNKIND, behaviours=HABITS)


@pytest.mark.long
def test_over_sockets_it_is_the_same(mould: Mould, tmp_path: Path) -> None:
    """HTTPS to the bank and HTTP from it: the same calls, payments and doubts as in one process."""
    counts = []
    for name, join in (("one", seeded.joined), ("other", seeded.joined_by_sockets)):
        (tmp_path / name).mkdir()
        with closing(mould.on_sqlite(seeded.STAGES[FEW], tmp_path / name)) as house:
            counts.append(whole_run(house, 4, FEW, join).counts)
    assert counts[0] == counts[1]
    assert counts[0]["lost"] > 0


Join = Callable[[House, Institution], AbstractContextManager[tuple[Runtime, seeded.Bell]]]


def whole_run(
    house: House, seed: int, people: int, join: Join = seeded.joined, **told: object
) -> SeededRun:
    """The month from its approved list to the last payee; `told` are further settings of the
    bank, which is well again at the end."""
    began = monotonic()
    with closing(seeded.bank_of(house, seed, **told)) as bank, join(house, bank) as joined:
        run = SeededRun(house, bank, *joined)
        seeded.money_comes(house, bank)
        house.on("2026-09-10")
        run.turn()
        faulty_rounds(run)
    well = {**told, "faults": FaultPlan(seed), "behaviours": frozenset()}
    with closing(seeded.bank_of(house, seed, **well)) as bank, join(house, bank) as joined:
        run.bank, (run.runtime, run.ring) = bank, joined
        last_round(run)
        proven(run, people)
        executed = bank.books()["executed"]["count"]
    print(f"seed {seed}: {people} people, {executed} executed, {dict(run.counts)},"
          f" {monotonic() - began:.0f} s", flush=True)  # fmt: skip
    return run


def faulty_rounds(run: SeededRun) -> None:
    """A month sent on Thursday, and what it left sent again on Tuesday."""
    for days in (
        ("2026-09-11", "2026-09-14", "2026-09-15"),
        ("2026-09-16", "2026-09-17", "2026-09-21"),
    ):
        run.pay()
        one, other, last = days
        run.evening_of(one)
        run.evening_of(other)
        run.house.on(last)
        run.turn()
        run.close_what_is_lost()
        owed = run.owed_again()
        assert owed == (run.list_again() if owed else 0)


def last_round(run: SeededRun) -> None:
    """The bank is well again: whoever is still owed is paid."""
    run.pay()
    run.evening_of("2026-09-22")
    assert run.owed_again() == 0
    assert run.sent_ids() == set()


def proven(run: SeededRun, people: int) -> None:
    """The bank's books, ours, and every proof."""
    books, house = run.bank.books(), run.house
    executed, returned = books["executed"], books["returned"]
    assert (books["proof"], executed["references_max"]) == ([], 1)
    received = executed["total"] - returned["total"]
    assert received == people * LEVEL
    settled = house.rows("select count(*), sum(amount) from instruction where state = 'settled'")
    assert settled == [(people, received)]
    assert house.ask("select count(distinct obligation_id) from instruction") == people
    assert run.unlinked() == 0
    assert run.wrong_proofs() == []


def one_seed(house: House, seed: int) -> None:
    whole_run(house, seed, LONG_PEOPLE)


@pytest.mark.long
def test_fifty_seeds_on_sqlite(mould: Mould, tmp_path: Path) -> None:
    """Fifty seeds of 10,000; what passed before is in var/long and not run again."""
    stage = seeded.STAGES[LONG_PEOPLE]
    every_seed("seeded-sqlite", LONG_SEEDS, one_seed, stage, mould, tmp_path)


@pytest.mark.long
@pytest.mark.postgres
def test_fifty_seeds_on_postgresql(mould: Mould, tmp_path: Path, postgres: PostgresServer) -> None:
    """The same with PostgreSQL."""
    stage = seeded.STAGES[LONG_PEOPLE]
    every_seed("seeded-postgresql", LONG_SEEDS, one_seed, stage, mould, tmp_path, postgres)
