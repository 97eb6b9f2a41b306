"""A small disk of its own that can be full: a tmpfs, which only root may mount."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CHUNKS = (1 << 20, 1 << 12, 1)


@dataclass(frozen=True)
class SmallDisk:
    """What is mounted at `path`."""

    path: Path

    def fill(self) -> None:
        """Not one byte more goes onto it."""
        with self._filler.open("ab", buffering=0) as file:
            for size in CHUNKS:
                _write_until_full(file.fileno(), bytes(size))

    def free(self) -> None:
        """Space returns."""
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.path / "filler"


def _write_until_full(file: int, block: bytes) -> None:
    while True:
        try:
            os.write(file, block)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return
            raise


@contextmanager
def small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """Mounted until the end. Skips the test where the system lets us mount nothing."""
    path = Path(tempfile.mkdtemp(prefix="ansinh-disk-", dir="/tmp"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        path.rmdir()
        pytest.skip("a small disk can be mounted by root only")
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)
        path.rmdir()
