"""Serving the pages with waitress, on Linux and Windows alike."""

from __future__ import annotations

from waitress import serve as run

from app.config import Settings
from app.web.application import create_app

THREADS = 4


def serve(settings: Settings) -> None:
    """Serve until stopped, on the host and port of the settings. Raises SettingsError."""
    application = create_app(settings)
    run(application, host=settings.host, port=settings.port, threads=THREADS, ident="An Sinh")
