"""What every job is handed: database, clock, keys, couriers, folders, and who it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.errors import Unavailable
from app.privacy import Keyring
from bank_adapters.contract import BankAdapter, Courier, OpenCourier
from ledger.anchors import AnchorFile

ABREAST = min(4, os.cpu_count() or 1)
"""Units of work at once: this process itself runs on one core, and each holds a connection."""
Progress = Callable[[str, int, int], None]
Connections = tuple[Mapping[str, BankAdapter], Mapping[str, OpenCourier]]


def silent(step: str, done: int, total: int) -> None:
    """A progress that tells nobody."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """The surroundings of a job; everything that touches the outside comes in here.

    `adapters` by provider code, `couriers` open a connection to one provider; `connect` reads
    both anew, so that a channel confirmed today is used today. `home` holds outgoing files
    (`outbound`) and the raw bytes of what came in (`inbound`); `anchor_folder` takes the signed
    anchors, else `home` does. `settings` are those of this installation, for what looks at them.
    `abreast` is how many units of work of a job may go at once.
    """

    database: Database
    clock: Clock
    keyring: Keyring
    home: Path
    worker: str
    adapters: Mapping[str, BankAdapter] = field(default_factory=dict)
    couriers: Mapping[str, OpenCourier] = field(default_factory=dict)
    connect: Callable[[], Connections] | None = None
    progress: Progress = silent
    anchor_folder: Path | None = None
    seal_key: str = field(default="", repr=False)
    settings: Settings = field(default_factory=Settings)
    abreast: int = ABREAST

    @property
    def at_once(self) -> int:
        """How many units of work go at once: one where there is one writer."""
        return 1 if self.database.is_sqlite else self.abreast

    @property
    def most_lines(self) -> Mapping[str, int]:
        """By provider, how many payments a file of it may hold; 0: any number."""
        return {code: one.capabilities.max_lines for code, one in self.adapters.items()}

    def courier(self, provider: str) -> Courier:
        """An open connection to a provider. Raises Unavailable when none is set up."""
        if provider not in self.couriers:
            raise Unavailable(
                f"Chưa cấu hình đường truyền tới “{provider}”.",
                "Người quản trị khai báo đường truyền rồi chạy lại.",
            )
        return self.couriers[provider]()

    def connected(self) -> Runtime:
        """The same with the adapters and couriers of this moment."""
        if self.connect is None:
            return self
        adapters, couriers = self.connect()
        return replace(self, adapters=adapters, couriers=couriers)

    @property
    def outbound(self) -> Path:
        """Where sealed files lie."""
        return self.home / "outbound"

    @property
    def inbound(self) -> Path:
        """Where the raw bytes of received files are kept for ever."""
        return self.home / "inbound"

    @property
    def anchors(self) -> AnchorFile:
        """The signed anchors of the chain, on other storage in production."""
        key = self.home / "keys" / "seal.key"
        return AnchorFile(self.anchor_folder or self.home, key, self.seal_key)
