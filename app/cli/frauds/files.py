"""Changing files as a forger does: a text in a workbook or in XML, bytes put where a bank would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from bank_adapters.transports import names
from bank_adapters.transports.folder import FolderTarget, open_folder


def replaced(data: bytes, old: str, new: str) -> bytes:
    """The file with a text replaced; a workbook's parts are looked into one by one."""
    return edited(data, lambda part: part.replace(old.encode(), new.encode()))


def edited(data: bytes, edit: Callable[[bytes], bytes]) -> bytes:
    """The file with `edit` applied to it, or to each part of a workbook."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return edit(data)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, edit(source.read(name)))
    return out.getvalue()


def other_bytes(data: bytes) -> bytes:
    """The same content in other bytes: packed anew, or with a comment at the end."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        return edited(data, lambda part: part)
    return data + b"<!-- -->\n"


class Exchange:
    """A provider's folder under the forger's hand."""

    def __init__(self, root: Path, now: names.Now) -> None:
        self.root, self._now = root, now
        self._folders = names.Folders()
        for name in (self._folders.inbox, self._folders.outbox):
            (root / name).mkdir(parents=True, exist_ok=True)

    def courier(self) -> object:
        """The house's courier to this folder."""
        return open_folder(FolderTarget(self.root, now=self._now))

    def offer(self, name: str, data: bytes) -> None:
        """Lay a file out for the house to fetch."""
        (self.root / self._folders.outbox / name).write_bytes(data)

    def arrived(self) -> list[Path]:
        """The files that the house handed over."""
        return sorted((self.root / self._folders.inbox).iterdir())
