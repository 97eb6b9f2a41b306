"""The browser of the tests: the system's Chromium, headless, that can reach this machine only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install -y chromium (or: .venv/bin/playwright install chromium)"
HOST = "127.0.0.1"
ARGUMENTS = (
    "--no-sandbox",  # it shows pages of ours only, and root may not have one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No name is looked up: whatever is not on this machine cannot be reached.
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
)
PATIENCE_MS = 30_000
"""How long anything may take beside other work; what is right takes a moment."""


@contextmanager
def started() -> Iterator[Browser]:
    """A Chromium with a profile of its own, which goes with it. Raises LookupError where there is
    none, with the line that installs it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_program(playwright), args=ARGUMENTS, timeout=PATIENCE_MS
        )
        yield browser
        browser.close()


def _program(playwright: Playwright) -> str:
    own = playwright.chromium.executable_path
    found = [path for name in NAMES if (path := shutil.which(name))]
    if os.path.exists(own):
        found.append(own)
    if not found:
        raise LookupError(f"The tests of the pages need Chromium. Install it with: {INSTALL}")
    return found[0]
