"""For auditors: the trail, who may do what, the proofs, packs, and what guards the installation."""

from __future__ import annotations

from app.web.menu import Entry
from app.web.pages.auditing import controls, packs, proving, rights, trail

BLUEPRINTS = (trail.pages, rights.pages, proving.pages, packs.pages, controls.pages)
MENU = (
    Entry("trail.index", "audit", ("auditor",), 7),
    Entry("rights.index", "rights", ("admin",), 90),
)
