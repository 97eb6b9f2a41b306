"""Files of a backup: copied in a stream and hashed on the way.

The list of them is one that `sha256sum -c` reads. Nothing here holds a file in memory.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from app.disbursement.submission import file_digest
from app.errors import InputError
from ledger.files import keep_names

SUMS = "SHA256SUMS"
CHUNK = 1024 * 1024
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a backup: its place in the folder with `/`, size, SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


class Sums:
    """The list of a backup's files, written as they come; `digest` is that of the list itself."""

    def __init__(self, folder: Path) -> None:
        self._digest = hashlib.sha256()
        self._file = created(folder / SUMS)

    def add(self, part: Part) -> None:
        """One more file."""
        line = f"{part.sha256}  {part.name}\n".encode()
        self._digest.update(line)
        self._file.write(line)

    def close(self) -> str:
        """Make the disk keep the list; gives its SHA-256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self._digest.hexdigest()


def created(path: Path) -> BinaryIO:
    """A new file for its owner only, open for writing. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def copy(source: Path, folder: Path, name: str, limit: int | None = None) -> Part:
    """Copy a file (or its first `limit` bytes) to its place in the folder, onto the disk."""
    target = folder / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, created(target) as write:
        while chunk := read.read(CHUNK if limit is None else min(CHUNK, limit - size)):
            write.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        write.flush()
        os.fsync(write.fileno())
    return Part(name, size, digest.hexdigest())


def link(earlier: Path | None, source: Path, folder: Path, part: Part) -> bool:
    """Give an earlier backup's copy of the same file a second name instead of copying it again.

    False when there is none, or the storage knows no hard links.
    """
    if earlier is None or not _same_size(earlier / part.name, source):
        return False
    target = folder / part.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.link(earlier / part.name, target)
    except OSError:
        return False
    return True


def _same_size(one: Path, other: Path) -> bool:
    return one.is_file() and not one.is_symlink() and one.stat().st_size == other.stat().st_size


def measured(folder: Path, name: str) -> Part:
    """Size and SHA-256 of a file that lies there already; made its owner's and kept by the disk."""
    path = folder / name
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return Part(name, path.stat().st_size, file_digest(path))


def whole_lines(path: Path) -> int:
    """How many bytes of a file of lines end with a line's end: another process may be writing."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - CHUNK)
            file.seek(start)
            if found := file.read(end - start).rfind(b"\n") + 1:
                return start + found
            end = start
    return 0


def replace(path: Path, text: str) -> None:
    """A whole file in the place of one that may lie there, onto the disk."""
    draft = path.with_name(f".{path.name}.part")
    draft.unlink(missing_ok=True)
    with created(draft) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    keep_names(path.parent)


def keep_all_names(folder: Path) -> None:
    """Names lie in folders: make the disk keep them, below `folder` and of itself."""
    for place in (*(Path(one) for one, _, _ in os.walk(folder)), folder.parent):
        keep_names(place)


def listed(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, SHA-256) of every file on the list. Raises InputError for a line that is none of
    ours; a name that leads out of the folder is none either."""
    with (folder / SUMS).open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            sha256, mark, name = line.rstrip("\n").partition("  ")
            if not mark or len(sha256) != 64 or set(sha256) - _HEX or not _inside(name):
                raise InputError(
                    f"{SUMS}: dòng {number} không đúng dạng.", "Dùng một bản sao lưu khác."
                )
            yield name, sha256


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the files on the list, one sentence each, with the file's name."""
    for name, sha256 in listed(folder):
        path = folder / name
        if path.is_symlink() or not path.is_file():
            yield f"thiếu tệp {name}"
            continue
        if file_digest(path) != sha256:
            yield f"tệp {name} đã bị thay đổi"


def strangers(folder: Path, known: set[str]) -> list[str]:
    """Names of files that lie in the folder and are neither on the list nor in `known`."""
    if sum(1 for _ in _names(folder)) == len(known) + sum(1 for _ in listed(folder)):
        return []  # as many as there should be: the names need not be held in memory
    names = known | {name for name, _ in listed(folder)}
    return sorted(name for name in _names(folder) if name not in names)


def _names(folder: Path) -> Iterator[str]:
    """Everything in the folder that is no folder, by its name with `/`."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path.relative_to(folder).as_posix()


def remove(folder: Path) -> None:
    """Remove a folder that was not finished; what is not there is well removed."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def place(source: Path, target: Path, sha256: str) -> None:
    """Put a backup's file where it belongs, whole or not at all; the same bytes may lie there.

    Raises InputError for another file of that name, or when the source changed meanwhile.
    """
    if target.exists():
        _same_or_refused(target, sha256)
        return
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    part = copy(source, draft.parent, draft.name)
    if part.sha256 != sha256:
        draft.unlink()
        raise InputError(f"Tệp {source.name} đổi trong lúc chép.", "Kiểm tra ổ chứa bản sao lưu.")
    draft.replace(target)


def _same_or_refused(target: Path, sha256: str) -> None:
    if file_digest(target) != sha256:
        raise InputError(
            f"Thư mục đích đã có tệp {target} với nội dung khác.", "Chọn một thư mục --home trống."
        )


def first(names: Iterator[Any], count: int) -> list[Any]:
    """The first few of a stream."""
    return [one for _, one in zip(range(count), names, strict=False)]
