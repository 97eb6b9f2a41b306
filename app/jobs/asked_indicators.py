"""What is handed on of a month's indicators, asked for on a page: the report and the feed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.access.viewer import viewer
from app.indicators.papers import feed, write_feed, write_month
from app.jobs.runtime import Runtime
from app.units.lookup import moment

Tell = Callable[[int, int], None]


def month_report(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The leader's report of a month as PDF. Raises Forbidden for one who may no longer, NotFound
    without an approved list."""
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session, draft.open("wb") as into:
        _require_still(session, runtime, arguments)
        write_month(session, arguments["period"], moment(session, runtime.clock.now()), into)
    draft.replace(out)
    told(1, 1)


def feed_file(runtime: Runtime, arguments: Mapping[str, Any], out: Path, told: Tell) -> None:
    """The feed of a month as it is published: small cells are withheld. Raises Forbidden."""
    draft = out.with_suffix(".part")
    with runtime.database.snapshot() as session:
        _require_still(session, runtime, arguments)
        found = feed(session, arguments["period"], moment(session, runtime.clock.now()))
    with draft.open("wb") as into:
        write_feed(found, arguments["form"], into)
    draft.replace(out)
    told(len(found.rows), len(found.rows))


def _require_still(session: Session, runtime: Runtime, arguments: Mapping[str, Any]) -> None:
    """He who asked still sees the whole province. Raises Forbidden."""
    viewer(session, int(arguments["officer"]), runtime.clock.now()).require_everything()
