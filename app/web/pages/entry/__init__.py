"""Coming in and going out: the sign-in, and the sessions of an officer."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.entry import enrol, issuer, own, sessions, sign_in

BLUEPRINTS = (sign_in.pages, issuer.pages, enrol.pages, own.pages, sessions.pages)
MENU: tuple[Entry, ...] = ()
