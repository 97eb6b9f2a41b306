"""What the house does by itself and what its officers do, as the jobs and the commands do it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from app.disbursement import funding
from app.jobs.collecting import collect_and_apply
from app.jobs.packing import pack_events
from app.jobs.payrolls import open_follow_ups
from app.jobs.sending import build_batches, send_batches
from tests.factories import BANK
from tests.service.wire import WHOLE
from tests.service.world import World


# ---------------------------------------------------------------------- jobs
def collect(world: World, dies_at: int = 0) -> bool:
    """Calls are packed; files are fetched, read and applied."""

    def job() -> None:
        pack_events(world.runtime)
        collect_and_apply(world.runtime)

    return world.runs(job, dies_at)


def build(world: World, dies_at: int = 0) -> bool:
    """Batches of every approved month."""

    def job() -> None:
        for (period,) in world.rows("select distinct period from payroll where state = 'approved'"):
            build_batches(world.runtime, period, world.today())

    return world.runs(job, dies_at)


def send(world: World, fate: str = WHOLE, provider: str = BANK, dies_at: int = 0) -> bool:
    """Send what is released; `fate` is what becomes of the first file to a provider."""
    world.wires[provider].fate = fate
    try:
        return world.runs(lambda: send_batches(world.runtime), dies_at)
    finally:
        world.wires[provider].fate = WHOLE


def follow_up(world: World, dies_at: int = 0) -> bool:
    """Payrolls of the current month for what failed."""
    period = f"{world.today():%Y-%m}"
    return world.runs(lambda: open_follow_ups(world.runtime, period), dies_at)


# ---------------------------------------------------------------------- officers
def money_comes(world: World, period: str) -> None:
    """The Treasury's money is asked for; it comes as slips, and as credits at the bank."""
    house = world.house
    with house.work() as session:
        funding.request(session, period, house.later())
        funding.receive_slips(session, period, house.clock.now())
        wanted = [(one.reference, one.amount) for one in funding.waiting(session, period)]
    asked = {one["reference"] for one in world.bank.entries if one["kind"] == "credit"}
    new = [one for one in wanted if one[0] not in asked]
    came = [
        world.bank.moves("credit", amount, world.today(), reference, "KHO BAC")
        for reference, amount in new
    ]
    if came:
        world.bank.tray.lay(world.bank.advice(came))


def batches(world: World, *states: str, provider: str = "") -> list[int]:
    """Batches in these states, of one provider or of both."""
    marks = ", ".join("?" * len(states))
    query = f"""select b.id from batch b join contract c on c.id = b.contract_id
        where b.state in ({marks}) and c.provider like ? order by b.id"""
    return [one for (one,) in world.rows(query, *states, provider or "%")]


def release(world: World, names: Sequence[str] = ("finance.one", "finance.two")) -> int:
    """Two release everything that waits for it."""
    ids = batches(world, "built")
    return world.house.release(ids, names) if ids else 0


def clear_holds(world: World) -> int:
    """Two finance officers look at every hold and clear it; gives how many."""
    numbers = world.rows("select id from hold where cleared_at is null order by id")
    for (number,) in numbers:
        world.house.clear_hold(number, "finance.one")
        world.house.clear_hold(number, "finance.two")
    return len(numbers)


def a_while(world: World, minutes: int) -> None:
    """Minutes later."""
    world.house.clock.advance(timedelta(minutes=minutes))
