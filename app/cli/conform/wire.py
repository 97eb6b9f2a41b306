"""The way to the nasty bank: the real courier of folders, disturbed where a play says so.

An adapter of requests has another one (`rest_bank`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from app.clock import Clock
from bank_adapters.contract import Courier, Receipt, RemoteFile
from bank_adapters.errors import InDoubt, Unavailable
from bank_adapters.transports.folder import FolderTarget, open_folder

Disturb = Callable[[], None]
Reply = Callable[[], tuple[str, bytes]]


class Wire(Protocol):
    """Opens couriers to one bank.

    `answers` is false while the bank takes what comes and does not say so; `before` is called at
    each delivery before the first byte; `delivered` counts what came.
    """

    answers: bool
    before: Disturb | None

    @property
    def delivered(self) -> int:
        """How often something was handed over."""

    def open(self) -> Courier:
        """A connection."""

    def close(self) -> None:
        """The bank goes."""


class FolderWire:
    """A wire to the folders of one bank; `reply` is what the bank says when it is asked."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._target = FolderTarget(root, now=clock.now)
        self.answers = True
        self.before: Disturb | None = None
        self.delivered = 0
        self.reply: Reply | None = None

    def open(self) -> WireCourier:
        """A connection."""
        return WireCourier(self, self._target)

    def close(self) -> None:
        """Folders stay as they are."""


class WireCourier:
    """A folder courier whose answer may get lost after the file was taken."""

    def __init__(self, wire: FolderWire, target: FolderTarget) -> None:
        self._wire = wire
        self._inner = open_folder(target)

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver; then the answer is lost when the wire says so."""
        if self._wire.before is not None:
            self._wire.before()
        receipt = self._inner.put(name, path, not_after)
        self._wire.delivered += 1
        if not self._wire.answers:
            raise InDoubt(f"{name}: ngân hàng nhận tệp rồi im lặng")
        return receipt

    def ask(self, message_id: str, references: Sequence[str] = ()) -> tuple[str, bytes]:
        """What the bank replies; raises Unavailable while it is silent."""
        if self._wire.reply is None:
            raise Unavailable(f"{message_id}: ngân hàng không trả lời câu hỏi")
        return self._wire.reply()

    def waiting(self) -> list[RemoteFile]:
        """As the folder says."""
        return self._inner.waiting()

    def fetch(self, name: str, target: Path) -> Receipt:
        """As the folder says."""
        return self._inner.fetch(name, target)

    def done(self, name: str) -> None:
        """As the folder says."""
        self._inner.done(name)

    def close(self) -> None:
        """Let go of the folder."""
        self._inner.close()
