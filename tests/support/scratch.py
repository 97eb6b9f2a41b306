"""Where tests write what they throw away: in memory where there is plenty, else as usual.

Each test of PostgreSQL copies a database of its own; on a slow disk that is half of all time.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM_BYTES = 6_000_000_000


def use_memory() -> None:
    """Say so to this process and all that it starts; who names a TMPDIR keeps it."""
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # pytest has asked already


def _has_room(folder: Path) -> bool:
    """Whether programs may be written there and run, and much of it is free."""
    return (
        folder.is_dir()
        and os.access(folder, os.W_OK)
        and not os.statvfs(folder).f_flag & os.ST_NOEXEC
        and shutil.disk_usage(folder).free >= ROOM_BYTES
    )
