"""A tiny province served on loopback, and the windows of its officers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Thread
from typing import Any

from flask import Flask
from playwright.sync_api import Browser

from app.access.officers import officer_named
from app.access.sessions import open_session
from app.config import Settings
from app.web.application import create_app
from app.web.server import server_of
from app.web.site import EXTENSION
from tests.browser.chromium import HOST, PATIENCE_MS
from tests.browser.window import Window
from tests.factories import House

WIDE, NARROW = 1280, 360
HEIGHT = 800


@dataclass
class Site:
    """A house with its server; every window that was opened is looked at when it ends."""

    house: House
    application: Flask
    address: str
    browser: Browser
    windows: list[Window] = field(default_factory=list)

    def visitor(self, *, script: bool = True, width: int = WIDE, **options: Any) -> Window:
        """A window in which nobody is signed in, with no cookie and nothing kept."""
        context = self.browser.new_context(
            base_url=self.address,
            java_script_enabled=script,
            viewport={"width": width, "height": HEIGHT},
            locale="vi-VN",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.windows.append(Window(context, self.house, self.address, script))
        return self.windows[-1]

    def officer(self, username: str, *, script: bool = True, width: int = WIDE) -> Window:
        """A window in which an officer signed in just now; no password is asked of him."""
        here, session_id = self.application.extensions[EXTENSION], secrets.token_urlsafe(32)
        with here.database.unit_of_work() as session:
            who, now = officer_named(session, username), self.house.clock.now()
            open_session(session, who, session_id, now, agent="test", address=HOST)
        window = self.visitor(script=script, width=width)
        cookie = {"name": here.cookie, "value": session_id, "url": self.address, "httpOnly": True}
        window.context.add_cookies([cookie])  # type: ignore[list-item]
        return window

    def close(self) -> list[str]:
        """Close every window; gives what went wrong in them and was not expected."""
        for one in self.windows:
            one.context.close()
        return [fault for one in self.windows for fault in one.faults]


@contextmanager
def served(house: House, browser: Browser) -> Iterator[Site]:
    """The service as `ansinh serve` runs it, at the house's clock; its files lie in the house's
    folder. Nothing may have gone wrong in a window when this ends."""
    url = house.database.url.render_as_string(hide_password=False)
    settings = Settings(database_url=url, host=HOST)
    application = create_app(settings, keyring=house.keyring, clock=house.clock)
    here = application.extensions[EXTENSION]
    application.extensions[EXTENSION] = replace(here, home=house.home)
    server = server_of(application, settings, 0)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    site = Site(house, application, f"http://{HOST}:{server.effective_port}", browser)
    try:
        yield site
        faults = site.close()
    finally:
        site.close()
        server.task_dispatcher.shutdown()
        server.close()
        thread.join(PATIENCE_MS / 1000)
        here.database.close()
    assert faults == []
