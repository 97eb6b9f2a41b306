"""The number of statements of a month does not grow with its people.

One commune holds everybody, nobody's account is faulty, so that two sizes have the same
payrolls, batches and files. A chunk is a unit of work that a job reports (a workbook, people
of one chunk of entitlements, a batch, a file) or a chunk of rows from outside (executemany,
5,000 rows), which is one statement here as it is one COPY on PostgreSQL. More people may cost
at most 8 statements a further chunk, in every step of both months.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from app.beneficiaries.headings import FIRST_ROW
from app.beneficiaries.rows import RegisterRow
from app.cli.demo.run import Demo, Order
from app.demo.population import SCENARIOS, Population

SCENARIO = "cao-bang-2026-10"
COMMUNE = "01273"
PER_CHUNK = 8
# A checker says why lists jumped above their limits, in one act; in a small village none does.
A_REASON = 30


class Village(Population):
    """Everybody in one commune, nobody moves, no account is faulty."""

    def _plant(self, avoid: frozenset[int]) -> None:
        self._faults = {}

    def _rows(self) -> Iterator[tuple[str, list[RegisterRow]]]:
        self._leavers = {}
        rows = (row for _, group in super()._rows() for row in group)
        yield (
            COMMUNE,
            [
                replace(row, row=number, event="" if row.event == "move_in" else row.event)
                for number, row in enumerate(rows, start=FIRST_ROW)
            ],
        )


class VillageDemo(Demo):
    """The demo's months of a village; all cash is collected."""

    def __init__(self, people: int, url: str, out: Path, counts: Counts) -> None:
        order = Order(SCENARIO, people, 1, 1, url, out)
        super().__init__(order, progress=counts.unit, watch=counts.watch)
        self.population = Village(SCENARIOS[SCENARIO], people, 1)

    def _uncollected(self) -> int:
        return 0


@dataclass
class Counts:
    """Statements and chunks by (month, step)."""

    statements: Counter[tuple[str, str]] = field(default_factory=Counter)
    chunks: Counter[tuple[str, str]] = field(default_factory=Counter)
    step: tuple[str, str] = ("", "")

    @contextmanager
    def watch(self, period: str, step: str) -> Iterator[None]:
        """What happens inside belongs to this step."""
        self.step = (period, step)
        yield

    def unit(self, step: str, done: int, total: int) -> None:
        """A job reports a unit of work."""
        self.chunks[self.step] += 1

    def statement(self, *arguments: Any) -> None:
        """SQLAlchemy runs a statement: (connection, cursor, text, values, context, many)."""
        self.statements[self.step] += 1
        self.chunks[self.step] += bool(arguments[-1])


def _counted(people: int, url: str, out: Path) -> Counts:
    counts = Counts()
    with closing(VillageDemo(people, url, out, counts)) as demo:
        engine = demo.runtime.database.engine
        event.listen(engine, "before_cursor_execute", counts.statement)
        demo.run()
    return counts


def _grows(small: Counts, large: Counts) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Steps that cost too many statements: (of the small, of the large, further chunks)."""
    found = {}
    for step, count in large.statements.items():
        further = large.chunks[step] - small.chunks[step]
        said_why = A_REASON if step[1] == "submit" else 0
        if count > small.statements[step] + PER_CHUNK * max(0, further) + said_why:
            found[step] = small.statements[step], count, further
    return found


def _compare(small: int, large: int, folder: Path) -> None:
    counts = [
        _counted(people, f"sqlite:///{folder}/{people}.db", folder / str(people))
        for people in (small, large)
    ]
    assert counts[0].statements.total() > 1000
    assert _grows(*counts) == {}


@pytest.mark.long
def test_five_times_the_people(tmp_path: Path) -> None:
    _compare(60, 300, tmp_path)


@pytest.mark.long
def test_ten_thousand_people(tmp_path: Path) -> None:
    _compare(1_000, 10_000, tmp_path)
