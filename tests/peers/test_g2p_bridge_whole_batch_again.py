"""OpenG2P/openg2p-g2p-bridge: `initiate_payment` runs under a row lock; on any exception after the
bank has accepted, the batch goes back to PENDING and is sent again whole, without a key.

Here an exception anywhere, of any kind, at any commit, leaves a batch that is sent at most once.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import paramiko
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.disbursement.doubts import next_steps
from app.jobs.resending import resend_in_doubt
from app.jobs.sending import send_batches
from bank_adapters.contract import Courier, Receipt
from bank_adapters.errors import InDoubt
from tests.app.disbursement.test_sending import september_released
from tests.factories import SEPTEMBER
from tests.peers.forgetful import World

pytestmark = pytest.mark.stage(of=september_released)

ERRORS = (InDoubt("mất trả lời"), paramiko.SSHException("gói tin hỏng"), KeyError("status"))
COMMITS = {"claim": 2, "outcome": 3, "end of a trouble": 4}
"""How many units of work of a run come before the one that fails."""


class Accepted:
    """A line that delivers, and then meets an error of some kind."""

    def __init__(self, courier: Courier, error: Exception) -> None:
        self._courier, self._error = courier, error

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """The bank has it; then the error."""
        self._courier.put(name, path, not_after)
        raise self._error

    def close(self) -> None:
        """Let go."""
        self._courier.close()


def go_on(world: World) -> None:
    """Three more days on which every job that could send runs."""
    for day in ("2026-09-11", "2026-09-14", "2026-09-15"):
        world.house.on(day, "14:00")
        send_batches(world.runtime)
        resend_in_doubt(world.runtime)


def paid_once_at_most(world: World) -> None:
    """Each payment of the bank's was paid once at most, and what is open has a next step."""
    house = world.house
    assert set(world.paid()) <= {house.reference(number, SEPTEMBER) for number in (1, 2)}
    assert set(world.paid().values()) <= {1}
    doubted = house.ask("select count(*) from batch where state = 'in_doubt'")
    with house.database.view() as session:
        steps = next_steps(session, {}, house.clock.now())
    assert len(steps) == doubted
    assert house.ask("select count(*) from batch where state = 'sending'") == 0


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
def test_any_exception_after_the_bank_accepted(world: World, error: Exception) -> None:
    met: Callable[[Courier], Courier] = lambda one: Accepted(one, error)  # type: ignore[assignment, return-value] # noqa: E731
    send_batches(world.with_line(met))
    assert world.house.batch_state(1) == "in_doubt"
    go_on(world)
    paid_once_at_most(world)
    assert len(world.paid()) == 2


class Fault:
    """The database goes away at the end of the unit of work that is counted down to."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, _: Session) -> None:
        self.left -= 1
        if self.left == -1:
            raise OperationalError("commit", None, Exception("mất kết nối"))


@pytest.mark.parametrize("after", COMMITS.values(), ids=COMMITS)
def test_a_commit_of_the_run_may_fail(world: World, after: int) -> None:
    """Whichever unit of work of the run it is; then the worker's lease ends, and others go on."""
    house = world.house
    fault = Fault(after)
    broken = replace(world.runtime, database=house.database.checked(fault), worker="gone")
    with suppress(OperationalError):
        send_batches(broken)
    house.clock.advance(timedelta(minutes=11))
    go_on(world)
    paid_once_at_most(world)
    assert fault.left < 0, "no fault was met"
