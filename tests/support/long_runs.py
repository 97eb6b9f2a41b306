"""A plugin of pytest for `make test-long`: what passed with this code is not run again.

`var/long/passed.json` keeps every test that passed, with the version of the code. A series that
was broken off goes on where it was; at its end it is told as rows for `docs/long-runs.md`. A call
begins no test after its first minutes (`--begin-within`), so that with the longest one, which takes
some 35, it ends within the hour; it says how many wait for the next call.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from tests.support.source import code_version

PASSED = Path("var") / "long" / "passed.json"
BEGIN_MINUTES = 25
LATER = "the time of this call is over"


class LongRuns:
    """The tests that passed with this version of the code, by their ids: day and seconds."""

    def __init__(self, path: Path, code: str, until: float) -> None:
        self._path, self._code, self._until = path, code, until
        self.passed: dict[str, dict[str, Any]] = self._kept()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._failed: set[str] = set()
        self._later = 0

    def pytest_collection_modifyitems(self, items: Sequence[pytest.Item]) -> None:
        """Skip, not leave out: so that every process of xdist collects the same tests."""
        for item in items:
            if known := self.passed.get(item.nodeid):
                item.add_marker(pytest.mark.skip(reason=f"passed on {known['day']}"))

    def pytest_runtest_setup(self) -> None:
        """After its time a call begins nothing."""
        if monotonic() > self._until:
            pytest.skip(LATER)

    def _kept(self) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        kept = json.loads(self._path.read_text("utf-8"))
        passed: dict[str, dict[str, Any]] = kept["passed"] if kept["code"] == self._code else {}
        return passed


class Writer(LongRuns):
    """The same in the process that hears of every result: it keeps them, and tells them."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has passed once its setup, call and teardown have."""
        self._seconds[report.nodeid] += report.duration
        if not report.passed:
            self._failed.add(report.nodeid)
        if report.skipped and LATER in str(report.longrepr):
            self._later += 1
        if report.when == "teardown" and report.nodeid not in self._failed:
            day = datetime.now(UTC).strftime("%-d %B %Y")
            seconds = round(self._seconds[report.nodeid], 1)
            self.passed[report.nodeid] = {"day": day, "seconds": seconds}
            self._keep()

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Every test function with its cases: rows of a Markdown table."""
        terminalreporter.section(f"long runs of {version('an-sinh')}, code {self._code}")
        for row in self.rows():
            terminalreporter.write_line(row)
        if self._later:
            terminalreporter.write_line(f"{self._later} wait: `make test-long` once more")

    def rows(self) -> list[str]:
        """`| test | day, version | result |` for every function that passed."""
        cases: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for name, one in self.passed.items():
            cases[name.partition("[")[0]].append(one)
        said = f"{version('an-sinh')} (code {self._code})"
        return [
            f"| `{name}` | {found[-1]['day']}, {said} | {len(found)} passed,"
            f" {sum(one['seconds'] for one in found):,.0f} s |"
            for name, found in sorted(cases.items())
        ]

    def _keep(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        text = json.dumps({"code": self._code, "passed": self.passed}, indent=1)
        new.write_text(f"{text}\n", "utf-8")
        new.replace(self._path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long a call begins tests."""
    parser.addoption("--begin-within", type=float, default=BEGIN_MINUTES, metavar="MINUTES")


def pytest_configure(config: pytest.Config) -> None:
    """Every process skips; the one that is no worker of xdist writes."""
    kind = LongRuns if hasattr(config, "workerinput") else Writer
    until = monotonic() + 60 * config.getoption("--begin-within")
    plugin = kind(config.rootpath / PASSED, code_version(config.rootpath), until)
    config.pluginmanager.register(plugin, "long-runs")
