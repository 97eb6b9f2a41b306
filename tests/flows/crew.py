"""A month with a real bank process and a real crew: what the tests of kills and restarts drive.

The stage is a province whose September is approved. Here the Treasury pays, two officers release,
and then only web, worker and scheduler act, on a clock that the test moves from moment to moment.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.channels.opening import adapters_that_read
from app.cli.demo.bank import SandboxBank, open_accounts, quiet_config, treasury_pays
from app.clock import TIME_ZONE
from app.config import Settings
from app.disbursement.doubts import next_steps
from app.disbursement.proofs import Evidence, prove_everything
from app.jobs.collecting import collect_and_apply
from app.jobs.due import due, register
from app.jobs.fence import PAUSES
from app.jobs.month_end import request_funding
from app.jobs.runtime import Runtime
from app.reference.banks import TEST_BANK_B
from app.schedule.run_tables import FAILED, job_run
from app.units.home import KEYS
from tests.app.jobs.schedule_run import FileClock
from tests.factories import KEY, OTHER_COMMUNE, SEPTEMBER, House, in_cash, row
from tests.flows.crew_run import CREW_JOBS, Place
from tests.support.command import ROOT
from tests.support.providers import Providers

DUE, SETTLED = "2026-09-10", "2026-09-18"
SETTLES_SECONDS = 120.0
LEASE_IS_OVER = timedelta(minutes=2)
"""More than the lease of a slot: what a dead one held is free then."""


def approved_of(people: int) -> Callable[[House], None]:
    """The stage: September of so many people is approved, in two communes and by three ways."""

    def stage(house: House) -> None:
        at = [_paid_by(number) for number in range(1, people + 1)]
        house.register(SEPTEMBER, *at[: people // 2])
        house.register(SEPTEMBER, *at[people // 2 :], commune=OTHER_COMMUNE)
        house.on("2026-08-25")
        ids = house.list_month(SEPTEMBER)
        for one in ids:
            unit = house.ask(f"select unit_code from payroll where id = {one}")
            house.submit([one], f"maker.{unit}")
            house.approve("check", [one], f"checker.{unit}")
            house.approve("approve", [one], f"approver.{unit}")

    stage.__name__ = f"approved_of_{people}"
    return stage


def _paid_by(number: int) -> Any:
    if number % 4 == 0:
        return in_cash(number)
    return row(number, bank_bin=TEST_BANK_B) if number % 4 == 1 else row(number)


class Crew:
    """The processes over one house, the clock that they read, and the bank."""

    def __init__(self, house: House, place: Place, runtime: Runtime, bank: SandboxBank) -> None:
        self.house, self.bank, self._place = house, bank, place
        self.runtime = runtime
        self._clock = FileClock(Path(place.clock))
        self._living: dict[str, int] = {}
        self._forks: subprocess.Popen[str] | None = None

    # ------------------------------------------------------------------ processes
    def call(self, *roles: str) -> None:
        """Start these; they go on from what the database says."""
        for role in roles:
            assert self._forks is not None
            assert self._forks.stdin
            assert self._forks.stdout
            self._forks.stdin.write(f"{role}\n")
            self._forks.stdin.flush()
            self._living[role] = int(self._forks.stdout.readline())

    def kill(self, role: str) -> str:
        """SIGKILL it and start another; the jobs that it had in its hands."""
        pid = self._living.pop(role)
        os.kill(pid, signal.SIGKILL)
        self.call(role)
        return self._hands(f"{role}-{pid}")

    def at_work(self, role: str, seconds: float = 0.7) -> None:
        """Wait until a job that moves money is in its hands, not longer."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._hands(f"{role}-{self._living[role]}"):
            time.sleep(0.01)

    def _hands(self, worker: str) -> str:
        query = (
            f"select job from job_run where state = 'running' and owner = '{worker}'"
            " and job in ('send', 'collect', 'resend') order by job"
        )
        return ", ".join(job for (job,) in self.house.rows(query))

    @contextmanager
    def alone(self, role: str) -> Iterator[None]:
        """The other of worker and scheduler is stopped meanwhile, between two jobs."""
        others = [one for one in ("worker", "scheduler") if one != role and role != "web"]
        for one in others:
            os.kill(self._living[one], signal.SIGSTOP)
        try:
            yield
        finally:
            for one in others:
                os.kill(self._living[one], signal.SIGCONT)

    @contextmanager
    def working(self) -> Iterator[None]:
        """The crew is there; at the end all of it is ended, by process id."""
        path = self.house.home / "place.json"
        self._place.write(path)
        command = [sys.executable, "-m", "tests.flows.crew_run", str(path)]
        with (self.house.home / "crew.log").open("ab") as log:
            self._forks = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        try:
            self.call("web", "worker", "scheduler")
            yield
        finally:
            self._forks.communicate(timeout=20)
            self._living.clear()

    # ------------------------------------------------------------------ time
    @property
    def now(self) -> datetime:
        """What the clock of the crew says."""
        return self._clock.now()

    def at(self, moment: datetime) -> None:
        """Both clocks, ours and the bank's, are at this moment: what is due there happens."""
        self._clock.tell(moment)
        self.house.clock.move_to(max(moment, self.house.clock.now()))
        self.bank.advance(moment)

    def release(self) -> None:
        """Two officers release the next batch that waits for them, if one does."""
        built = self.house.rows("select id from batch where state = 'built' order by id")
        if built:
            self.house.release([built[0][0]])

    def settled_down(self, seconds: float = SETTLES_SECONDS) -> None:
        """Wait until nothing is due any more; a slot whose owner died is free after its lease."""
        until = time.monotonic() + seconds
        while self._is_busy():
            if time.monotonic() > until:
                log = (self.house.home / "crew.log").read_text("utf-8", "replace")
                raise AssertionError(f"still busy: {self._waiting()}\n{log[-3000:]}")
            time.sleep(0.1)

    def _is_busy(self) -> bool:
        try:
            return bool(self._waiting())
        except SQLAlchemyError:
            return True

    def _waiting(self) -> list[str]:
        """What is due and neither done nor failed: that is tried again at a later moment."""
        now = self.now
        with self.house.database.view() as session:
            failed = session.execute(
                select(job_run.c.job, job_run.c.slot).where(
                    job_run.c.state == FAILED, job_run.c.try_at > now
                )
            )
            later = {f"{job} {slot}" for job, slot in failed}
            slots = due(session, CREW_JOBS, now)
        return [name for one in slots if (name := f"{one.job.name} {one.slot.name}") not in later]

    def answers(self, seconds: float = 10.0) -> float:
        """How many seconds until the pages answer 200. Fails when it takes longer."""
        began = time.monotonic()
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < began + seconds:
                try:
                    url = f"http://127.0.0.1:{self._place.port}/healthz"
                    if session.get(url, timeout=2).status_code == 200:
                        return time.monotonic() - began
                except requests.RequestException:
                    pass
                time.sleep(0.02)
        raise AssertionError(f"the pages did not answer within {seconds} s")


