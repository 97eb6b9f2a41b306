"""Accruals a second against django-hordak on the same server, in the same run.

A B A B A B: A is our accrual of a second month, B is hordak's `bulk_create` in ten thousands, of
fewer accruals, since it would take long. Rates are accruals by CPU second, and by wall second.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import RESULTS, Bench
from benchmarks.ledger.apart import apart
from benchmarks.ledger.books import Month
from benchmarks.ledger.place import Place, name_of
from benchmarks.ledger.post import first_month, post
from benchmarks.measure import Measured, measured

TIMES_MIN = 15
THEIR_PART = 10  # hordak posts a tenth of our accruals a round
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements" / "bench.txt"
PROGRAM = Path(__file__).with_name("hordak_process.py")


def run(bench: Bench, place: Place, obligations: int, rounds: int) -> None:
    """Rows of the peer; PostgreSQL only."""
    mould, ours, theirs = first_month(place, obligations), list[Measured](), list[Measured]()
    month, few = Month.numbered(2, obligations), max(obligations // THEIR_PART, 1)
    with _hordak(place) as hordak:
        for _ in range(rounds):
            url = place.copy(mould)
            place.checkpoint()
            ours.append(apart(post, url, month, place.server_pid, ("accrue",))["accrue"])
            place.drop(url)
            place.checkpoint()
            with measured(place.server_pid) as cost:
                _ask(hordak, few)
            theirs.append(cost)
    place.drop(mould)
    _rows(bench, ours, theirs, obligations, few)


def _rows(bench: Bench, ours: list[Measured], theirs: list[Measured], many: int, few: int) -> None:
    for unit in ("wall", "cpu"):
        rates = [
            (many / getattr(a, f"{unit}_seconds"), few / getattr(b, f"{unit}_seconds"))
            for a, b in zip(ours, theirs, strict=True)
        ]
        for side, name in enumerate(("ours", "hordak")):
            rate = statistics.median(pair[side] for pair in rates)
            bench.row(f"accruals a {unit} second, {name}", rate, "1/s")
        times = statistics.median(a / b for a, b in rates)
        goal = TIMES_MIN if unit == "cpu" else None
        bench.row(f"accruals a {unit} second, times hordak", times, "x", at_least=goal)


@contextmanager
def _hordak(place: Place) -> Iterator[subprocess.Popen[str]]:
    """Hordak ready to post, on a database of its own in our server."""
    if place.server is None:
        raise ValueError("hordak is measured on PostgreSQL")
    database = name_of(place.create())
    command: list[str | Path] = [
        _environment(),
        "-P",
        "-W",
        "ignore",
        PROGRAM,
        place.server.folder,
        database,
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        _answer(process, "ready")
        yield process


def _ask(process: subprocess.Popen[str], accruals: int) -> None:
    if process.stdin is None:
        raise RuntimeError("hordak has no input")
    print(accruals, file=process.stdin, flush=True)
    _answer(process)


def _answer(process: subprocess.Popen[str], wanted: str = "") -> str:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line or (wanted and line != wanted):
        raise RuntimeError(f"hordak ended: {line!r}")
    return line


def _environment() -> Path:
    """The Python of an environment with hordak, made from the locked list when it is not there."""
    folder = RESULTS / "hordak-venv"
    python, stamp = folder / "bin" / "python", folder / "made-from.txt"
    wanted = REQUIREMENTS.read_text("utf-8")
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip: list[str | Path] = [
            python,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--quiet",
            "install",
        ]
        subprocess.run([*pip, "--require-hashes", "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted, "utf-8")
    return python
