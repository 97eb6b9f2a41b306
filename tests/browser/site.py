"""A tiny province served on loopback, and the windows of its officers."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from flask import Flask

from app.access.officers import officer_named
from app.access.sessions import open_session
from app.config import Settings
from app.web.server import server_of
from app.web.site import EXTENSION
from tests.app.web.serving import serve
from tests.browser.chromium import HOST
from tests.browser.tabs import NARROW as NARROW
from tests.browser.tabs import WIDE, Tabs
from tests.browser.window import Window
from tests.factories import House
from tests.support.listening import listening


@dataclass
class Site:
    """A house with its server; every window that was opened is looked at when it ends."""

    house: House
    application: Flask
    address: str
    tabs: Tabs
    windows: list[Window] = field(default_factory=list)

    def visitor(self, *, script: bool = True, width: int = WIDE) -> Window:
        """A window in which nobody is signed in, with no cookie."""
        page = self.tabs.taken(script=script, width=width)
        self.windows.append(Window(page, self.house, self.address, script))
        return self.windows[-1]

    def officer(self, username: str, *, script: bool = True, width: int = WIDE) -> Window:
        """A window in which an officer signed in just now; no password is asked of him."""
        here, session_id = self.application.extensions[EXTENSION], secrets.token_urlsafe(32)
        with here.database.unit_of_work() as session:
            who, now = officer_named(session, username), self.house.clock.now()
            open_session(session, who, session_id, now, agent="test", address=HOST)
        window = self.visitor(script=script, width=width)
        cookie = {"name": here.cookie, "value": session_id, "url": self.address, "httpOnly": True}
        window.page.context.add_cookies([cookie])  # type: ignore[list-item]
        return window

    def close(self) -> list[str]:
        """Leave every window; gives what went wrong in them and was not expected."""
        left, self.windows = self.windows, []
        for one in left:
            one.leave()
            self.tabs.given_back(one.page, script=one.script)
        return [fault for one in left for fault in one.faults]


@contextmanager
def served(house: House, tabs: Tabs) -> Iterator[Site]:
    """The service as `ansinh serve` runs it, at the house's clock; its files lie in the house's
    folder. Nothing may have gone wrong in a window when this ends."""
    application = serve(house)
    server = server_of(application, Settings(host=HOST), 0)
    with closing(application.extensions[EXTENSION].database), listening(server) as port:
        site = Site(house, application, f"http://{HOST}:{port}", tabs)
        try:
            yield site
        finally:
            faults = site.close()
    assert faults == []
