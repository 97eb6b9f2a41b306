"""The bench of the month: whose seconds are counted, and how growth is judged."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks import month, processes
from benchmarks.harness import Bench
from benchmarks.month import Month
from benchmarks.processes import SAMPLE_SECONDS, Cost, Meter

BUSY = "import time\nwhile time.process_time() < 0.2: pass\nprint(flush=True)\ninput()"


def _month(people: int, client: float, database: float) -> Month:
    costs = {
        "send": Cost(1.0, {"client": client, "database": database, "sandbox": 50.0}),
        month.WORKBOOKS: Cost(9.0, {"client": 90.0, "database": 0.0, "sandbox": 0.0}),
        month.BANKS_WORK: Cost(9.0, {"client": 0.0, "database": 0.0, "sandbox": 90.0}),
        month.DOCUMENTS: Cost(9.0, {"client": 90.0, "database": 0.0, "sandbox": 0.0}),
    }
    return Month("sqlite", people, costs, Cost(), {"client": 100.0}, ok=True)


def _judged(*months: Month) -> list[tuple[float, bool | None]]:
    bench = Bench("test")
    month._marginal(bench, "sqlite", list(months))
    return [(row.value, row.ok) for row in bench.rows]


def test_growth_is_judged_on_our_seconds_alone() -> None:
    """Made-up input, documents and the other institution are left out."""
    small, middle = _month(1_000, 2.0, 1.0), _month(10_000, 15.0, 6.0)
    assert _judged(small, middle, _month(100_000, 150.0, 78.0)) == [(2.0, None), (2.3, True)]
    assert _judged(small, middle, _month(100_000, 200.0, 46.0)) == [(2.0, None), (2.5, False)]


def test_the_other_institution_is_told_from_processes_of_ours() -> None:
    """Also when they have ended."""
    meter = Meter(None)
    with meter.watch("2026-10", "send"):
        both = [_busy("bank_adapters.sandbox"), _busy("")]
    with meter.watch("2026-10", "later"):
        for one in both:
            one.communicate(b"\n")
    meter.stop()
    cost, later = (meter.costs["2026-10", name] for name in ("send", "later"))
    assert 0.15 <= cost.cpu["sandbox"] < 0.35  # the kernel counts in ticks
    assert 0.15 <= cost.cpu["client"] < 0.4
    assert cost.wall >= 0.2
    assert cost.cpu["database"] == 0
    assert all(abs(seconds) < 0.1 for seconds in later.cpu.values())


def _busy(name: str, first: str = "") -> subprocess.Popen[bytes]:
    """A process that has done what comes `first`, has worked and waits for a line."""
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", first + BUSY, name], stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_a_step_that_comes_again_adds_up() -> None:
    meter = Meter(None)
    for _ in range(2):
        with meter.watch("", "read"):
            Path(__file__).read_bytes()
    meter.stop()
    assert list(meter.costs) == [("", "read")]


def test_memory_is_told_by_step() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        made, sent = fresh.submit(_made_and_sent).result()
    assert made >= sent + 40
    assert sent > 10


def _made_and_sent() -> tuple[float, float]:
    """In a process that has done nothing else: what was freed may stay with one that has."""
    processes.SAMPLE_SECONDS = 60  # nobody looks meanwhile
    meter = Meter(None)
    with meter.watch("2026-10", month.WORKBOOKS):
        bytearray(b"x" * 60_000_000)
    with meter.watch("2026-10", "send"):
        pass
    meter.stop()
    made, sent = meter.peak_mb(only=month.WORKBOOKS), meter.peak_mb(apart=month.APART)
    return made["client"], sent["client"]


def test_the_memory_of_a_process_that_we_started_is_seen() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        assert fresh.submit(_of_a_child).result() > 300


def _of_a_child() -> float:
    meter = Meter(None)
    with meter.watch("2026-10", "import"):
        large = _busy("", "filled = bytearray(300_000_000)\n")
        time.sleep(3 * SAMPLE_SECONDS)
        large.communicate(b"\n")
    meter.stop()
    return meter.peak_mb(only="import")["client"]


def test_what_others_do_within_a_step_is_counted_there_alone() -> None:
    meter = Meter(None)
    with meter.watch("2026-10", "collect"), meter.watch("2026-10", month.BANKS_WORK):
        _busy("bank_adapters.sandbox").communicate(b"\n")
    meter.stop()
    ours, theirs = (meter.costs["2026-10", name] for name in ("collect", month.BANKS_WORK))
    assert theirs.wall >= 0.2
    assert ours.wall < theirs.wall
    assert all(abs(seconds) < 0.1 for seconds in ours.cpu.values())
