"""The pictures of the main pages in docs/pictures/pages, wide and as a phone shows them:

    python -m tests.browser.pictures sqlite:///var/demo/ansinh.db

The database is one that `ansinh demo` made. Run it again after a page changed, and look at them.
"""

from __future__ import annotations

import secrets
import sys
from io import BytesIO
from pathlib import Path

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser

from app.access.officers import officer_named
from app.access.sessions import open_session
from app.config import Settings
from app.web.application import create_app
from app.web.server import server_of
from app.web.site import EXTENSION
from tests.browser.chromium import HOST, started
from tests.browser.tabs import HEIGHT, NARROW, WIDE
from tests.support.listening import listening

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "pages"
COMMUNE = "01273"
PAGES = {
    "sign-in": ("", "/sign-in"),
    "work": ("maker.SNV04", "/work"),
    "person": (f"maker.{COMMUNE}", "/people/16"),
    "payroll": (f"approver.{COMMUNE}", "/payrolls/114"),
    "funds": ("finance.one", "/funds"),
    "sending": ("finance.one", "/batches/sending"),
    "workbench": ("finance.one", "/recon/1?period=2026-10"),
    "settlements": ("finance.one", "/settlements"),
    "leader": ("checker.SNV04", "/leader"),
    "readiness": ("checker.SNV04", "/leader/ready"),
    "jobs": ("admin.one", "/jobs"),
    "controls": ("admin.one", "/audit/controls"),
    "guide": (f"maker.{COMMUNE}", "/guides/maker"),
}
"""Whose page, and where: the demo's first commune and its list of October."""
TALL_MAX, COLOURS = 1_800, 64


def main(url: str) -> None:
    """Serve the database and take every picture."""
    settings = Settings(database_url=url, host=HOST, training=True)
    application = create_app(settings)
    server = server_of(application, settings, 0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with listening(server) as port, started() as browser:
        for name, (username, path) in PAGES.items():
            for width, ending in ((WIDE, ""), (NARROW, "-360")):
                address = f"http://{HOST}:{port}"
                taken = _taken(browser, application, username, address, path, width)
                kept(taken, FOLDER / f"{name}{ending}.png")


def _taken(
    browser: Browser, application: Flask, username: str, address: str, path: str, width: int
) -> bytes:
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale="vi-VN")
    here, session_id = application.extensions[EXTENSION], secrets.token_urlsafe(32)
    if username:
        with here.database.unit_of_work() as session:
            who = officer_named(session, username)
            open_session(session, who, session_id, here.clock.now(), agent="", address=HOST)
        context.add_cookies([{"name": here.cookie, "value": session_id, "url": address}])
    page = context.new_page()
    answer = page.goto(address + path)
    if answer is None or answer.status != 200:
        raise LookupError(f"{path}: {answer and answer.status}")
    taken = page.screenshot(full_page=True)
    context.close()
    return taken


def kept(taken: bytes, path: Path) -> None:
    """As a page begins, in few colours: a picture in the documents need not be large."""
    with Image.open(BytesIO(taken)) as picture:
        cut = picture.crop((0, 0, picture.width, min(picture.height, TALL_MAX)))
        cut.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
