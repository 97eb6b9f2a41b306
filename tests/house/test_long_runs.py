"""Long tests go on where they were broken off, until the code changes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.diary import Diary
from tests.support.source import code_version

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.house

TESTS = """
import pathlib
import pytest

@pytest.mark.parametrize("case", [1, 2])
def test_long(case):
    assert case == 1 or pathlib.Path("mended").exists()

@pytest.fixture
def broken():
    yield
    raise RuntimeError

def test_with_a_broken_teardown(broken):
    pass
"""


@pytest.fixture
def series(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of its own under version control, with two long tests and a broken one."""
    pytester.makepyfile(test_some=TESTS)
    (pytester.path / ".gitignore").write_text("var/\nmended\n__pycache__/\n.pytest_cache/\n")
    subprocess.run(["git", "init", "-q"], cwd=pytester.path, check=True)
    return pytester


def _run(series: pytest.Pytester, *more: str) -> tuple[dict[str, int], str]:
    code_version.cache_clear()
    done = series.runpytest_inprocess("-p", "tests.support.long_runs", *more)
    return done.parseoutcomes(), done.stdout.str()


def test_what_passed_is_not_run_again(series: pytest.Pytester) -> None:
    """Whether alone or in many processes, of which one keeps what passed."""
    first, _ = _run(series)
    assert first == {"passed": 2, "failed": 1, "errors": 1}
    (series.path / "mended").touch()
    second, _ = _run(series, "-n", "2")
    assert second == {"passed": 2, "skipped": 1, "errors": 1}
    third, said = _run(series)
    assert third == {"passed": 1, "skipped": 2, "errors": 1}
    assert "| `test_some.py::test_long` |" in said
    assert "| 2 passed, " in said
    assert "test_with_a_broken_teardown` |" not in said


def test_a_call_ends_within_its_time(series: pytest.Pytester) -> None:
    """What was not begun waits for the next call."""
    first, said = _run(series, "--begin-within", "0")
    assert first == {"skipped": 3}
    assert "3 wait: `make test-long` once more" in said
    second, said = _run(series, "-n", "2")
    assert second == {"passed": 2, "failed": 1, "errors": 1}
    assert "wait:" not in said


def test_other_code_begins_anew(series: pytest.Pytester) -> None:
    _run(series)
    series.makepyfile(other="VALUE = 1")  # not committed: it counts all the same
    again, _ = _run(series)
    assert again == {"passed": 2, "failed": 1, "errors": 1}
    series.makefile(".md", notes="words alone change nothing")
    once_more, _ = _run(series)
    assert once_more == {"passed": 1, "skipped": 1, "failed": 1, "errors": 1}


def test_a_diary_goes_on_and_begins_anew(tmp_path: Path) -> None:
    diary = Diary("kills", 3, tmp_path)
    diary.note([1.5, 2.5])
    assert Diary("kills", 3, tmp_path).strikes == 2
    diary.note([0.5])
    assert diary.is_full
    assert Diary("kills", 3, tmp_path).runs == []
    kept = tmp_path / "kills.json"
    diary.note([4.0])
    assert Diary("kills", 9, tmp_path).strikes == 4
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "version": "another"}))
    assert Diary("kills", 9, tmp_path).runs == []
