"""The way to a modelled provider, and what may go wrong on it or with us on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import SteppedClock
from bank_adapters.contract import BankAdapter, Receipt, RemoteFile
from bank_adapters.errors import InDoubt, TurnedAway
from tests.service.bank import Bank
from tests.service.post import Post

WHOLE, TIMED_OUT, LOST, TURNED_AWAY = "arrives", "arrives, no answer", "lost", "turned away"
SLOW, DIED_BEFORE, DIED_AFTER = "too slow", "killed before", "killed after"
FATES = (WHOLE, TIMED_OUT, LOST, TURNED_AWAY, SLOW, DIED_BEFORE, DIED_AFTER)
TOO_LONG = timedelta(minutes=11)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@dataclass
class Wire:
    """A courier to one provider; `fate` is what happens to the next file."""

    provider: Bank | Post
    adapter: BankAdapter
    clock: SteppedClock
    meanwhile: Callable[[], object]
    fate: str = WHOLE
    carried: list[str] = field(default_factory=list)

    def put(self, name: str, path: Path, not_after: datetime | None = None) -> Receipt:
        """Deliver, or not."""
        fate, content = self.fate, path.read_bytes()
        self.fate = WHOLE
        self.carried.append(fate)
        if fate == DIED_BEFORE:
            raise Killed
        if fate == TURNED_AWAY:
            raise TurnedAway("hệ thống bảo trì")
        if fate != LOST:
            self.provider.take(self.adapter, content)
        if fate == DIED_AFTER:
            raise Killed
        if fate in (TIMED_OUT, LOST):
            raise InDoubt("hết giờ chờ")
        if fate == SLOW:
            self.clock.advance(TOO_LONG)
            self.meanwhile()
        return Receipt(name, hashlib.sha256(content).hexdigest(), len(content))

    def waiting(self) -> list[RemoteFile]:
        """What lies in the tray."""
        return [RemoteFile(name, len(told)) for name, told in self.provider.tray.files.items()]

    def fetch(self, name: str, target: Path) -> Receipt:
        """Copy one file here."""
        content = self.provider.tray.files[name]
        target.write_bytes(content)
        return Receipt(name, hashlib.sha256(content).hexdigest(), len(content))

    def done(self, name: str) -> None:
        """It is taken."""
        del self.provider.tray.files[name]

    def close(self) -> None:
        """Nothing is open."""
