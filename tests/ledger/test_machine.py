"""Random histories against a model: the books agree after every step, or both refuse."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.ledger.benches import Bench
from tests.ledger.machine import Machine
from tests.ledger.model import RECIPES

# A failure is made smaller but not explained: that would trace every line, for minutes.
LOOSE = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
QUICK = settings(LOOSE, max_examples=12, stateful_step_count=25, derandomize=True)
DEEP = settings(LOOSE, max_examples=60, stateful_step_count=80)
REFUSALS = ("Conflict", "Overdrawn", "PeriodClosed", "Unbalanced", "UnknownAccount")
RARE = (*REFUSALS, "first answer", "undone", "closed")


@pytest.fixture
def machine(bench: Bench) -> type[Machine]:
    """The machine on one kind of database."""
    return type("MachineHere", (Machine,), {"bench": bench, "seen": Counter()})


def test_random_histories_agree_with_the_model(machine: type[Machine]) -> None:
    run_state_machine_as_test(machine, settings=QUICK)
    _insist(machine)


@pytest.mark.long
@pytest.mark.parametrize("number", range(4))
def test_long_histories_agree_with_the_model(machine: type[Machine], number: int) -> None:
    """Thousands of steps: sixty histories of up to eighty, from another seed each time."""
    run_state_machine_as_test(seed(number)(machine), settings=DEEP)
    _insist(machine)


def _insist(machine: type[Machine]) -> None:
    """Every recipe, refusal, crash and answer must have happened."""
    crashes = [f"crash: {how}, {end}" for how in machine.bench.crashes for end in ("kept", "lost")]
    missed = {*RECIPES, *RARE, *crashes} - machine.seen.keys()
    assert missed == set()
