"""Damaged files: no traceback, none over 2 s or 512 MB, nothing that reaches out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.child import _refuse_outbound, read_all
from tests.fuzz.mutator import mutated

ROOT = Path(__file__).parents[2]
FEW, PART, PARTS = 4_000, 10_000, 100


def tried(first: int, last: int) -> dict[str, Any]:
    """Read so many damaged files in a child; its counts. Every failure is told by its number."""
    command = [sys.executable, "-m", "tests.fuzz.child", str(first), str(last)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    *failed, counts = [json.loads(line) for line in done.stdout.splitlines()]
    assert failed == []
    return dict(counts)


def test_some_damaged_files_are_read_or_refused() -> None:
    counts = tried(0, FEW)
    assert counts["read"] + counts["refused"] == FEW
    assert counts["read"] > FEW // 20  # the damage is not so coarse that all is refused
    assert counts["peak_mb"] < 512


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_damaged_files(part: int) -> None:
    counts = tried(part * PART, (part + 1) * PART)
    assert counts["read"] + counts["refused"] == PART


@pytest.mark.parametrize("number", [554_383])
def test_what_once_ended_otherwise(number: int) -> None:
    """554,383: a namespace with a brace in it, which lxml's QName refuses."""
    assert read_all(mutated(number)[1]) in ("read", "refused")


def test_the_same_number_is_the_same_damage() -> None:
    assert [mutated(n) for n in range(50)] == [mutated(n) for n in range(50)]


def test_reaching_out_would_be_noticed() -> None:
    with pytest.raises(BaseException, match=r"socket\.connect"):
        _refuse_outbound("socket.connect", ())
