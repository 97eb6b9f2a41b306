"""Any history of the whole service: after every step I1 to I17 hold, and books are the bank's."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.disbursement.evidence import RULES
from app.disbursement.states import BATCH_MOVES, INSTRUCTION_MOVES
from app.payroll.states import PAYROLL_MOVES
from tests.service.coverage import NEVER, Seen, faults, moves, rules
from tests.service.fresh import FRESH
from tests.service.machine import Machine
from tests.service.starts import Moulds
from tests.service.walk import WALKS, history
from tests.support.diary import LONG
from tests.support.source import code_version

PARTS, EXAMPLES, STEPS = 20, 10, 50
LONG_PARTS, LONG_EXAMPLES = 100, 50
SHM = Path("/dev/shm")
# What fails is made smaller but not explained: that would trace every line, for minutes.
LOOSE = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
    stateful_step_count=STEPS,
    backend=FRESH,
)


@pytest.fixture(scope="module")
def moulds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moulds]:
    """The house and its starts, in memory where there is room: once a process."""
    with _folder(tmp_path_factory.mktemp("machine")) as folder:
        made = Moulds(folder)
        yield made
        made.close()


@pytest.fixture
def machine(moulds: Moulds) -> type[Machine]:
    """The machine over that house; what it sees is counted from nothing."""
    return type("MachineHere", (Machine,), {"moulds": moulds, "seen": Counter()})


@contextmanager
def _folder(here: Path) -> Iterator[Path]:
    """A folder in memory, for SQLite waits for the disk at every commit; else `here`."""
    if not SHM.is_dir():
        yield here
        return
    with TemporaryDirectory(dir=SHM) as folder:
        yield Path(folder)


def histories(machine: type[Machine], number: int, examples: int) -> Counter[Seen]:
    """So many histories from one seed; gives what was seen."""
    made = settings(LOOSE, max_examples=examples)
    run_state_machine_as_test(seed(number)(machine), settings=made)
    return machine.seen


@pytest.mark.parametrize("part", range(PARTS))
def test_any_history(
    machine: type[Machine], part: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The part that ends last looks at what all of them saw: every move, every fault."""
    seen = histories(machine, part, EXAMPLES)
    _insist(_shared(tmp_path_factory), str(part), seen)


def test_what_is_rare(machine: type[Machine], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Histories by hand, one part of them."""
    _insist(_shared(tmp_path_factory), "walks", walked(machine))


def walked(machine: type[Machine]) -> Counter[Seen]:
    """What is seen on every walk by hand."""
    for start, walks in WALKS.items():
        for walk in walks:
            with history(machine, start) as one:
                walk(one)
    return machine.seen


def _insist(folder: Path, name: str, seen: Counter[Seen]) -> None:
    together = Together(folder / "service-histories")
    together.add(name, seen)
    if len(together.names()) == PARTS + 1:
        missed = {*moves(), *faults()} - together.seen().keys()
        assert missed == set()


@pytest.mark.long
@pytest.mark.parametrize("part", range(LONG_PARTS))
def test_five_thousand_histories(machine: type[Machine], part: int) -> None:
    """Parts that came through with this code stand in the diary; of all of them together, and the
    walks by hand, every rule of evidence is asked as well."""
    together = Together(LONG / f"service-{code_version()}")
    if str(part) not in together.names():
        together.add(str(part), histories(machine, 1_000 + part, LONG_EXAMPLES))
    if len(together.names()) == LONG_PARTS:
        seen = together.seen() + walked(machine)
        missed = {*moves(), *rules(), *faults()} - seen.keys()
        assert missed == set()


def test_what_can_never_happen_is_listed() -> None:
    """Each stands in a table of the service, and nowhere in what is insisted upon."""
    tables = (("payment", INSTRUCTION_MOVES), ("batch", BATCH_MOVES), ("payroll", PAYROLL_MOVES))
    listed: set[tuple[str, ...]] = {(name, *one) for name, table in tables for one in table}
    listed |= {("evidence", one.source, one.word, one.from_state, one.to_state) for one in RULES}
    assert NEVER.keys() <= listed
    assert NEVER.keys().isdisjoint({*moves(), *rules(), *faults()})


def _shared(factory: pytest.TempPathFactory) -> Path:
    """One folder for every process of this run of pytest."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@dataclass(frozen=True)
class Together:
    """What several parts saw, each in a file of its own: they may run in several processes."""

    folder: Path

    def add(self, name: str, seen: Counter[Seen]) -> None:
        """A part came through."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{name}.new"
        new.write_text(json.dumps([[list(what), times] for what, times in sorted(seen.items())]))
        new.replace(self.folder / f"{name}.json")

    def names(self) -> set[str]:
        """The parts that came through."""
        return {one.stem for one in self.folder.glob("*.json")}

    def seen(self) -> Counter[Seen]:
        """What all of them saw."""
        found: Counter[Seen] = Counter()
        for one in self.folder.glob("*.json"):
            found.update({tuple(what): times for what, times in json.loads(one.read_text())})
        return found
