"""The payout bank in its process: book, HTTPS door and messenger, started and stopped as one."""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path
from typing import Protocol

from .api import Api
from .certificate import certificate
from .hours import Clock, own_clock
from .https_server import PayoutServer
from .institution import Institution
from .post import Messenger
from .settings import Settings

POLL_SECONDS = 0.05  # how long a stop may take to be noticed


class Places(Protocol):
    """Where the bank keeps its book and its keys."""

    keys: Path
    payout_book: Path


class PayoutDoor:
    """Opens the bank; `told` is the clock of the control port, used when the settings say so.

    Beside the certificate lie `payout.token` and `payout.secret`, for the client.
    """

    def __init__(self, places: Places, settings: Settings, told: Clock) -> None:
        clock = told if settings.clock == "told" else own_clock
        self.institution = Institution(places.payout_book, settings, clock)
        shown = certificate(places.keys)
        _write(places.keys / "payout.token", settings.token)
        _write(places.keys / "payout.secret", "\n".join(settings.callback_secrets))
        self._server = PayoutServer(Api(self.institution), shown.context())
        self._messenger = Messenger(self.institution) if settings.callback_url else None
        self.url, self.fingerprint = self._server.url, shown.fingerprint

    def start(self) -> None:
        """Serve and call back in threads of their own."""
        serve = partial(self._server.serve_forever, POLL_SECONDS)
        threading.Thread(target=serve, name="payout", daemon=True).start()
        if self._messenger is not None:
            self._messenger.start()

    def stop(self) -> None:
        """Take no more, end the call under way, close the book."""
        self._server.shutdown()
        self._server.server_close()
        if self._messenger is not None:
            self._messenger.stop()
        self.institution.close()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
