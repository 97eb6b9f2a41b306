"""Web, worker and scheduler as processes of their own, on a clock that a file tells.

`python -m tests.flows.crew_run PLACE`: a process that has everything loaded and forks one of them
for each line on its standard input ("worker", "scheduler", "web"), and answers with its process
id. `PLACE` is a JSON file, see `Place`. They are what `ansinh jobs run`, `ansinh jobs run JOB`
and `ansinh serve` start, but for the clock, the bank that they reach, and how often they look.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.cli.demo.bank import SandboxBank
from app.config import Settings
from app.db import Database
from app.errors import AnSinhError
from app.jobs.due import register, run_due
from app.jobs.runtime import Runtime
from app.jobs.schedule import JOBS
from app.jobs.scheduler import build_scheduler
from app.jobs.turn import Lease, LostTurn
from app.privacy import Keyring
from app.web.server import serve
from tests.app.jobs.schedule_run import FileClock
from tests.factories import KEY
from tests.support.providers import Providers

THEIRS = ("send", "collect", "resend", "seal_chain")
CREW_JOBS = tuple(job for job in JOBS if job.name in THEIRS)
# A minute on the clock of the file, which stands still for most of a second; the heart beats in
# real time.
LEASE = Lease(timedelta(seconds=60), timedelta(seconds=1))
LOOKS_EVERY = timedelta(milliseconds=150)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything lies: database, folder, the clock's file, the bank's folder and
    configuration, and the port of the pages."""

    url: str
    home: str
    clock: str
    bank: str
    config: Mapping[str, Any]
    port: int

    @classmethod
    def read(cls, path: Path) -> Place:
        """The place that a file tells."""
        return cls(**json.loads(path.read_text("utf-8")))

    def write(self, path: Path) -> None:
        """Tell it in a file."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    def runtime(self, worker: str) -> Runtime:
        """What jobs are handed here; the bank promised to refuse a message that it has had."""
        clock = FileClock(Path(self.clock))
        couriers = SandboxBank(Path(self.bank), self.config).couriers(clock.now)
        home = Path(self.home)
        base = Runtime(Database(self.url), clock, Keyring(KEY), home, worker, couriers=couriers)
        return Runtime(
            base.database, clock, base.keyring, home, worker, Providers(home).adapters, couriers
        )


def _scheduler(place: Place) -> None:
    """As `ansinh jobs run`."""
    runtime = place.runtime(f"scheduler-{os.getpid()}")
    _patiently(lambda: register(runtime, CREW_JOBS))
    build_scheduler(runtime, CREW_JOBS, LOOKS_EVERY, LEASE).start()


def _worker(place: Place) -> None:
    """As `ansinh jobs run JOB`, again and again."""
    runtime = place.runtime(f"worker-{os.getpid()}")
    while True:
        for job in CREW_JOBS:
            _patiently(lambda job=job: run_due(runtime, [job], LEASE))  # type: ignore[misc]
        sleep(LOOKS_EVERY.total_seconds())


def _patiently(work: Callable[[], object]) -> None:
    """What a supervisor does with a job that failed: it is in the log, and comes again."""
    try:
        work()
    except (SQLAlchemyError, LostTurn, AnSinhError, OSError):
        traceback.print_exc()


def _web(place: Place) -> None:
    """As `ansinh serve`."""
    serve(Settings(place.url, home=Path(place.home), training=True, port=place.port))


ROLES: Mapping[str, Callable[[Place], None]] = {
    "worker": _worker,
    "scheduler": _scheduler,
    "web": _web,
}


def _forked(role: str, place: Place) -> int:
    child = os.fork()
    if child:
        return child
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(0)
        faulthandler.register(signal.SIGUSR1, all_threads=True)
        ROLES[role](place)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def main(path: str) -> None:
    """Fork what is asked for until nobody asks any more; then end all that lives."""
    place = Place.read(Path(path))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        children.append(_forked(line.strip(), place))
        print(children[-1], flush=True)
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main(sys.argv[1])
