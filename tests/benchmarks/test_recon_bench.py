"""The bench of matching runs at a small size, on both databases."""

from __future__ import annotations

from sqlalchemy import func, select

from app.disbursement.tables import outcome
from benchmarks import recon
from benchmarks.harness import Bench
from benchmarks.ledger.books import opened
from benchmarks.measure import Comparison, Measured
from benchmarks.recon import applied, filled

PAYMENTS = 200


def test_every_line_is_matched_and_what_came_back_is_owed_again(database_url: str) -> None:
    """The bench itself stops where a payment, a verdict or a batch is left over."""
    filled.fill(database_url, PAYMENTS, None)
    applied.debits(database_url, None)
    applied.returns(database_url, None)
    with opened(database_url, owner=True) as database, database.view() as session:
        counted = session.scalars(select(func.count()).select_from(outcome)).one()
    assert counted == PAYMENTS + PAYMENTS // filled.ONE_IN


def _cost(*seconds: float) -> list[Measured]:
    return [Measured(client_cpu_seconds=one) for one in seconds]


def test_growth_is_judged_against_that_of_plain_statements() -> None:
    few, many = Comparison(_cost(3.0), _cost(1.0)), Comparison(_cost(38.0), _cost(12.5))
    bench = Bench("test")
    recon._judged(bench, "postgresql", 1_000_000, few, many)
    seconds, further, memory = bench.rows
    assert (seconds.ok, memory.ok) == (True, True)
    assert round(further.value, 3) == 1.296  # a tenth: 3.89 s after 3.0
    assert further.against is not None
    assert round(further.against, 3) == 1.278
    assert further.ok
