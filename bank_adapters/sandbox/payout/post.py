"""The bank's messenger: calls back in the background until it hears 2xx."""

from __future__ import annotations

import threading

import requests

from .callbacks import Callback
from .institution import Institution

POLL_SECONDS = 0.1
AT_ONCE = 100
TIMEOUTS = (5, 10)


class Messenger:
    """Delivers the institution's callbacks to `settings.callback_url`/<provider>.

    What is not confirmed stays in the book and comes again, after a kill as well.
    """

    def __init__(self, institution: Institution) -> None:
        settings = institution.settings
        self._institution = institution
        self._url = f"{settings.callback_url.rstrip('/')}/{settings.provider}"
        self._verify = settings.callback_ca or True
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="messenger", daemon=True)

    def start(self) -> None:
        """Call back from now on."""
        self._thread.start()

    def stop(self) -> None:
        """End after the call under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stop.wait(POLL_SECONDS):
                self._deliver(session)

    def _deliver(self, session: requests.Session) -> None:
        for callback in self._institution.callbacks(AT_ONCE):
            if self._stop.is_set():
                return
            if self._heard(session, callback):
                self._institution.confirmed([callback[0]["webhook-id"]])

    def _heard(self, session: requests.Session, callback: Callback) -> bool:
        headers, raw = callback
        try:
            answer = session.post(
                self._url,
                data=raw,
                headers=headers,
                timeout=TIMEOUTS,
                verify=self._verify,
                allow_redirects=False,
            )
        except requests.RequestException:
            return False  # not heard: the book keeps it due
        return answer.status_code // 100 == 2
