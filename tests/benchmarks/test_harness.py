"""The benchmarks' frame tells the truth about rows, costs and processes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.harness import Bench, compare, measured

KEYS = ["measure", "value", "unit", "against", "ratio", "target", "ok"]


def burn(seconds: float) -> None:
    """Use that much CPU time of this process."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


@pytest.mark.parametrize(
    ("value", "goal", "ok"),
    [
        (2.0, {"at_most": 2.0}, True),
        (2.1, {"at_most": 2.0}, False),
        (2.4, {"against": 2.0, "at_most": 1.2}, True),
        (5.0, {"at_least": 6.0}, False),
        (5.0, {}, None),
    ],
)
def test_a_row_is_judged_by_its_ratio_or_value(
    value: float, goal: dict[str, float], ok: bool | None
) -> None:
    assert Bench("b").row("m", value, "s", **goal).ok is ok


def test_finish_writes_the_promised_keys(tmp_path: Path) -> None:
    bench = Bench("b", results=tmp_path)
    bench.row("thời gian", 3.0, "s", against=2.0, at_most=1.2)
    shown = io.StringIO()
    rows = json.loads(bench.finish(Console(file=shown, width=120)).read_text("utf-8"))
    assert [list(row) for row in rows] == [KEYS]
    assert rows[0]["ratio"] == 1.5
    assert not bench.ok
    assert "NO" in shown.getvalue()


def test_cpu_of_a_child_that_ended_is_counted() -> None:
    program = "import time\nwhile time.process_time() < 0.3: pass"
    with measured() as cost:
        subprocess.run([sys.executable, "-c", program], check=True)
    assert cost.client_cpu_seconds >= 0.25
    assert cost.backend_cpu_seconds == 0
    assert cost.client_peak_mb > 5


def test_comparison_takes_turns_and_gives_the_ratio() -> None:
    turns: list[str] = []
    result = compare(
        lambda: (turns.append("a"), burn(0.1)),
        lambda: (turns.append("b"), burn(0.2)),
        between=lambda: turns.append("."),
        rounds=2,
    )
    assert "".join(turns) == ".a.b.a.b"
    assert 0.3 < result.cpu_ratio < 0.8
