"""Two schedulers as two processes, killed anywhere, on clocks that step: each slot one effect."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest

from app.clock import FixedClock
from app.jobs.due import due, register
from app.reference.calendar import SHIPPED
from app.schedule.runs import let_go_on, waiting_for_people
from tests.app.jobs.schedule_run import BEGAN, ENDED, FileClock, jobs
from tests.app.jobs.virtual import STEPS, effects, make_effects
from tests.factories import House
from tests.support.source import ROOT

pytestmark = pytest.mark.long

SEED = 20260210
FIRE_TIMES, KILLS, TAKEN_OVER = 500, 25, 5
PATIENCE = 600


@pytest.fixture
def pair(house: House, tmp_path: Path) -> Iterator[Pair]:
    made = Pair(house, tmp_path)
    with closing(made):
        yield made


def test_500_fire_times_under_fire(pair: Pair, request: pytest.FixtureRequest) -> None:
    """Kills, outages of both, the clock an hour back and a day forward; then all is proved."""
    dice = Random(SEED)
    pair.start()
    while pair.now < ENDED:
        pair.move(dice)
    pair.settle()
    pair.close()
    found = effects(pair.house.database, jobs())
    fired = {
        (job.name, slot.name) for job in jobs() for slot in job.rule.slots(BEGAN, ENDED, SHIPPED)
    }
    assert len(fired) >= FIRE_TIMES
    assert pair.told["kills"] >= KILLS
    assert set(found.values()) == {1}, "a step had two effects"
    wanted = {(*one, step) for one in fired for step in range(1, STEPS + 1)}
    assert wanted <= set(found), "a slot had no effect, or half of it"
    taken = pair.house.ask("select count(*) from job_run where fence > 1")
    assert taken >= TAKEN_OVER, "hardly a kill struck a slot"
    told = f"{len(fired)} fire times, {len(wanted)} effects, each once; {dict(pair.told)}"
    print(f"\n{request.node.name}: seed {SEED}, {told}, {taken} slots taken over")


class Pair:
    """Two schedulers, the file that tells them the time, and what was done to them."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.now, self.number = house, BEGAN, 0
        self.clock = FileClock(folder / "clock")
        self.told: Counter[str] = Counter()
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.errors = (folder / "errors").open("wb")
        make_effects(house.owner)
        register(replace(house.runtime, clock=FixedClock(BEGAN)), jobs())
        self.clock.tell(BEGAN)

    def start(self) -> None:
        """Start what is missing of two."""
        url = self.house.database.url.render_as_string(hide_password=False)
        while len(self.running) < 2:
            self.number += 1
            command = [sys.executable, "-m", "tests.app.jobs.schedule_run"]
            name = f"w{self.number}"
            command += [url, str(self.clock.path), name]
            self.running[name] = subprocess.Popen(command, cwd=ROOT, stderr=self.errors)

    def _at_work(self) -> list[str]:
        """Those of the two that have begun to look what is due."""
        seen = {name for (name,) in self.house.rows("select worker from scheduler_seen")}
        return sorted(seen & set(self.running))

    def move(self, dice: Random) -> None:
        """A little time passes, and now and then something happens."""
        while not (at_work := self._at_work()):
            sleep(0.05)
        self.now += timedelta(minutes=dice.randint(5, 55))
        self.clock.tell(self.now)
        sleep(dice.random() * 0.3)
        event = dice.random()
        if event < 0.12:
            self._kill(dice.choice(at_work))
            self.start()
        elif event < 0.14:
            self._outage(timedelta(hours=dice.randint(2, 9)))
        elif event < 0.17:
            self._step(timedelta(hours=-1), "steps back")
        elif event < 0.19:
            self._step(timedelta(days=1), "steps forward")

    def _kill(self, name: str) -> None:
        one = self.running.pop(name)
        one.kill()
        one.wait()
        self.told["kills"] += 1

    def _outage(self, lasts: timedelta) -> None:
        for name in list(self.running):
            self._kill(name)
        self.now += lasts
        self.clock.tell(self.now)
        self.told["outages"] += 1
        self.start()

    def _step(self, by: timedelta, name: str) -> None:
        self.clock.tell(self.now + by)
        sleep(0.3)
        self.clock.tell(self.now)
        self.told[name] += 1

    def settle(self) -> None:
        """Nobody is killed any more; what waits for a person is let go on, until all is done."""
        end = monotonic() + PATIENCE
        while self._due():
            assert monotonic() < end, "never settled"
            with self.house.work() as session:
                for row in waiting_for_people(session, jobs()):
                    let_go_on(session, row.job, row.slot, "test", self.now)
                    self.told["let go on"] += 1
            sleep(0.5)
            self.now += timedelta(minutes=15)
            self.clock.tell(self.now)

    def _due(self) -> bool:
        with self.house.database.view() as session:
            return any(one.slot.at <= ENDED for one in due(session, jobs(), self.now))

    def close(self) -> None:
        while self.running:
            _, one = self.running.popitem()
            one.kill()
            one.wait()
        self.errors.close()
