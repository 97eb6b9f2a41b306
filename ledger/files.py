"""Small files that must be whole or not there: keys, and new names on the disk."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp


def write_once(path: Path, content: bytes) -> None:
    """A new file under its name whole or not at all, for its owner only.

    One that came first is never overwritten, so read it back to see whose it is.
    """
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # for its owner only
    draft = Path(name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process made it just now: that one counts
        os.link(draft, path)
    draft.unlink()
    keep_names(path.parent)


def keep_names(folder: Path) -> None:
    """Make the disk keep the names in a folder: a new file's name lies there."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
