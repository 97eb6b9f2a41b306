"""Serving the pages with waitress, on Linux and Windows alike.

A request that is whole waits until one of the threads is free. When it came is written down, since
the codes in it run out (`app/web/arrival.py`).
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

from app.clock import Clock, elapsed
from app.config import Settings
from app.web.application import create_app
from app.web.arrival import ARRIVED
from app.web.pages.verify import FILE_BYTES_MAX

THREADS = 4
# A larger body is refused before it is taken in: no page asks for more than a file of a paper.
BODY_BYTES_MAX = FILE_BYTES_MAX + 1_000_000


class _Stamped(HTTPRequestParser):  # type: ignore[misc]
    """A request that knows when its last byte came."""

    arrived: float | None = None

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.completed and self.arrived is None:
            self.arrived = elapsed()
        return taken


class _Told(WSGITask):  # type: ignore[misc]
    """Tells the application when the request came."""

    def get_environment(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environment()
        environ[ARRIVED] = self.request.arrived
        return environ


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Stamped
    task_class = _Told


def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Serve until stopped, on the host and port of the settings, at the machine's time unless
    another clock is brought. Raises SettingsError."""
    logging.basicConfig()
    server = server_of(create_app(settings, clock=clock), settings, settings.port)
    server.print_listen("Serving on http://{}:{}")
    server.run()


def server_of(application: Flask, settings: Settings, port: int) -> Any:
    """waitress for an application, listening already: `run()` serves, `close()` ends it. Port 0 is
    one that is free."""
    listening: dict[int, Any] = {}
    server = create_server(
        application,
        map=listening,
        host=settings.host,
        port=port,
        threads=THREADS,
        ident="An Sinh",
        max_request_body_size=BODY_BYTES_MAX,
        # What the proxy says of the way here is read by the application (`create_app`).
        clear_untrusted_proxy_headers=not settings.behind_tls,
    )
    for one in listening.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
    return server
