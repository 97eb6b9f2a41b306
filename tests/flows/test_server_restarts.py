"""PostgreSQL restarted under load: while batches are released, sent and answered.

Half of the restarts are "immediate" (the server dies with what it was doing and recovers), half
"fast" (it ends every connection). The crew and the bank are processes; nobody is told beforehand.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from random import Random

import pytest

from tests.factories import House
from tests.flows.crew import (
    LEASE_IS_OVER,
    Crew,
    approved_of,
    crew_of,
    every_doubt_has_a_step,
    everything_paid_once,
    moments,
)
from tests.support.mould import Mould
from tests.support.postgres import OwnServer, own_server

pytestmark = [pytest.mark.flow, pytest.mark.postgres]

# As in production, but for its size and that it waits for no disk: it is the server that dies here,
# not the machine, and what it handed to the system is kept.
SETTINGS = {"shared_buffers": "64MB", "max_connections": "60", "fsync": "off"}
WELL_SECONDS = 10.0
RESTARTS, LONG_RESTARTS = 2, 20
HOW = {"immediate": signal.SIGQUIT, "fast": signal.SIGINT}

few, many = approved_of(24), approved_of(200)


@pytest.fixture
def server() -> Iterator[OwnServer]:
    """A durable server for this test alone."""
    with own_server(SETTINGS) as own:
        yield own


def house_on(server: OwnServer, people: object, factory: pytest.TempPathFactory) -> House:
    """A copy of the stage, written out: see `test_disk_full.py` on copied sequences."""
    mould, home = Mould(factory.mktemp("mould")), factory.mktemp("home")
    house = mould.on_postgresql(people, home, server.running)  # type: ignore[arg-type]
    server.running.checkpoint()
    return house


def restarted_month(crew: Crew, server: OwnServer, restarts: int, seed: str) -> list[float]:
    """Live the month; the first moments meet a restart each, more than one where there are more
    restarts than moments. Gives the seconds after which the service was well again."""
    rng, whole = Random(seed), moments()
    left = [(restarts + number) // len(whole) for number in range(len(whole))][::-1]
    well: list[float] = []
    with crew.working():
        crew.answers()
        for moment, count in zip(whole, left, strict=True):
            crew.release()
            crew.at(moment)
            for _ in range(count):
                time.sleep(rng.uniform(0.0, 0.4))
                well.append(_restart(crew, server, list(HOW)[len(well) % 2]))
            crew.at(moment + LEASE_IS_OVER)
            crew.settled_down()
            every_doubt_has_a_step(crew)
    return well


def _restart(crew: Crew, server: OwnServer, how: str) -> float:
    server.stop(HOW[how])
    server.start()
    seconds = crew.answers(WELL_SECONDS)
    print(f"{how}: well again after {seconds:.2f} s")
    return seconds


def test_two_restarts_in_a_month(
    server: OwnServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    house = house_on(server, few, tmp_path_factory)
    with crew_of(house) as crew:
        well = restarted_month(crew, server, RESTARTS, "quick")
        assert len(well) == RESTARTS
        everything_paid_once(crew)
    house.close()


@pytest.mark.long
def test_twenty_restarts_in_a_month(
    server: OwnServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ten immediate and ten fast, with 200 people."""
    house = house_on(server, many, tmp_path_factory)
    with crew_of(house) as crew:
        well = restarted_month(crew, server, LONG_RESTARTS, "long")
        assert len(well) == LONG_RESTARTS
        everything_paid_once(crew)
    house.close()
    print(f"{len(well)} restarts, well again after {max(well):.2f} s at most")
