"""Whose calls count: providers with a channel in force whose profile names a secret for calls.

Read anew every ten seconds, so that a call of a stranger costs no question to the database.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from app.channels.lookup import in_force, terms_of
from app.channels.profile import read_profile
from app.channels.secrets import webhook_secret
from app.clock import Clock, local_date
from app.config import Settings
from app.db import Database
from app.errors import InputError, SettingsError

FRESH = timedelta(seconds=10)
LOG = logging.getLogger(__name__)


class Trusted:
    """The secrets in force, by provider."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database, self._settings, self._clock = database, settings, clock
        self._known: Mapping[str, tuple[bytes, ...]] = {}
        self._read_at: datetime | None = None
        self._turn = Lock()

    def secrets(self, provider: str) -> tuple[bytes, ...]:
        """Those of a provider; none for one that may not call, or that nobody knows.

        Raises Conflict when a channel is not what two officers confirmed, and what the database
        raises when it is away.
        """
        with self._turn:
            now = self._clock.now()
            if self._read_at is None or abs(now - self._read_at) > FRESH:
                self._known = self._read(now)
                self._read_at = now
            return self._known.get(provider, ())

    def _read(self, now: datetime) -> dict[str, tuple[bytes, ...]]:
        with self._database.view() as session:
            rows = in_force(session, local_date(now))
        return {row.provider: self._of(row) for row in rows}

    def _of(self, row: Any) -> tuple[bytes, ...]:
        """A key file that is missing or open to others shuts its provider out, and nobody else."""
        terms = terms_of(row)
        if terms.adapter not in self._settings.adapters:
            return ()
        try:
            named = read_profile(terms.profile, terms.courier).callback
            return tuple(webhook_secret(self._settings.bank_secrets, one) for one in named)
        except (SettingsError, InputError) as error:
            LOG.warning("calls of %s are turned away: %s", terms.provider, error)
            return ()
