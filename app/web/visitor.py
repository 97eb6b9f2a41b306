"""Who sent this request, as `app.web.access` found out before the page was asked."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import Row

from app.access.viewer import Viewer


def arrived(session: Row[Any] | None, viewer: Viewer | None, flash: str) -> None:
    """Keep for this request whose it is, by which session, and what his next page is to tell."""
    g.ansinh_session, g.ansinh_viewer, g.ansinh_flash = session, viewer, flash


def this_session() -> Row[Any] | None:
    """The session of this request, None for none."""
    found: Row[Any] | None = g.get("ansinh_session")
    return found


def this_viewer() -> Viewer | None:
    """The officer of this request, None for one who is not signed in."""
    found: Viewer | None = g.get("ansinh_viewer")
    return found


def this_flash() -> str:
    """What the last act did, told once."""
    return str(g.get("ansinh_flash", ""))
