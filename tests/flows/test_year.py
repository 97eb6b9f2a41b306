"""Twelve months in a row by the real command: each settled and closed, nothing unexplained."""

from __future__ import annotations

import pytest

from tests.flows import walk
from tests.flows.demo import Month, sqlite_month, wrong_proofs
from tests.support.command import run_ansinh

pytestmark = [pytest.mark.flow, pytest.mark.long]

PEOPLE, MONTHS = 1_000, 12
SECONDS_MAX = 7_200
MEMORY_MAX_MB = 600


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Month:
    """A thousand people from September to September after the next."""
    month = sqlite_month(tmp_path_factory.mktemp("year"), PEOPLE)
    done = run_ansinh(month.arguments("--months", str(MONTHS)), timeout_seconds=SECONDS_MAX)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return month


def test_every_month_is_settled_and_closed(year: Month) -> None:
    """The month before the first, and twelve: no provider has a difference, every proof holds."""
    assert wrong_proofs(year) == []
    settlements = year.result["settlements"]
    assert len(settlements) == MONTHS + 1
    assert {len(providers) for providers in settlements.values()} == {3}
    walk.settled(year)


def test_nothing_is_left_unexplained(year: Month) -> None:
    """In transit and in suspense there is what payments and bank lines by name explain."""
    proofs = {one["name"]: one["figures"] for one in year.result["proofs"]}
    found = proofs["in transit and suspense are explained"]
    assert (found["in_transit"], found["wrong"]) == (0, [])
    assert found["lines"] == year.result["in_suspense"]
    assert all(year.result["happenings"].values()), year.result["happenings"]


def test_it_takes_no_more_memory_than_a_month(year: Month) -> None:
    """Data is made month by month."""
    assert year.result["peak_memory_mb"] < MEMORY_MAX_MB


def test_nobody_is_paid_twice(year: Month) -> None:
    assert walk.paid_twice(year) == []


def test_the_books_are_proven(year: Month) -> None:
    walk.proven(year)
    walk.healthy(year)
