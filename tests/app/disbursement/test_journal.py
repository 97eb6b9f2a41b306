"""The send journal: on the disk before the first byte, readable after a power cut, joined."""

from __future__ import annotations

import fcntl
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from app.disbursement.journal import NAME, Handed, Journal, join, note, read, write
from tests.factories import START


def line(number: int) -> Handed:
    """A line, so many minutes after the start."""
    at = START + timedelta(minutes=number)
    return Handed(at, number, f"AS{number}.xml", f"{number:064}", f"AS{number}", "banka", 2, 1_000)


def test_what_is_noted_is_read(tmp_path: Path) -> None:
    assert read(tmp_path / NAME) == Journal(())
    for number in (1, 2):
        note(tmp_path / "new", line(number))
    assert read(tmp_path / "new" / NAME) == Journal((line(1), line(2)))


def test_a_torn_line_stands_alone(tmp_path: Path) -> None:
    """A power cut in the middle of a line: the next line is whole, the torn one is named."""
    note(tmp_path, line(1))
    with (tmp_path / NAME).open("a") as file:
        file.write(line(2).text[:30])
    note(tmp_path, line(3))
    assert read(tmp_path / NAME) == Journal((line(1), line(3)), (2,))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "\udcff", '{"at": 1}', '{"batch": 1}',
     json.dumps({**json.loads(line(1).text), "batch": "1"}),
     json.dumps({**json.loads(line(1).text), "at": "2026-09-10T08:00:00"}),
     json.dumps({**json.loads(line(1).text), "more": 1})],
)  # fmt: skip
def test_what_is_no_line_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_bytes(text.encode(errors="surrogateescape") + b"\n")
    assert read(tmp_path / NAME) == Journal((), (1,))


def test_lines_of_the_first_version(tmp_path: Path) -> None:
    """They name the batch only."""
    old = {"at": START.isoformat(), "batch": 7, "name": "AS7.xml", "sha256": "7" * 64}
    (tmp_path / NAME).write_text(json.dumps(old) + "\n")
    (found,) = read(tmp_path / NAME).lines
    assert (found.batch, found.message_id, found.provider, found.total) == (7, "", "", 0)


def test_joined_every_line_is_there_once(tmp_path: Path) -> None:
    one, other = Journal((line(1), line(3))), Journal((line(2), line(3)), (9,))
    joined = join((one, other))
    assert joined == Journal((line(1), line(2), line(3)), (9,))
    for _ in range(2):
        write(tmp_path / "home", joined)
    assert read(tmp_path / "home" / NAME).lines == joined.lines


def test_what_nobody_can_read_is_carried_along(tmp_path: Path) -> None:
    """Joined and written it stands there as it was, and once."""
    note(tmp_path, line(1))
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"at": "2026\xff\n')
    one = read(tmp_path / NAME)
    write(tmp_path / "home", join((one, one)))
    again = read(tmp_path / "home" / NAME)
    assert (again.lines, again.unreadable) == ((line(1),), (2,))
    assert again.damaged == one.damaged == (b'{"at": "2026\xff',)


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """Whoever takes back half a line on a full disk must not cut off what another one wrote."""
    first = Handed(START, 1, "AS1.xml", "1" * 64, "AS1")
    second = replace(first, batch=2, name="AS2.xml", message_id="AS2")
    note(tmp_path, first)
    with (tmp_path / NAME).open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        waiting = Thread(target=note, args=(tmp_path, second))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        assert read(tmp_path / NAME).lines == (first,)
    waiting.join(10)
    assert read(tmp_path / NAME).lines == (first, second)
