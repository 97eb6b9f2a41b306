"""Coming in and going out: the sign-in, the sessions of an officer, and two pages for anyone."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages import health, verify
from app.web.pages.entry import enrol, issuer, own, sessions, sign_in

BLUEPRINTS = (sign_in.pages, issuer.pages, enrol.pages, own.pages, sessions.pages,
              health.pages, verify.pages)  # fmt: skip
MENU: tuple[Entry, ...] = ()
