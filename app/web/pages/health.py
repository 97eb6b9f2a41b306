"""Is the service well: for people as a page, for machines as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from app.web.access import public
from app.web.reading import health as reading
from app.web.site import opened, site

pages = Blueprint("health", __name__)


@pages.get("/health")
@public
def index() -> str:
    """The database, the jobs, the batches and files that wait, in words."""
    with opened() as page:
        runs = reading.runs(page.session)
        return page.render(
            "pages/health.html",
            facts=reading.facts(page.session, runs),
            runs=runs,
            database=site().database,
        )


@pages.get("/healthz")
@public
def machine() -> Response:
    """The same for a watchdog: 200 and `{"ok": true, ...}` while the database answers."""
    with opened() as page:
        facts = reading.facts(page.session, reading.runs(page.session))
        return jsonify(ok=True, database=site().database.engine.dialect.name, **facts)
