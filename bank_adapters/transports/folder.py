"""The courier's contract over a local (or mounted) folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bank_adapters.contract import Receipt, RemoteFile
from bank_adapters.errors import InDoubt, Refused, Unavailable
from bank_adapters.transports import names


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """Where the folder is; `settle_seconds` is how long a waiting file must keep its size.

    `now` is the clock that a last moment is held against.
    """

    root: Path
    settle_seconds: float = 0.0
    folders: names.Folders = field(default_factory=names.Folders)
    now: names.Now | None = None


class FolderCourier:
    """Delivers by hard link, which refuses a name that is taken, and flushes to the disk."""

    def __init__(self, target: FolderTarget, pause: Callable[[float], None] = time.sleep) -> None:
        self._inbox = target.root / target.folders.inbox
        self._outbox = target.root / target.folders.outbox
        self._archive = target.root / target.folders.archive
        self._settle = target.settle_seconds
        self._now = target.now
        self._pause = pause
        self._taken_as: dict[str, os.stat_result] = {}

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver once; see the contract for what each error means."""
        final = self._inbox / names.plain(name)
        part = final.with_name(names.part_name(name))
        wanted = names.digest_of(path)
        try:
            if final.exists():
                return self._taken(name, final, wanted)
            with path.open("rb") as source:
                names.copy_synced(names.blocks(source), part)
            if names.digest_of(part) != wanted:
                raise Unavailable(f"{name}: bản chép vào thư mục khác bản gốc")
        except OSError as error:
            raise Unavailable(f"{name}: chưa giao được vào thư mục: {error}") from error
        names.require_in_time(name, not_after, self._now)
        return self._publish(name, part, final, wanted)

    def _publish(self, name: str, part: Path, final: Path, wanted: tuple[str, int]) -> Receipt:
        """The moment of delivery: from here on an unclear error is a doubt."""
        try:
            os.link(part, final)
        except FileExistsError:
            return self._taken(name, final, wanted)
        except OSError as error:
            raise Unavailable(f"{name}: chưa giao được vào thư mục: {error}") from error
        try:
            part.unlink()
            names.sync_folder(final.parent)
        except OSError as error:
            raise InDoubt(f"{name}: đã giao nhưng chưa chắc đã ghi xuống đĩa: {error}") from error
        return Receipt(name, *wanted)

    def _taken(self, name: str, final: Path, wanted: tuple[str, int]) -> Receipt:
        if names.digest_of(final) == wanted:
            return Receipt(name, *wanted)
        raise Refused(f"{name}: tên này đã có một tệp khác nội dung ở phía nhận")

    def _list(self) -> dict[str, tuple[int, int]]:
        """Finished files with size and time of last change."""
        found = {}
        with os.scandir(self._outbox) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False) and names.is_finished(entry.name):
                    state = entry.stat(follow_symlinks=False)
                    found[entry.name] = (state.st_size, state.st_mtime_ns)
        return found

    def waiting(self) -> list[RemoteFile]:
        """Files ready for us, by name."""
        try:
            found = self._list()
            if found and self._settle:
                self._pause(self._settle)
                again = self._list()
                found = {name: state for name, state in found.items() if again.get(name) == state}
        except OSError as error:
            raise Unavailable(f"không xem được thư mục trả lời: {error}") from error
        return [RemoteFile(name, state[0]) for name, state in sorted(found.items())]

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy a waiting file to `target`, whole or not at all."""
        part = target.with_name(target.name + ".part")
        try:
            with (self._outbox / names.plain(name)).open("rb") as source:
                self._taken_as[name] = os.fstat(source.fileno())
                receipt = Receipt(name, *names.copy_synced(names.blocks(source), part))
            part.replace(target)
            names.sync_folder(target.parent)
        except OSError as error:
            raise Unavailable(f"{name}: chưa lấy được tệp: {error}") from error
        return receipt

    def done(self, name: str) -> None:
        """Move a stored file to the archive; a name archived before gets a number.

        What lies there by now in the place of the file that was fetched waits to be fetched.
        """
        source = self._outbox / names.plain(name)
        archive = self._archive
        try:
            archive.mkdir(exist_ok=True)
            if not source.exists() or self._is_another(name, source):
                return
            number, target = 1, archive / name
            while target.exists():
                number += 1
                target = archive / f"{name}.{number}"
            source.rename(target)
            self._taken_as.pop(name, None)
        except OSError as error:
            raise Unavailable(f"{name}: chưa cất được tệp đã nhận: {error}") from error

    def _is_another(self, name: str, source: Path) -> bool:
        known, now = self._taken_as.get(name), source.stat()
        return known is not None and (
            (known.st_ino, known.st_size, known.st_mtime_ns)
            != (now.st_ino, now.st_size, now.st_mtime_ns)
        )

    def close(self) -> None:
        """Nothing is held open."""


def open_folder(target: FolderTarget) -> FolderCourier:
    """A courier over a folder laid out as `in/`, `out/`, `out/archive/`."""
    return FolderCourier(target)
