"""`mock-bank`, a bank of other people's making, as a program over an SFTP server's folders.

It reads what arrives in one folder and writes its answers into another; its clock is its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.support.ports import free_port, is_open_within
from tests.support.sshd import Sshd

READY_SECONDS = 15.0


@dataclass(frozen=True)
class MockBank:
    """A running one, steered over its control port."""

    url: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the control port; it must succeed."""
        with requests.Session() as session:
            session.trust_env = False
            told = session.request(method, f"{self.url}/_mock/{path}", json=body, timeout=20)
        assert told.ok, (path, told.status_code, told.text[:500])
        return told.json()

    def read_files(self) -> None:
        """Look into the folder now."""
        self.call("POST", "drop/scan")

    def days(self, count: int) -> None:
        """Live so many days; what is due is written out."""
        self.call("POST", f"advance?days={count}")


def pseudo_iban(number: str) -> str:
    """`number` in the shape of an IBAN, which this bank wants of its accounts (ISO 13616)."""
    digits = "".join(str(int(sign, 36)) for sign in f"{number}VN00")
    return f"VN{98 - int(digits) % 97:02}{number}"


@contextmanager
def mock_bank(server: Sshd, name: str, start: str) -> Iterator[MockBank]:
    """The bank behind the folders `name` of an SFTP server until the end; `start` is its time."""
    server.folders(f"{name}/to-bank", f"{name}/from-bank", f"{name}/taken")
    port = free_port()
    command = [sys.executable, "-m", "mockbank", "--port", str(port), "--clock", start, "--quiet",
               "--drop-dir", str(server.root / name / "to-bank"), "--drop-settle-ms", "0",
               "--pickup-dir", str(server.root / name / "from-bank")]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        bank = MockBank(f"http://127.0.0.1:{port}")
        assert is_open_within(port, READY_SECONDS), "mock-bank did not start"
        yield bank
    finally:
        process.terminate()
        process.wait(10)
