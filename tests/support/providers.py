"""Providers that take files into folders and execute what is in them, each file once.

What they executed is read from the files that lie with them, by the adapters' own second reader:
the other side's book, which survives whatever happens to ours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.channels.promises import Dedupe, promising
from app.jobs.runtime import Runtime
from bank_adapters.contract import BankAdapter, Courier
from bank_adapters.discovery import load
from bank_adapters.transports.folder import FolderTarget, open_folder
from tests.support.province import BANK, LIST_BANK, POST

ADAPTERS = {BANK: "iso20022", LIST_BANK: "filelist", POST: "postoffice"}
REFUSES_REPETITION = Dedupe("MsgId", 7)


def as_it_is(courier: Courier) -> Courier:
    """The line without any disturbance."""
    return courier


class Providers:
    """The three providers of the tiny province, each with its folder below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        loaded = load(ADAPTERS.values())
        self.adapters: dict[str, BankAdapter] = {
            one: promising(loaded[ADAPTERS[one]], REFUSES_REPETITION) for one in ADAPTERS
        }

    def connected(self, runtime: Runtime, wrap: Callable[[Courier], Courier] = as_it_is) -> Runtime:
        """The runtime with couriers that carry to these providers."""

        def open_one(provider: str) -> Callable[[], Courier]:
            folder = self.root / provider
            for name in ("in", "out"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            return lambda: wrap(open_folder(FolderTarget(folder, now=runtime.clock.now)))

        couriers = {provider: open_one(provider) for provider in ADAPTERS}
        return replace(runtime, adapters=self.adapters, couriers=couriers)

    def delivered(self) -> list[str]:
        """Names of the files that lie at the providers."""
        return sorted(path.name for provider in ADAPTERS for path in self._files(provider))

    def executed(self) -> Counter[str]:
        """How often each reference was executed: once for each file that holds it."""
        found: Counter[str] = Counter()
        for provider, adapter in self.adapters.items():
            for path in self._files(provider):
                with path.open("rb") as file:
                    found.update(one.reference for one in adapter.read_back(file))
        return found

    def _files(self, provider: str) -> list[Path]:
        return sorted((self.root / provider / "in").glob("*"))
