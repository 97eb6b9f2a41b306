"""The channels in force as a job meets them, and what happens when a stranger answers at one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from app.audit.trail import record
from app.channels.opening import open_channels
from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.disbursement.holds import set_once
from app.jobs.runtime import Connections
from bank_adapters.contract import Courier, OpenCourier
from bank_adapters.errors import Stranger

REASON = "Khoá máy chủ của ngân hàng khác khoá đã ghim; hỏi ngân hàng trước khi gửi tiếp."


def channels_of(database: Database, settings: Settings, clock: Clock) -> Callable[[], Connections]:
    """What reads the channels in force: adapters by provider code, couriers by provider code."""

    def connect() -> Connections:
        with database.view() as session:
            adapters, couriers = open_channels(session, settings, clock)
        watched: dict[str, OpenCourier] = {
            provider: partial(_watched, database, clock, provider, opener)
            for provider, opener in couriers.items()
        }
        return adapters, watched

    return connect


def _watched(database: Database, clock: Clock, provider: str, opener: OpenCourier) -> Courier:
    """Connect; where another machine answers, the provider is held until two have looked into it.

    Nothing was said to it, so what was to leave never left. Some lines see who answers only when
    they first speak, so every act is watched.
    """

    def guarded(act: Callable[..., Any], *args: Any) -> Any:
        try:
            return act(*args)
        except Stranger as error:
            _hold(database, clock, provider, error)
            raise

    return cast(Courier, _Watched(guarded(opener), guarded))


class _Watched:
    """A courier whose every act is done by `guarded`."""

    def __init__(self, courier: Courier, guarded: Callable[..., Any]) -> None:
        self._courier, self._guarded = courier, guarded

    def __getattr__(self, name: str) -> Any:
        return partial(self._guarded, getattr(self._courier, name))


def _hold(database: Database, clock: Clock, provider: str, error: Stranger) -> None:
    with database.unit_of_work() as session:
        now = clock.now()
        number = set_once(session, "provider", provider, REASON, "system", now)
        if number is None:
            return
        record(session, now, "system", "channels:channel:stranger", f"hold:{number}",
               f"{provider}: {error}")  # fmt: skip
