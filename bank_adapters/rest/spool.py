"""Words of answers on our own disk, from the moment they came until the intake has them.

A spool is one file of words (`events`). While it is written it ends in `.part` and its writer
holds a lock on it, which dies with him: then whoever looks next takes it over, without the half
line at its end. A finished one waits like any file of a provider, and is archived when it is safe.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from bank_adapters.contract import Receipt, RemoteFile
from bank_adapters.errors import Unavailable
from bank_adapters.formats.events import Event, Head, event_line, head_line, says_something
from bank_adapters.transports import names

_NAME = re.compile(r"[A-Za-z0-9-]{1,35}\.answer-[0-9]{1,9}\.jsonl")
_PART = ".part"
_NEW = ".new-"
_ARCHIVE = "stored"


def is_spool(name: str) -> bool:
    """Whether a file of this name is one of ours; no provider may name a report so."""
    return bool(_NAME.fullmatch(name))


class Spool:
    """The folder of one provider's spools. Nobody else may look into it."""

    def __init__(self, folder: Path, provider: str) -> None:
        self._folder, self._provider = folder, provider
        self._archive = folder / _ARCHIVE
        folder.parent.mkdir(parents=True, exist_ok=True)
        for place in (folder, self._archive):
            place.mkdir(mode=0o700, exist_ok=True)

    def knows(self, message_id: str) -> bool:
        """Whether anything of this message was ever handed over from here, or begun to be."""
        pattern = f"{message_id}.answer-*"
        return any(True for at in (self._folder, self._archive) for _ in at.glob(pattern))

    def _fresh_name(self, message_id: str) -> str:
        number = 1
        while any(
            (at / f"{message_id}.answer-{number}.jsonl{end}").exists()
            for at in (self._folder, self._archive)
            for end in ("", _PART)
        ):
            number += 1
        return f"{message_id}.answer-{number}.jsonl"

    @contextmanager
    def writing(self, message_id: str, status: str = "", reason: str = "") -> Iterator[Words]:
        """A new spool to write words into; finished at the end unless it was given up.

        `status` and `reason` are the provider's word on the whole message, "" where he said none.
        Raises Unavailable where it cannot be begun: nothing may be sent that cannot be answered.
        """
        words = self._begun(Head("answer", self._provider, message_id, status, reason))
        part = self._folder / (words.name + _PART)
        with words.file as file:
            try:
                yield words
            finally:
                os.fsync(file.fileno())
                self._end(part, words.name, has_words=words.has_any, is_worthless=words.given_up)

    def _begun(self, head: Head) -> Words:
        """A spool with its first line on the disk, under its writer's lock from the start."""
        name = self._fresh_name(head.message_id)
        hidden = self._folder / (_NEW + name)
        with ExitStack() as opened:
            try:
                file = opened.enter_context(hidden.open("wb", 0))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                words = Words(file, name)
                words.begin(head)
                hidden.rename(self._folder / (name + _PART))
                names.sync_folder(self._folder)
            except OSError as error:
                raise Unavailable(
                    f"{head.message_id}: không ghi được sổ trả lời, chưa gửi gì: {error}"
                ) from error
            opened.pop_all()
        return words

    def _end(self, part: Path, name: str, *, has_words: bool, is_worthless: bool = False) -> None:
        """A spool with words waits; one without tells that something was begun: it is archived."""
        if is_worthless:
            part.unlink()
        else:
            part.rename((self._folder if has_words else self._archive) / name)
        names.sync_folder(self._folder)

    def waiting(self) -> list[RemoteFile]:
        """Finished spools by name; what a dead process left behind is finished first."""
        for part in sorted(self._folder.glob(f"*{_PART}")):
            self._take_over(part)
        found = sorted(path for path in self._folder.iterdir() if is_spool(path.name))
        return [RemoteFile(path.name, path.stat().st_size) for path in found]

    def _take_over(self, part: Path) -> None:
        with part.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # its writer lives
            if not part.exists() or not os.path.samestat(os.fstat(file.fileno()), part.stat()):
                return  # somebody else took it over a moment ago
            has_words = _has_words(file)
            os.fsync(file.fileno())
            self._end(part, part.name.removesuffix(_PART), has_words=has_words)

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy a finished spool to `target`, whole or not at all."""
        part = target.with_name(target.name + _PART)
        with (self._folder / names.plain(name)).open("rb") as source:
            receipt = Receipt(name, *names.copy_synced(names.blocks(source), part))
        part.replace(target)
        names.sync_folder(target.parent)
        return receipt

    def done(self, name: str) -> None:
        """The intake has it: it is archived, and still tells that the message has left."""
        path = self._folder / names.plain(name)
        if path.exists():
            path.replace(self._archive / name)
            names.sync_folder(self._archive)


def _has_words(file: BinaryIO) -> bool:
    """Cut the half line at the end off; gives whether the lines that are left say anything."""
    has_any, size = False, 0
    for line in file:
        if not line.endswith(b"\n"):
            break
        has_any = size > 0 or says_something(line)
        size += len(line)
    file.truncate(size)
    return has_any


class Words:
    """One spool while it is written, by several threads at once."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.file, self.name = file, name
        self._lock = Lock()
        self._size = 0
        self.has_any = False
        self.given_up = False

    def begin(self, head: Head) -> None:
        """The first line, on the disk; raises OSError."""
        self._write(head_line(head))
        os.fsync(self.file.fileno())
        self.has_any = bool(head.status)

    def add(self, one: Event, *, at_once: bool = True) -> None:
        """Append a word; it is on the disk when this returns, unless `at_once` is false.

        Raises OSError: what was answered cannot be written down.
        """
        with self._lock:
            self._write(event_line(one))
            self.has_any = True
            if at_once:
                os.fsync(self.file.fileno())

    def _write(self, line: bytes) -> None:
        """The whole line or nothing of it."""
        try:
            left = len(line) - self.file.write(line)
        except OSError:
            self._take_back()
            raise
        if left:
            self._take_back()
            raise OSError(errno.ENOSPC, "the disk is full")
        self._size += len(line)

    def _take_back(self) -> None:
        """Cut off what there is of a line that could not be written."""
        self.file.truncate(self._size)
        self.file.seek(self._size)

    def give_up(self) -> None:
        """Nothing was handed over to anybody: the spool says nothing and goes."""
        self.given_up = True
