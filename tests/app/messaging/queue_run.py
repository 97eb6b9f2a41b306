"""Queue messages one event at a time in children that die at their Nth commit, N = 1, 2, 3 ...

`python -m tests.app.messaging.queue_run URL HOME`: strikes before a commit and after one, until a
child comes through; prints how many died.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from app.clock import TIME_ZONE, FixedClock
from app.config import Settings
from app.db import Database
from app.jobs.queueing import queue_messages
from app.jobs.runtime import Runtime
from app.privacy import Keyring
from tests.factories import KEY


class Doom:
    """Counts commits from both sides."""

    def __init__(self, at: int) -> None:
        self.left = at

    def strike(self, *_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def queue_until(at: int, url: str, home: str) -> None:
    """Queue what there is, and die on the way."""
    doom = Doom(at)
    clock = FixedClock(datetime(2026, 9, 12, 9, 0, tzinfo=TIME_ZONE))
    database = Database(url).checked(doom.strike)
    settings = Settings(messages=Path(home) / "messages.toml", training=True)
    run = Runtime(
        database, clock, Keyring(KEY), Path(home), "w", progress=doom.strike, settings=settings
    )
    queue_messages(run, chunk=1)
    database.close()


def main(url: str, home: str) -> None:
    for number in range(1, 60):
        if (child := os.fork()) == 0:
            queue_until(number, url, home)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status == 0:
            print(number - 1)
            return
        assert os.WTERMSIG(status) == signal.SIGKILL, f"child {number} ended with {status}"
    raise AssertionError("no child came through")


if __name__ == "__main__":
    main(*sys.argv[1:])
