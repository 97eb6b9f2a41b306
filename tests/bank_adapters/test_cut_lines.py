"""SFTP over a line that is cut anywhere: every file is taken in once, and whole.

A bank may leave what it took in its inbox, or take it away; the second may know a name again or
not. Nothing is tried again after a doubt unless the bank refuses a repetition, as the house does.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bank_adapters.errors import InDoubt, Unavailable
from bank_adapters.transports.sftp import SftpTarget, open_sftp
from tests.support.cutting_wire import CuttingWire
from tests.support.sftp_bank import SftpBank, lay_out, serving

SIZE = 60_000
KINDS = ("leaves", "takes", "takes and remembers")


@dataclass
class Line:
    """A bank at the end of a wire that can be cut."""

    bank: SftpBank
    wire: CuttingWire
    target: SftpTarget
    number: int = 0

    def becomes(self, kind: str) -> None:
        """The kind of bank that answers from here on."""
        self.bank.takes_away = kind != "leaves"
        self.bank.remembers = kind == "takes and remembers"
        self.bank.taken.clear()

    def name(self) -> str:
        """A name of the same length as every other."""
        self.number += 1
        return f"AS{self.number:06}.xml"

    def once(self, name: str, file: Path, cut_after: int | None) -> str:
        """One try over a new connection: what it came to."""
        self.wire.again(cut_after)
        try:
            carrier = open_sftp(self.target)
        except Unavailable:
            return "unavailable"
        try:
            carrier.put(name, file)
        except Unavailable:
            return "unavailable"
        except InDoubt:
            return "in doubt"
        finally:
            carrier.close()
        return "sent"

    def delivered(self, name: str, file: Path, cut_after: int | None) -> str:
        """A try over a line that is cut, and then what the house does about it."""
        came_to = self.once(name, file, cut_after)
        if came_to == "unavailable" or (came_to == "in doubt" and not self.forgets):
            assert self.once(name, file, None) == "sent"
        return came_to

    @property
    def forgets(self) -> bool:
        """The bank neither leaves a file nor knows its name again."""
        return self.bank.takes_away and not self.bank.remembers


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    home = tmp_path_factory.mktemp("cut")
    bank = SftpBank(home / "root")
    lay_out(bank.root)
    with serving(bank, home) as target:
        wire = CuttingWire(target.port)
        yield Line(bank, wire, replace(target, port=wire.here))
        wire.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("file") / "file.xml"
    path.write_bytes(random.Random(7).randbytes(SIZE))
    return path


@pytest.fixture(scope="module")
def whole(line: Line, file: Path) -> int:
    """How many bytes of ours an undisturbed delivery takes."""
    line.becomes("leaves")
    assert line.once(line.name(), file, None) == "sent"
    return line.wire.sent


def check(line: Line, file: Path, kind: str, offsets: list[int]) -> set[str]:
    """Deliver a file for every offset; each is taken in once and whole."""
    line.becomes(kind)
    digest, seen = hashlib.sha256(file.read_bytes()).hexdigest(), set()
    for offset in offsets:
        name = line.name()
        came_to = line.delivered(name, file, offset)
        seen.add(came_to)
        taken = [digest for known, digest in line.bank.taken if known == name]
        if came_to == "in doubt" and line.forgets:
            assert taken in ([], [digest]), (kind, offset)  # a person looks for proof
        else:
            assert taken == [digest], (kind, offset, came_to)
    return seen


@pytest.mark.parametrize("kind", KINDS)
def test_cut_here_and_there(line: Line, file: Path, whole: int, kind: str) -> None:
    seen = check(line, file, kind, [random.Random(kind).randrange(whole), whole - 1])
    assert "unavailable" in seen


@pytest.mark.parametrize("kind", KINDS)
def test_cut_at_the_answer_to_the_rename(line: Line, file: Path, kind: str) -> None:
    line.becomes(kind)
    line.bank.meanwhile = line.wire.cut
    try:
        name = line.name()
        assert line.once(name, file, None) == "in doubt"
    finally:
        line.bank.meanwhile = lambda: None
    if not line.forgets:
        assert line.once(name, file, None) == "sent"
    assert [known for known, _ in line.bank.taken] == [name]


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_cut_at_a_hundred_places(line: Line, file: Path, whole: int, kind: str) -> None:
    offsets = random.Random(f"{kind} again").sample(range(whole), 80)
    # The rename is the last request: a good part of the cuts go through it.
    check(line, file, kind, [*offsets, *range(whole - 20, whole)])
