"""Serving the pages with waitress, on Linux and Windows alike."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask
from waitress import create_server

from app.clock import Clock
from app.config import Settings
from app.web.application import create_app
from app.web.pages.verify import FILE_BYTES_MAX

THREADS = 4
# A larger body is refused before it is taken in: no page asks for more than a file of a paper.
BODY_BYTES_MAX = FILE_BYTES_MAX + 1_000_000


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
    return create_server(
        application,
        host=settings.host,
        port=port,
        threads=THREADS,
        ident="An Sinh",
        max_request_body_size=BODY_BYTES_MAX,
        # What the proxy says of the way here is read by the application (`create_app`).
        clear_untrusted_proxy_headers=not settings.behind_tls,
    )
