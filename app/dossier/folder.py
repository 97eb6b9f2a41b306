"""A folder under construction: hidden and for its owner only, under its own name when complete."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, BinaryIO

from app.errors import InputError
from ledger.files import keep_names

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Listed:
    """One finished file: its path in the folder, bytes, SHA-256, and what it is."""

    path: str
    size: int
    sha256: str
    about: str

    def as_json(self) -> dict[str, str | int]:
        """The file as a line of the index."""
        return {"path": self.path, "size": self.size, "sha256": self.sha256, "about": self.about}


class Draft:
    """The files written so far. Everything is on the disk before the folder gets its name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: list[Listed] = []

    @contextmanager
    def file(self, path: str, about: str = "") -> Iterator[BinaryIO]:
        """A new file, listed once it is closed; '' for `about` leaves it out of the list."""
        target = self.folder / path
        for folder in reversed(Path(path).parents):
            (self.folder / folder).mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
        with open(target, "xb", opener=_for_its_owner) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if about:
            self.files.append(Listed(path, target.stat().st_size, digest_of(target), about))

    def text(self, path: str, text: str, about: str = "") -> None:
        """A small file of text."""
        with self.file(path, about) as out:
            out.write(text.encode())

    def json(self, path: str, value: Any, about: str = "") -> None:
        """A value as JSON for people and programs."""
        self.text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n", about)

    def table(
        self, path: str, about: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
    ) -> int:
        """Rows as CSV, streamed, with the mark that shows spreadsheets the accents; how many."""
        written = 0
        with self.file(path, about) as out:
            text = io.TextIOWrapper(out, "utf-8-sig", newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(columns)
            for row in rows:
                writer.writerow(row)
                written += 1
            text.flush()
            text.detach()
        return written

    def copy(self, path: str, source: Path, about: str) -> str:
        """The bytes of a file as they are; gives their SHA-256."""
        with source.open("rb") as read, self.file(path, about) as out:
            shutil.copyfileobj(read, out)
        return self.files[-1].sha256


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def drafted(output: Path) -> Iterator[Draft]:
    """A draft that becomes the folder `output` at the end, or nothing at all.

    Raises InputError when something lies there already.
    """
    _refuse_taken(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f".{output.name}.", dir=output.parent))  # for its owner only
    try:
        yield Draft(folder)
        for one in (path for path in (folder, *folder.rglob("*")) if path.is_dir()):
            keep_names(one)
        _refuse_taken(output)
        folder.rename(output)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    keep_names(output.parent)


def _refuse_taken(output: Path) -> None:
    if output.exists():
        raise InputError(f"{output} đã có rồi.", "Chọn một thư mục chưa có; không ghi đè hồ sơ.")


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, _PRIVATE_FILE)
