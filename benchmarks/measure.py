"""What a piece of work costs: wall time, CPU seconds and peak memory of all its processes.

CPU is counted for our own process tree (the client) and for the database's backends
apart; a benchmark judges on CPU, because a busy machine stretches wall time only.
"""

from __future__ import annotations

import ctypes
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil

SAMPLE_SECONDS = 0.1
MEGABYTE = 1_000_000


@dataclass
class Measured:
    """The cost of one block, complete when the block is left.

    Seconds and megabytes (10^6 bytes). Peaks are those of the largest single process; a
    backend's excludes the memory it shares with the others (shared_buffers).
    """

    wall_seconds: float = 0.0
    client_cpu_seconds: float = 0.0
    backend_cpu_seconds: float = 0.0
    client_peak_mb: float = 0.0
    backend_peak_mb: float = 0.0

    @property
    def cpu_seconds(self) -> float:
        return self.client_cpu_seconds + self.backend_cpu_seconds

    @property
    def peak_mb(self) -> float:
        return max(self.client_peak_mb, self.backend_peak_mb)


@contextmanager
def measured(server_pid: int | None = None) -> Iterator[Measured]:
    """Measure the block. `server_pid` is the postmaster's process, None for SQLite."""
    result = Measured()
    trees = _Trees(server_pid)
    sampler = _Sampler(trees, result)
    client, backend = trees.client_cpu(), trees.backend_cpu()
    started = time.perf_counter()
    sampler.start()
    try:
        yield result
    finally:
        result.wall_seconds = time.perf_counter() - started
        sampler.stop()
        result.client_cpu_seconds = trees.client_cpu() - client - sampler.cpu_seconds
        result.backend_cpu_seconds = trees.backend_cpu() - backend


@dataclass(frozen=True)
class Comparison:
    """Two ways of doing one thing, each run `rounds` times in turn; medians of the ratios."""

    ours: list[Measured]
    theirs: list[Measured]

    @property
    def cpu_ratio(self) -> float:
        """CPU seconds of ours over theirs: below 1 ours is cheaper."""
        return self._ratio(lambda one: one.cpu_seconds)

    @property
    def wall_ratio(self) -> float:
        return self._ratio(lambda one: one.wall_seconds)

    def _ratio(self, cost: Callable[[Measured], float]) -> float:
        pairs = zip(self.ours, self.theirs, strict=True)
        return statistics.median(cost(ours) / cost(theirs) for ours, theirs in pairs)


def compare(
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    server_pid: int | None = None,
    between: Callable[[], object] = lambda: None,
    rounds: int = 3,
) -> Comparison:
    """Run A B A B A B with `between` (a checkpoint) before each, so that both start even."""
    result = Comparison([], [])
    for _ in range(rounds):
        for work, kept in ((ours, result.ours), (theirs, result.theirs)):
            between()
            with measured(server_pid) as cost:
                work()
            kept.append(cost)
    return result


@dataclass
class _Trees:
    """Our process tree and the server's, told apart: the server may be our own child."""

    server_pid: int | None
    own: psutil.Process = field(default_factory=psutil.Process)

    def backends(self) -> list[psutil.Process]:
        if self.server_pid is None:
            return []
        server = psutil.Process(self.server_pid)
        return [server, *server.children(recursive=True)]

    def clients(self) -> list[psutil.Process]:
        not_ours = {one.pid for one in self.backends()}
        everyone = [self.own, *self.own.children(recursive=True)]
        return [one for one in everyone if one.pid not in not_ours]

    def client_cpu(self) -> float:
        return sum(map(_cpu, self.clients()))

    def backend_cpu(self) -> float:
        return sum(map(_cpu, self.backends()))


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and of its children that have ended; 0 if it just ended."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    ended = float(times.children_user + times.children_system)
    exact = process_clock(process.pid)
    return ended + (float(times.user + times.system) if exact is None else exact)


def process_clock(pid: int) -> float | None:
    """CPU seconds of a process by its own clock: the system's figures count in ticks of 10 ms."""
    clock = ctypes.c_int()
    read = getattr(ctypes.CDLL(None), "clock_getcpuclockid", None)
    if read is None or read(pid, ctypes.byref(clock)):
        return None
    try:
        return time.clock_gettime(clock.value)
    except OSError:  # it ended meanwhile
        return None


class _Sampler(threading.Thread):
    """Looks at the memory of every process until stopped, keeps the peaks in `result`."""

    def __init__(self, trees: _Trees, result: Measured) -> None:
        super().__init__(daemon=True)
        self._trees, self._result = trees, result
        self._done = threading.Event()
        self.cpu_seconds = 0.0  # what looking itself costs, to be taken off the client's

    def run(self) -> None:
        while True:
            self._look()
            self.cpu_seconds = time.thread_time()
            if self._done.wait(SAMPLE_SECONDS):
                return

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _look(self) -> None:
        result = self._result
        for one in self._trees.clients():
            result.client_peak_mb = max(result.client_peak_mb, _memory_mb(one, shared=True))
        for one in self._trees.backends():
            result.backend_peak_mb = max(result.backend_peak_mb, _memory_mb(one, shared=False))


def _memory_mb(process: psutil.Process, *, shared: bool) -> float:
    """Resident memory; without what it shares with others where the system tells that."""
    try:
        info = process.memory_info()
    except psutil.NoSuchProcess:
        return 0.0
    return float(info.rss - (0 if shared else getattr(info, "shared", 0))) / MEGABYTE
