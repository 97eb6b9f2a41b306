"""Plant a bug in a copy of the source, and let the test that is named beside it look for it."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.source import ROOT, tracked

LIST = Path(__file__).with_name("bugs.toml")
PASSED, FAILED = 0, 1
"""What pytest says of a run; any other number is no answer about the tests."""
PATIENCE = 300


@dataclass(frozen=True, slots=True)
class Bug:
    """A change of one place in the source that a test must fail with."""

    name: str
    what: str
    file: str
    old: str
    new: str
    test: str
    quick: bool = False
    on: str = "not postgres"
    """Which database it is run on, as a marker of pytest."""


def bugs() -> tuple[Bug, ...]:
    """Every bug of the list, in its order."""
    return tuple(Bug(**one) for one in tomllib.loads(LIST.read_text("utf-8"))["bug"])


@dataclass(frozen=True, slots=True)
class Nursery:
    """A copy of every tracked file, in a folder where bugs may grow."""

    folder: Path

    @contextmanager
    def planted(self, bug: Bug) -> Iterator[None]:
        """The bug stands in the copy; afterwards it is gone. Raises ValueError when the place
        is not there, or is there twice."""
        path = self.folder / bug.file
        source = path.read_text("utf-8")
        if source.count(bug.old) != 1:
            raise ValueError(f"{bug.name}: {bug.file} has {source.count(bug.old)} such places")
        path.write_text(source.replace(bug.old, bug.new), "utf-8")
        try:
            yield
        finally:
            path.write_text(source, "utf-8")

    def run(self, tests: Sequence[str], on: str = "not postgres") -> tuple[int, float, str]:
        """What pytest says of these tests: its number, the seconds of CPU that it took,
        its last words."""
        began = _spent()
        which = ("-m", f"{on} and not long", *tests)
        command = [sys.executable, "-m", "pytest", "-qx", "--tb=line", "-p", "no:cacheprovider"]
        done = subprocess.run(
            [*command, *which], cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE
        )
        return done.returncode, _spent() - began, done.stdout[-2_000:] + done.stderr[-500:]


def _spent() -> float:
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def nursery(folder: Path) -> Nursery:
    """A fresh copy."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return Nursery(folder)
