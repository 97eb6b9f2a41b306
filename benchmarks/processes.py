"""The processes of a running month told apart: ours, the database's, the other institution's.

CPU seconds include those of children that have ended. Memory is the peak of the largest
single process; a backend's leaves out what it shares with the others (shared_buffers). Others are
looked at now and then; our own peak is the system's count of it, for no thread of ours can look
while another one is inside a library.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, thread_time

import psutil

SAMPLE_SECONDS = 0.25
MEGABYTE = 1_000_000
SIDES = ("client", "database", "sandbox")
SANDBOX = "bank_adapters.sandbox"
"""Stands in the command of the other institution; any other process that we start is ours."""


@dataclass
class Cost:
    """Seconds of wall time, and CPU seconds by side (see SIDES); adds up."""

    wall: float = 0.0
    cpu: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SIDES, 0.0))

    @property
    def ours(self) -> float:
        """CPU seconds that An Sinh is answerable for: client and database."""
        return self.cpu["client"] + self.cpu["database"]

    def add(self, wall: float, cpu: dict[str, float]) -> None:
        """Add what one step took."""
        self.wall += wall
        for side in SIDES:
            self.cpu[side] += cpu[side]


class Meter:
    """Times steps by (period, name) and watches the memory of every process meanwhile, by name.

    `tell` is told each step as it ends: a month that takes hours is to say which step does.
    """

    def __init__(
        self, server_pid: int | None, tell: Callable[[str], object] = lambda said: None
    ) -> None:
        self._tell = tell
        self.costs: dict[tuple[str, str], Cost] = {}
        self._peaks: dict[str, dict[str, float]] = {}  # by step and side
        self._own = psutil.Process()
        self._server = psutil.Process(server_pid) if server_pid else None
        self._sandboxes: dict[int, float] = {}  # CPU of each when it was last looked at
        self._done = threading.Event()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._sampling = 0.0
        # The steps that are being watched, each with what others in it took.
        self._open: list[tuple[str, Cost]] = []
        self._sampler.start()

    def stop(self) -> None:
        """End the watching of memory."""
        self._done.set()
        self._sampler.join()

    @contextmanager
    def watch(self, period: str, name: str) -> Iterator[None]:
        """Count the block as one step; a step that comes again adds up.

        A step watched within another one is counted there alone.
        """
        self._note_own()
        before, began = self._cpu(), perf_counter()
        self._open.append((name, Cost()))
        yield
        self._note_own()
        wall, after = perf_counter() - began, self._cpu()
        took = {side: after[side] - before[side] for side in SIDES}
        _, within = self._open.pop()
        if self._open:
            self._open[-1][1].add(wall, took)
        wall, took = wall - within.wall, {side: took[side] - within.cpu[side] for side in SIDES}
        self.costs.setdefault((period, name), Cost()).add(wall, took)
        seconds = f"{wall:.1f} s, CPU {took['client']:.1f} + {took['database']:.1f} s"
        self._tell(f"{period} {name}: {seconds}, {self.peak_mb(only=name)['client']:.0f} MB")

    def _cpu(self) -> dict[str, float]:
        found = {"client": _cpu(self._own) - self._sampling, "database": 0.0}
        living = list(self._others())
        for side, one in living:
            if side != "sandbox":
                found[side] += _cpu(one)
        # Our children that have ended count as ours, but for former sandboxes.
        alive = {one.pid for _, one in living}
        ended = sum(cpu for number, cpu in self._sandboxes.items() if number not in alive)
        found["client"] -= ended
        return {**found, "sandbox": sum(self._sandboxes.values())}

    def _others(self) -> Iterator[tuple[str, psutil.Process]]:
        """The server's processes, and every other child of ours; notes what sandboxes have used."""
        server = [self._server, *self._server.children(recursive=True)] if self._server else []
        for one in server:
            yield "database", one
        known = {one.pid for one in server}
        for one in self._own.children(recursive=True):
            if one.pid in known:
                continue
            if _is_sandbox(one):
                self._sandboxes[one.pid] = _cpu(one) or self._sandboxes.get(one.pid, 0.0)
                yield "sandbox", one
            else:
                yield "client", one

    def peak_mb(self, *, apart: Collection[str] = (), only: str = "") -> dict[str, float]:
        """By side, the largest process in MB: of `only` a step, or of all but those `apart`."""
        steps = [only] if only else self._peaks.keys() - set(apart)
        return {
            side: max((self._peaks.get(one, {}).get(side, 0.0) for one in steps), default=0.0)
            for side in SIDES
        }

    def _sample(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            peaks = self._peaks_now()
            self._look(peaks, "client", self._own)
            for side, one in self._others():
                self._look(peaks, side, one)
            self._sampling = thread_time()  # what looking itself costs

    def _peaks_now(self) -> dict[str, float]:
        step = self._open[-1][0] if self._open else ""
        return self._peaks.setdefault(step, dict.fromkeys(SIDES, 0.0))

    def _note_own(self) -> None:
        """The peak of this process since it was noted last goes to the step that is open."""
        peaks = self._peaks_now()
        peaks["client"] = max(peaks["client"], _own_peak_mb())

    def _look(self, peaks: dict[str, float], side: str, one: psutil.Process) -> None:
        try:
            info = one.memory_info()
        except psutil.NoSuchProcess:
            return
        shared = getattr(info, "shared", 0) if side == "database" else 0
        peaks[side] = max(peaks[side], (info.rss - shared) / MEGABYTE)


def _own_peak_mb() -> float:
    """Since it was last asked for, of this process (proc(5): VmHWM, clear_refs); 0 elsewhere."""
    told = Path("/proc/self/status")
    if not told.exists():
        return 0.0
    (line,) = (one for one in told.read_text().splitlines() if one.startswith("VmHWM:"))
    Path("/proc/self/clear_refs").write_text("5")
    return int(line.split()[1]) * 1024 / MEGABYTE


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


def _is_sandbox(process: psutil.Process) -> bool:
    try:
        return SANDBOX in process.cmdline()
    except psutil.NoSuchProcess:
        return False
