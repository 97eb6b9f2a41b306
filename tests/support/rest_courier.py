"""A courier to the bank of `rest_bank`, a sealed document to carry, and the words that came."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bank_adapters.conformance import sample_batch
from bank_adapters.contract import OutboundBatch, PaymentInstruction
from bank_adapters.references import reference
from bank_adapters.rest.adapter import ADAPTER, RestAdapter
from bank_adapters.rest.courier import RestCourier, RestTarget, open_rest
from bank_adapters.transports.https import HttpsTarget
from tests.support.rest_bank import TOKEN, Act, RestBank

START = datetime.fromisoformat("2026-10-06T08:00:00+07:00")


class Ticking:
    """A clock that goes a second at each look, and a pause that only passes time on it."""

    def __init__(self) -> None:
        self.at, self.paused = START, 0.0
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            self.at += timedelta(seconds=1)
            return self.at

    def pause(self, seconds: float) -> None:
        with self._lock:
            self.paused += seconds
            self.at += timedelta(seconds=seconds)


def rest_adapter(**told: Any) -> RestAdapter:
    """The adapter with a profile for tests: short times, one request at a time."""
    usual = {"at_once": 1, "connect_seconds": 2, "read_seconds": 1, "total_seconds": 2}
    return ADAPTER.with_profile({**usual, **told})


def rest_courier(
    bank: RestBank, folder: Path, clock: Ticking, adapter: RestAdapter | None = None, **https: Any
) -> RestCourier:
    """A courier to the bank; its spool lies in `folder`."""
    told = replace(HttpsTarget(bank.base, TOKEN, ca=bank.ca), **https)
    profile = (adapter or rest_adapter()).profile
    return open_rest(RestTarget("rest1", told, profile, folder / "spool", clock, clock.pause))


def batch_of(count: int, message_id: str = "") -> OutboundBatch:
    """A batch of made-up payees with references of their own."""
    batch = sample_batch(ADAPTER, count)
    return replace(batch, message_id=message_id or batch.message_id)


def sealed(batch: OutboundBatch, folder: Path, adapter: RestAdapter = ADAPTER) -> Path:
    """The batch's document on the disk."""
    path = folder / adapter.file_name(batch)
    with path.open("wb") as out:
        adapter.write(batch, out)
    return path


def references(count: int) -> list[str]:
    """The references of `batch_of`, in order."""
    return [reference(number + 1, 1) for number in range(count)]


def first(batch: OutboundBatch) -> PaymentInstruction:
    """Its first payment."""
    return next(iter(batch.instructions))


def words(courier: RestCourier, folder: Path) -> dict[str, str]:
    """Collect what waits, as the intake does: by reference the status and reason that came, and
    under "" those of the whole message."""
    found: dict[str, str] = {}
    for file in courier.waiting():
        target = folder / "fetched"
        courier.fetch(file.name, target)
        head, *lines = map(json.loads, target.read_bytes().splitlines())
        told = [{**head, "reference": ""}] if head["status"] else []
        for one in told + lines:
            found[one["reference"]] = f"{one['status']} {one['reason']}".strip()
        with target.open("rb") as source:
            for report in ADAPTER.read(file.name, source):
                list(report.lines)
        courier.done(file.name)
    return found


def posts(bank: RestBank) -> int:
    """How many payments the bank was asked for."""
    return sum(asked.method == "POST" for asked in bank.asked)


def on(reference: str, act: Act) -> Any:
    """Misbehave at one payment."""
    return lambda asked: act if asked.reference == reference else None
