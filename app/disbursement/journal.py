"""The send journal: a file outside the database that tells which files may have been handed over.

A line is on the disk before the first byte of its file leaves. After a crash, and above all after
a restored backup, it knows what the database has forgotten; so it is only ever added to, and two
of them, the backup's and the one that outlived the machine, are joined line by line.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import Unavailable
from ledger.files import keep_names

NAME = "send-journal.jsonl"


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that is about to be handed over: `at` an aware moment, `total` in đồng.

    Lines of the first version of the journal have no message id, provider, count and total.
    """

    at: datetime
    batch: int
    name: str
    sha256: str
    message_id: str = ""
    provider: str = ""
    lines: int = 0
    total: int = 0

    @property
    def text(self) -> str:
        """The line as it stands in the file, without its end."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal holds, oldest first, and the numbers of lines that nobody can read.

    `damaged` is what stands in those, without their ends.
    """

    lines: tuple[Handed, ...]
    unreadable: tuple[int, ...] = ()
    damaged: tuple[bytes, ...] = field(default=(), compare=False, repr=False)


def note(folder: Path, line: Handed) -> None:
    """Add a line and make the disk keep it before returning.

    What a power cut left without its end gets one first, so that the new line stands alone. Raises
    Unavailable when the disk does not take it, and leaves no half of a line behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    is_new = not path.exists()
    try:
        _add(path, line)
        if is_new:
            keep_names(folder)
    except OSError as error:
        raise Unavailable(
            f"Không ghi được nhật ký gửi: {error.strerror}.",
            "Không có gì được gửi. Giải phóng chỗ trên đĩa; hệ thống tự gửi lại.",
        ) from error


def _add(path: Path, line: Handed) -> None:
    with path.open("ab+", buffering=0) as file:
        # One writer at a time: who takes back half a line must not cut off a whole one of another.
        fcntl.flock(file, fcntl.LOCK_EX)
        before = file.seek(0, os.SEEK_END)
        text = f"{_mended(file)}{line.text}\n".encode()
        try:
            while text:
                text = text[file.write(text) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(before)
            raise


def _mended(file: Any) -> str:
    if file.seek(0, os.SEEK_END) == 0:
        return ""
    file.seek(-1, os.SEEK_END)
    return "" if file.read(1) == b"\n" else "\n"


def read(path: Path) -> Journal:
    """The journal of a file; none of either when there is no such file.

    A line that cannot be read is named, not passed over: people must look at it.
    """
    found, unreadable, damaged = [], [], []
    if path.exists():
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    found.append(_line(json.loads(line)))
                except (ValueError, TypeError, KeyError):
                    unreadable.append(number)
                    damaged.append(line.rstrip(b"\n"))
    return Journal(tuple(found), tuple(unreadable), tuple(damaged))


def _line(value: Any) -> Handed:
    line = Handed(**{**value, "at": datetime.fromisoformat(value["at"])})
    whole = all(type(one) is int for one in (line.batch, line.lines, line.total))
    if not whole or line.at.tzinfo is None or not line.name or not line.sha256:
        raise ValueError("not a line of the send journal")
    return line


def join(journals: Iterable[Journal]) -> Journal:
    """Every line of several journals once, in the order of time."""
    read_from = tuple(journals)
    lines = {line for one in read_from for line in one.lines}
    ordered = sorted(lines, key=lambda line: (line.at, line.batch, line.name))
    unreadable = tuple(number for one in read_from for number in one.unreadable)
    damaged = dict.fromkeys(raw for one in read_from for raw in one.damaged)
    return Journal(tuple(ordered), unreadable, tuple(damaged))


def write(folder: Path, whole: Journal) -> None:
    """A whole journal in a folder, in the place of one that may lie there.

    Lines that nobody can read stand in it as they were, the last ones: they may be evidence.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder / f".{NAME}.part"
    with draft.open("wb") as file:
        file.writelines(f"{line.text}\n".encode() for line in whole.lines)
        file.writelines(raw + b"\n" for raw in whole.damaged)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)
    keep_names(folder)
