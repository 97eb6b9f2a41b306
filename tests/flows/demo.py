"""The demo as a program: started, killed, started again, and what it left behind."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from sqlalchemy import MetaData, create_engine, func, select, text

from bank_adapters.sandbox import launch
from tests.support.command import ROOT, ansinh_command, ansinh_environment, run_ansinh

RESULT_KEYS = {
    *("scenario", "period", "people", "credited_persons", "cash_persons", "unpaid_persons"),
    *("rate_by_amount", "rate_by_person", "proofs", "instructions", "executed_more_than_once"),
    *("returned", "reissued", "in_suspense", "files", "seconds", "peak_memory_mb"),
}
DEMO_SECONDS_MAX = 300


@dataclass(frozen=True)
class Month:
    """A demo's folder and database, whether it has run to its end or not."""

    out: Path
    url: str
    people: int

    def arguments(self, *more: str) -> list[str]:
        """The arguments of `ansinh` that make this month, or go on with it."""
        size = ["--people", str(self.people), "--no-documents"]
        return ["demo", *size, "--out", str(self.out), "--database", self.url, *more]

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Run the demo to its end in a process of its own."""
        return run_ansinh(self.arguments(*more), timeout_seconds=DEMO_SECONDS_MAX)

    def make(self) -> Month:
        """Run it and insist that it closed with every proof."""
        done = self.run()
        assert done.returncode == 0, done.stdout + done.stderr
        return self

    def ask(self, *words: str) -> dict[str, Any]:
        """`ansinh WORDS --json` on this database: its answer; it must exit with 0."""
        done = run_ansinh([*words, "--database", self.url, "--json"])
        assert done.returncode == 0, done.stdout + done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def killed_after(self, seconds: float) -> bool:
        """Start the demo and SIGKILL it; False when it came to its end before."""
        words = ansinh_command(self.arguments())
        with (self.out.parent / f"{self.out.name}.log").open("ab") as log:
            process = subprocess.Popen(
                words, cwd=ROOT, env=ansinh_environment(), stdout=log, stderr=log
            )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
        assert code == 0, (self.out.parent / f"{self.out.name}.log").read_text("utf-8")
        return False

    @property
    def report(self) -> bytes:
        """The bytes of report.json."""
        return (self.out / "report.json").read_bytes()

    @cached_property
    def result(self) -> dict[str, Any]:
        """result.json."""
        found: dict[str, Any] = json.loads((self.out / "result.json").read_text("utf-8"))
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of the test's own gives, past every room."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    def counts(self) -> Mapping[str, int]:
        """How many rows every table has."""
        engine, metadata = create_engine(self.url), MetaData()
        try:
            metadata.reflect(engine)
            with engine.connect() as connection:
                return {
                    name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                    for name, table in sorted(metadata.tables.items())
                }
        finally:
            engine.dispose()

    def end_bank(self) -> None:
        """End the institution that a killed demo left behind."""
        living = launch.find(self.out / "bank")
        if living is not None:
            living.stop()


def sqlite_month(folder: Path, people: int) -> Month:
    """A month to be made on SQLite in this folder."""
    return Month(folder, f"sqlite:///{folder / 'ansinh.db'}", people)


def wrong_proofs(month: Month) -> list[str]:
    """Names of proofs that do not hold."""
    return [one["name"] for one in month.result["proofs"] if not one["ok"]]


def paid_twice(month: Month) -> list[tuple[Any, ...]]:
    """Obligations with more than one settled instruction, counted by a query of our own."""
    return month.rows(
        "select obligation_id, count(*) from instruction where state = 'settled'"
        " group by obligation_id having count(*) > 1"
    )


def executions(month: Month) -> dict[str, int]:
    """What the bank's own book says: executed payments, and the most of one reference."""
    (proof,) = (one for one in month.result["proofs"] if one["name"].startswith("the bank"))
    figures: dict[str, int] = proof["figures"]
    return figures


def same_month(one: Month, other: Month) -> None:
    """The same report, nothing paid twice, every proof: what a kill may not change."""
    assert one.report == other.report
    assert wrong_proofs(one) == []
    assert paid_twice(one) == []
    assert executions(one)["most"] == 1
    for key in ("instructions", "returned", "reissued", "in_suspense"):
        assert one.result[key] == other.result[key], key


def kill_often(month: Month, delays: Sequence[float]) -> list[float]:
    """Kill the demo once after each delay, go on to the end; gives the kills that struck.

    A demo that ended before its kill is left alone: there is nothing left to kill.
    """
    struck = []
    try:
        for delay in delays:
            if not month.killed_after(delay):
                break
            struck.append(delay)
        month.make()
    finally:
        month.end_bank()
    return struck


def random_delays(seed: str, count: int, longest: float, shortest: float = 0.3) -> list[float]:
    """Delays in seconds, the same for the same seed."""
    rng = Random(seed)
    return [round(rng.uniform(shortest, longest), 2) for _ in range(count)]


def timed(month: Month) -> float:
    """Make the month undisturbed; gives the seconds it took."""
    began = monotonic()
    month.make()
    return monotonic() - began
