"""The nasty bank of requests, and the way to it: real HTTPS on loopback below the real courier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Protocol, runtime_checkable

from app.cli.conform.bank import Bank, Taken
from app.cli.conform.rest_door import TOKEN, Door
from app.cli.conform.setting import PROVIDER
from app.cli.conform.wire import Disturb
from app.clock import Clock
from bank_adapters.answering.facts import Message
from bank_adapters.contract import BankAdapter, Courier, ReportKind
from bank_adapters.rest.answering import RestAnswerer
from bank_adapters.sandbox.payout.certificate import Certificate
from bank_adapters.sandbox.payout.https_server import PayoutServer
from bank_adapters.transports.https import HttpsTarget
from bank_adapters.transports.names import Now

_POLL_SECONDS = 0.01  # how long a stop may take to be noticed


@runtime_checkable
class Requesting(Protocol):
    """An adapter that sends requests: it brings its own courier, and its ways of speaking."""

    def courier(self, provider: str, https: HttpsTarget, spool: Path, now: Now) -> Courier:
        """The way to one provider."""

    def on_trial(self) -> Mapping[str, BankAdapter]:
        """The adapter in each way it may speak, impatient, by that way's name."""


@dataclass
class RestBank(Bank):
    """It hears requests at its `door`, has reports to be fetched, and calls to say the rest."""

    door: Door = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        assert isinstance(self.pen, RestAnswerer)
        self.door = Door(self.pen, self.root)

    def _arrived(self) -> Iterator[Taken]:
        """A document as it came; of single requests, those of one document since the last look."""
        for one in super()._arrived():
            self.door.seen |= {item.reference: item for item in one.payments}
            yield one
        asked, self.door.arrived = self.door.arrived, []
        if asked:
            items = tuple(item for _, item in asked)
            total = sum(item.amount for item in items)
            yield Taken(replace(asked[0][0], count=len(items), total=total), items)

    def hand_out(self, message: Message, *, cut: bool = False, name: str = "") -> bytes:
        """Words on payments are called, each for itself; everything else is a report."""
        if message.kind is not ReportKind.STATUS or message.group != ("", ""):
            return super().hand_out(message, cut=cut, name=name)
        pen = self.door.pen
        bodies = [pen.call(fact, message.at) for fact in message.facts]
        bodies = [body[: len(body) // 2] if cut else body for body in bodies]
        for number, body in enumerate(bodies):
            self.calls.append((f"{name or 'nasty'}-{message.number}-{number}", body))
        return b"".join(bodies)


class RestWire:
    """Opens couriers to the door of one bank, which listens until `close`.

    As `Wire`: `answers` is false while the bank takes requests and says nothing, `before` is called
    when the courier looks at the clock, `delivered` counts requests for money.
    """

    def __init__(
        self, bank: RestBank, adapter: Requesting, clock: Clock, shown: Certificate
    ) -> None:
        self.bank, self._adapter, self._clock = bank, adapter, clock
        self.before: Disturb | None = None
        self._server = PayoutServer(bank.door, shown.context())
        self._shown = shown
        self._thread = Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,))
        self._thread.start()

    @property
    def answers(self) -> bool:
        """Whether requests are answered."""
        return self.bank.door.answers

    @answers.setter
    def answers(self, told: bool) -> None:
        self.bank.door.answers = told

    @property
    def delivered(self) -> int:
        """How many requests for money have come."""
        return self.bank.door.requests.total()

    def open(self) -> Courier:
        """A courier of the adapter under trial."""
        told = self._shown
        https = HttpsTarget(
            self._server.url, TOKEN, ca=told.certificate, fingerprint=told.fingerprint
        )
        spool = self.bank.root.parent / "answers" / PROVIDER
        return self._adapter.courier(PROVIDER, https, spool, self._now)

    def _now(self) -> datetime:
        if self.before is not None:
            self.before()
        return self._clock.now()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
