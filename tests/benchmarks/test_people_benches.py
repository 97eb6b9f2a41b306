"""The benches about people run at a small size, so that none is found broken when it is needed."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import benefits, doubles, messages, payroll, registers, search
from benchmarks.harness import Bench

LONG = pytest.mark.long
SIZES = [
    pytest.param(benefits, 200, marks=LONG),
    pytest.param(search, 400, marks=LONG),
    (messages, 1_000),
    pytest.param(registers, 40, marks=LONG),
    pytest.param(doubles, 1_000, marks=LONG),
    pytest.param(payroll, 200, marks=LONG),
]


@pytest.mark.parametrize(("bench", "people"), SIZES)
def test_it_runs(
    bench: ModuleType, people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The figures of a real run, which lie there, are not written over.
    monkeypatch.setattr(Bench, "write", lambda self: tmp_path)
    found = bench.run(["--people", str(people), "--database", "sqlite"])
    assert found.rows