def moments() -> list[datetime]:
    """The moments at which something happens, from the morning of payment to the settlement: each
    has files to send or to take in."""
    days = {
        DUE: "08:30 08:40 08:50 09:00 09:10 09:20 09:30 09:40 14:00 17:45",
        "2026-09-11": "10:10 17:45",
        "2026-09-14": "14:00",
        SETTLED: "10:10 17:50",
    }
    return [
        datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=TIME_ZONE)
        for day, hours in days.items()
        for at in hours.split()
    ]


@contextmanager
def crew_of(house: House) -> Iterator[Crew]:
    """The bank's process with the month's money on its accounts, batches released, nobody at work
    yet. The bank ends with it."""
    clock = FileClock(house.home / "clock")
    clock.tell(house.on("2026-09-03"))
    (house.home / KEYS).mkdir()
    (house.home / KEYS / "field.key").write_bytes(KEY)
    config = quiet_config([SEPTEMBER], 0)
    bank = SandboxBank(house.home / "institution", config)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    url = house.database.url.render_as_string(hide_password=False)
    place = Place(
        url, str(house.home), str(clock.path), str(house.home / "institution"), config, port
    )
    try:
        runtime = _funded(house, bank)
        yield Crew(house, place, runtime, bank)
    finally:
        bank.stop()


def _funded(house: House, bank: SandboxBank) -> Runtime:
    """The Treasury's money comes in by the bank's own file; batches are built and released."""
    adapters, couriers = Providers(house.home).adapters, bank.couriers(house.clock.now)
    base = house.runtime
    runtime = Runtime(base.database, base.clock, base.keyring, base.home, "office",
                      adapters=adapters, couriers=couriers)  # fmt: skip
    open_accounts(runtime, bank)
    request_funding(runtime, SEPTEMBER)
    treasury_pays(runtime, bank, SEPTEMBER)
    house.on("2026-09-03", "18:00")
    bank.advance(house.clock.now())
    collect_and_apply(runtime)
    house.on(DUE, "08:00")
    bank.advance(house.clock.now())
    collect_and_apply(runtime)
    house.build(SEPTEMBER)
    register(runtime, CREW_JOBS)
    return runtime


def everything_paid_once(crew: Crew) -> None:
    """By the bank's own books, by ours, by every proof; nothing is in doubt, nothing is held."""
    house = crew.house
    references = [one for (one,) in house.rows("select reference from instruction")]
    states = dict(house.rows("select state, count(*) from instruction group by state"))
    assert states == {"settled": len(references)}, states
    book = crew.bank.control.book()["executed"]
    total = house.ask("select sum(amount) from instruction")
    assert (book["count"], book["total"], book["references_max"]) == (len(references), total, 1)
    assert house.ask("select count(*) from batch where state in ('in_doubt', 'sending')") == 0
    assert house.ask("select count(*) from hold where cleared_at is null") == 0
    assert house.ask("select count(*) from suspense_item where resolved_at is null") == 0
    assert wrong_proofs(house) == []


def wrong_proofs(house: House) -> Sequence[str]:
    """Names of proofs that do not hold, those of the received files included."""
    with house.database.snapshot() as session:
        reading = adapters_that_read(session, Settings(home=house.home))
        evidence = Evidence(house.runtime.anchors, house.keyring, house.home / "inbound", reading)
        return [one.name for one in prove_everything(session, evidence) if not one.ok]


def every_doubt_has_a_step(crew: Crew) -> None:
    """Nothing in doubt without what happens next, when, and by whom."""
    house = crew.house
    doubted = house.ask("select count(*) from batch where state = 'in_doubt'")
    capabilities = {name: one.capabilities for name, one in crew.runtime.adapters.items()}
    with house.database.view() as session:
        steps = next_steps(session, capabilities, crew.now)
    assert len(steps) == doubted
    assert all(one.what and one.owner and one.at <= crew.now + max(PAUSES) * 30 for one in steps)
