"""Reads damaged files in a process of its own: `python -m tests.fuzz.child FIRST LAST`.

512 MB of address space, two seconds an input, no socket. Prints one JSON line for each input
that ended in anything but being read or `BankError`, and a last line with the counts.
"""

from __future__ import annotations

import io
import json
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from bank_adapters.errors import BankError
from bank_adapters.filelist.adapter import ADAPTER as LISTS
from bank_adapters.iso20022.adapter import ADAPTER as ISO
from bank_adapters.reading_parts import Told, parts_of
from bank_adapters.rest.adapter import ADAPTER as REST
from tests.fuzz.mutator import mutated
from tests.fuzz.samples import CSV

SECONDS_MAX = 2
MEMORY_MAX = 512 * 1024 * 1024
_REFUSED = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system")


class TooSlow(BaseException):
    """An input took longer than it may."""


class Outbound(BaseException):
    """A reader tried to reach out."""


def _refuse_outbound(event: str, _: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise Outbound(event)


def _alarm(number: int, frame: FrameType | None) -> None:
    raise TooSlow(f"over {SECONDS_MAX} s")


def _shown(data: bytes) -> None:
    for part in parts_of(io.BytesIO(data), Told()):
        for entry in part.entries:
            json.dumps(entry, allow_nan=False)
        json.dumps([part.head, part.tail()], allow_nan=False)


def _by(adapter: Any) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        for report in adapter.read("a", io.BytesIO(data)):
            for _ in report.lines:
                pass

    return read


READERS = (_shown, _by(ISO), _by(LISTS), _by(CSV), _by(REST))


def read_all(data: bytes) -> str:
    """Every reader on one input: "read" or "refused"; anything else is raised."""
    outcome = "refused"
    for reader in READERS:
        try:
            reader(data)
            outcome = "read"
        except BankError:
            continue
    return outcome


def _one(number: int) -> tuple[str, str]:
    """(outcome, why) of an input; "failed" for what must not happen."""
    name, data = mutated(number)
    started = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, SECONDS_MAX)
    try:
        outcome, why = read_all(data), ""
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        where = traceback.extract_tb(error.__traceback__)[-1]
        outcome = "failed"
        why = f"{name}: {type(error).__name__}: {error} ({where.filename}:{where.lineno})"[:500]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if not why and time.perf_counter() - started > SECONDS_MAX:
        return "failed", f"{name}: over {SECONDS_MAX} s"
    return outcome, why


def main(first: int, last: int) -> None:
    """Try the inputs `first` to before `last`."""
    mutated(first)  # the samples are made before anything is forbidden
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    signal.signal(signal.SIGALRM, _alarm)
    sys.addaudithook(_refuse_outbound)
    counts: Counter[str] = Counter()
    for number in range(first, last):
        outcome, why = _one(number)
        counts[outcome] += 1
        if why:
            print(json.dumps({"input": number, "why": why}), flush=True)
    print(json.dumps({**counts, "peak_mb": _peak_mb()}), flush=True)


def _peak_mb() -> int:
    """The largest this process was; `ru_maxrss` would count what its parent was when it forked."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
