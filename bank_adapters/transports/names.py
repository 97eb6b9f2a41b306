"""Rules both couriers share: file names, digests and storing a fetched file safely."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from bank_adapters.errors import Refused, Unavailable

BLOCK = 1 << 18
Now = Callable[[], datetime]
# Banks name their answers as people do: letters of any alphabet (marks set apart too), spaces.
_PLAIN = re.compile(r"[^\W_][\w\u0300-\u036f .,()+@=&'-]{0,199}")
_LONGEST = 255  # bytes of a name in most file systems
_HIDDEN = (".", "~")
_UNFINISHED = (".part", ".tmp", ".filepart", ".writing")


@dataclass(frozen=True, slots=True)
class Folders:
    """What a bank calls its folders, each a path from where the login lands.

    Raises Refused for a path that could lead out of there.
    """

    inbox: str = "in"
    outbox: str = "out"
    archive: str = "out/archive"

    def __post_init__(self) -> None:
        for path in (self.inbox, self.outbox, self.archive):
            for piece in path.removeprefix("/").split("/"):
                plain(piece)


def require_in_time(name: str, not_after: datetime | None, now: Now | None) -> None:
    """Raises Unavailable past the last moment, or where there is no clock to ask.

    A worker that was stopped for an hour must not go on where it was: by then the file may have
    been given up, and its payments sent anew.
    """
    if not_after is None:
        return
    if now is None:
        raise Unavailable(f"{name}: đường truyền không có đồng hồ để giữ hạn gửi; chưa giao")
    if now() > not_after:
        raise Unavailable(f"{name}: đã quá giờ gửi cuối cùng; chưa giao")


def plain(name: str) -> str:
    """`name` when it is a plain file name; anything that could leave the folder is refused."""
    if not _is_plain(name):
        raise Refused(f"tên tệp “{shown(name)}” có ký tự lạ hoặc đường dẫn; không nhận")
    return name


def shown(name: str) -> str:
    """The beginning of any name as it may be told: '?' for what cannot be printed."""
    return "".join(one if one.isprintable() else "?" for one in name[:80])


def _is_plain(name: str) -> bool:
    """Whether a name stays in its folder and fits with what is put before or behind it."""
    room = _LONGEST - len(part_name("")) - len(".part.99")
    return bool(_PLAIN.fullmatch(name)) and len(name.encode()) <= room


def is_finished(name: str) -> bool:
    """False for hidden and temporary names: those files are still being written."""
    return not name.startswith(_HIDDEN) and not name.lower().endswith(_UNFINISHED)


def is_waiting(name: str) -> bool:
    """True for a finished file under a name that may be fetched."""
    return _is_plain(name) and is_finished(name)


def part_name(name: str) -> str:
    """The hidden name a file has until all of it is there."""
    return f".part-{name}"


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """The rest of a stream, piece by piece."""
    return iter(partial(source.read, BLOCK), b"")


def digest(pieces: Iterable[bytes]) -> tuple[str, int]:
    """(sha256 in hexadecimal, size in bytes) of what came piece by piece."""
    hashed, size = sha256(), 0
    for piece in pieces:
        hashed.update(piece)
        size += len(piece)
    return hashed.hexdigest(), size


def digest_of(path: Path) -> tuple[str, int]:
    """The same of a local file."""
    with path.open("rb") as source:
        return digest(blocks(source))


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy_synced(pieces: Iterable[bytes], target: Path) -> tuple[str, int]:
    """Write what comes piece by piece to a new local file, down to the disk; (sha256, size)."""
    with target.open("wb") as out:
        told = digest(_written(pieces, out))
        out.flush()
        os.fsync(out.fileno())
    return told


def _written(pieces: Iterable[bytes], out: BinaryIO) -> Iterator[bytes]:
    for piece in pieces:
        out.write(piece)
        yield piece
