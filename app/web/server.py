"""Serving the pages with waitress, on Linux and Windows alike."""

from __future__ import annotations

from waitress import serve as run

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
    application = create_app(settings, clock=clock)
    run(
        application,
        host=settings.host,
        port=settings.port,
        threads=THREADS,
        ident="An Sinh",
        max_request_body_size=BODY_BYTES_MAX,
        # What the proxy says of the way here is read by the application (`create_app`).
        clear_untrusted_proxy_headers=not settings.behind_tls,
    )
