"""The worst of banks: it takes every file away at once, remembers none, and pays each that comes.

It is reached over SFTP by the courier of the house; it promised nothing, and pays a file twice
that comes twice. What it paid is read from the files that it took, by the adapter's own reader.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.channels.promises import NEVER_PROVEN, promising
from app.jobs.runtime import Runtime
from bank_adapters.contract import Courier, PaymentInstruction
from bank_adapters.transports.sftp import open_sftp
from tests.factories import BANK, House
from tests.support.providers import Providers, as_it_is
from tests.support.sftp_bank import SftpBank, lay_out, serving


@dataclass
class ForgetfulBank(SftpBank):
    """An SFTP bank that keeps the bytes of everything it ever took in."""

    takes_away: bool = True
    files: list[bytes] = field(default_factory=list)

    def take_in(self, path: Path) -> None:
        """Keep the bytes, then take the file away."""
        self.files.append(path.read_bytes())
        super().take_in(path)

    def answers(self, name: str, content: bytes) -> None:
        """Lay a file out for us."""
        (self.root / "out" / name).write_bytes(content)


@dataclass(frozen=True)
class World:
    """The house with that bank at the other end; the other providers take files into folders."""

    house: House
    bank: ForgetfulBank
    runtime: Runtime

    def with_line(self, wrap: Callable[[Courier], Courier]) -> Runtime:
        """The runtime where something happens to each connection to the bank."""
        inner = self.runtime.couriers[BANK]
        couriers = {**self.runtime.couriers, BANK: lambda: wrap(inner())}
        return replace(self.runtime, couriers=couriers)

    def paid(self) -> Counter[str]:
        """How often the bank paid each reference."""
        return Counter(one.reference for one in self._orders())

    def paid_into(self) -> Counter[str]:
        """How often the bank paid into each account."""
        return Counter(one.account for one in self._orders())

    def _orders(self) -> Iterator[PaymentInstruction]:
        for content in self.bank.files:
            yield from self.runtime.adapters[BANK].read_back(io.BytesIO(content))


@contextmanager
def forgetful_world(house: House, root: Path) -> Iterator[World]:
    """Until the end, with the providers' folders below `root`; none of them promised anything."""
    bank = ForgetfulBank(root / "bank")
    lay_out(bank.root)
    providers = Providers(root)
    providers.adapters = {
        name: promising(one, NEVER_PROVEN) for name, one in providers.adapters.items()
    }
    runtime = providers.connected(house.runtime, as_it_is)
    with serving(bank, root) as target:
        target = replace(target, now=house.clock.now)
        couriers = {**runtime.couriers, BANK: lambda: open_sftp(target)}
        yield World(house, bank, replace(runtime, couriers=couriers))
