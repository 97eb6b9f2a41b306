"""A list that an officer sent, kept until it is applied: encrypted, and his alone.

It lies in the home folder under the officer's number and its digest. While it is read it stands in
clear in a folder that only this process may look into. What nobody applied is gone after a day.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.errors import NotFound
from app.privacy import Keyring

FOLDER = "uploads"
_COLUMN = "list.upload"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SECONDS_MAX = 24 * 60 * 60


def keep(
    keyring: Keyring, home: Path, officer_id: int, name: str, content: bytes, now: datetime
) -> str:
    """Keep a file; gives its digest. The same file once more is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder, now)
    told = json.dumps({"name": name, "content": base64.b64encode(content).decode()})
    place = _place(officer_id, digest)
    draft = folder / f"{place}.part"
    draft.write_bytes(keyring.encrypt(_COLUMN, place, told))
    draft.replace(folder / place)
    return digest


@contextmanager
def opened(keyring: Keyring, home: Path, officer_id: int, digest: str) -> Iterator[Path]:
    """The file in clear under its own name, while it is read. Raises NotFound for none of his."""
    place = _place(officer_id, digest)
    path = home / FOLDER / place
    if not _DIGEST.fullmatch(digest) or not path.is_file():
        raise NotFound("Tệp này không còn trên máy chủ.", "Tải tệp lên lại.")
    told = json.loads(keyring.decrypt(_COLUMN, place, path.read_bytes()))
    with TemporaryDirectory(prefix="ansinh-") as folder:
        clear = Path(folder) / Path(told["name"]).name
        clear.write_bytes(base64.b64decode(told["content"]))
        yield clear


def drop(home: Path, officer_id: int, digest: str) -> None:
    """The file is not needed any more."""
    if _DIGEST.fullmatch(digest):
        (home / FOLDER / _place(officer_id, digest)).unlink(missing_ok=True)


def _place(officer_id: int, digest: str) -> str:
    return f"{officer_id}-{digest}"


def _sweep(folder: Path, now: datetime) -> None:
    oldest = now.timestamp() - _SECONDS_MAX
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
