"""A diary of a test that takes long: what came through is not done again.

It lies in `var/long`. A test that was broken off goes on where it was; once all is done, or when
the code has changed, the next one begins anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.source import ROOT, code_version

LONG = ROOT / "var" / "long"


class Diary:
    """The strikes (seconds after a start) of every run that came through, up to `wanted`."""

    def __init__(self, name: str, wanted: int, folder: Path = LONG) -> None:
        self._path, self._wanted = folder / f"{name}.json", wanted
        self.runs: list[list[float]] = self._kept()
        if self.is_full:
            self.runs = []

    @property
    def strikes(self) -> int:
        """How many kills struck so far."""
        return sum(len(run) for run in self.runs)

    @property
    def is_full(self) -> bool:
        """Whether as many struck as were wanted."""
        return self.strikes >= self._wanted

    def note(self, struck: list[float]) -> None:
        """One more run came through."""
        self.runs.append(struck)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"version": code_version(), "runs": self.runs})
        new = self._path.with_suffix(".new")
        new.write_text(f"{text}\n")
        new.replace(self._path)

    def _kept(self) -> list[list[float]]:
        if not self._path.exists():
            return []
        kept = json.loads(self._path.read_text())
        runs: list[list[float]] = kept["runs"] if kept["version"] == code_version() else []
        return runs
