"""What one request stands on: the database, the officer, the month, the language, the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app, render_template, request, url_for
from markupsafe import Markup, escape
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.clock import Clock
from app.config import Settings
from app.db import Database
from app.disbursement.holds import INSTRUCTION, PERSON, standing
from app.errors import NotFound, Unavailable
from app.payroll.tables import payroll
from app.privacy import Keyring
from app.reference.boundaries import Boundaries
from app.reference.money_providers import keeper_name
from app.units.tables import installation
from app.web import catalogue, formats, refusals
from app.web.csrf import token_of
from app.web.menu import Entry, split, told
from app.web.menu import here as here_in
from app.web.visitor import this_flash, this_viewer

EXTENSION = "ansinh"
NUL = "\0"
"""No text of a database may hold it."""
_NOT_IN_A_KEY = re.compile(r"[^a-z0-9]+")
_PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Site:
    """One running service. `home` is the folder of its keys and files, `version` changes with the
    static files, `menu` is what stands in it, `boundaries` those that the province loaded."""

    settings: Settings
    database: Database
    clock: Clock
    keyring: Keyring
    home: Path
    training: bool
    version: str
    menu: tuple[Entry, ...]
    boundaries: Boundaries | None = None

    @property
    def cookie(self) -> str:
        """The name of the session's cookie. Browsers keep the prefix for what TLS brought; without
        it, on this machine or a training one, the cookie cannot ask for that."""
        return "__Host-ansinh" if self.settings.behind_tls else "ansinh"

    @property
    def idle(self) -> timedelta:
        """After how long without a request a session ends."""
        return timedelta(minutes=self.settings.session_minutes)


@dataclass(frozen=True, slots=True)
class Installation:
    """What the database says of itself; `moment` is the clock of a demo, None outside one."""

    training: bool
    scenario: str
    period: str
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """One request: an open view of the database, the month and the language chosen."""

    session: Session
    installation: Installation
    period: str
    language: str
    as_of: datetime
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def officer(self) -> Viewer:
        """Who looks, on a page that is guarded."""
        viewer = this_viewer()
        if viewer is None:
            raise LookupError("a page that is not guarded asked who looks")
        return viewer

    def say(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue in the language of the page."""
        return catalogue.say(self.language, key, **values)

    def link(self, endpoint: str, /, **values: Any) -> str:
        """The address of another page that keeps the language and the month."""
        kept = {"period": self.period if self.period != self.installation.period else None}
        return url_for(endpoint, **{**kept, **values, "lang": self.language_argument})

    def again(self, **changes: Any) -> str:
        """The address of this page with some of its arguments changed (None takes one away)."""
        values = {**(request.view_args or {}), **self.arguments, **changes}
        return url_for(request.endpoint or "overview.index", **values)

    def _badges(self, his: Sequence[Entry]) -> dict[str, str]:
        """What waits behind each entry of the menu, by its words, as its badge tells it."""
        viewer, now = this_viewer(), site().clock.now()
        if viewer is None:
            return {}
        counts = {one.words: one.waits(self.session, viewer, now) for one in his if one.waits}
        return {words: told(count) for words, count in counts.items() if count}

    @property
    def language_argument(self) -> str | None:
        return None if self.language == catalogue.LANGUAGES[0] else self.language

    def render(self, template: str, **values: Any) -> str:
        """The template with the words, the links and the formats of this page."""
        given = {**tools(self.language, self), **told_holds(standing(self.session))}
        given["badges"] = self._badges([*given["menu"], *given["menu_more"]])
        return render_template(template, page=self, **given, **values)


def told_holds(holds: Sequence[Row[Any]]) -> dict[str, Any]:
    """What the banner says of holds: each of the wide ones, and how many are on a single person or
    payment, of which there may be many."""
    wide = [one for one in holds if one.scope not in (PERSON, INSTRUCTION)]
    return {"holds": wide, "single_holds": len(holds) - len(wide)}


def tools(language: str, page: Page | None = None) -> dict[str, Any]:
    """What every template is given."""

    def say(key: str, /, **values: Any) -> str:
        return catalogue.say(language, key, **values)

    def anchor(endpoint: str, /, **values: Any) -> str:
        kept = {"lang": None if language == catalogue.LANGUAGES[0] else language}
        return url_for(endpoint, **{**values, **kept})

    viewer, here = this_viewer(), site()
    first, more = split(here.menu, viewer)
    return {
        "viewer": viewer,
        "menu": first,
        "menu_here": here_in([*first, *more], request.endpoint, request.blueprint),
        "badges": {},
        "menu_more": more,
        "csrf": token_of(request.cookies.get(here.cookie, "")) if viewer else "",
        "flash": this_flash(),
        "training": here.training,
        "t": say,
        "link": page.link if page else anchor,
        "language": language,
        # What the rooms have in Vietnamese and English; a third language reads the English.
        "worded": lambda words: words.vi if language == catalogue.LANGUAGES[0] else words.en,
        "of_rooms": lambda text: _spoken(*refusals.shown(text, language), language),
        "perhaps_of_rooms": lambda text: _spoken(*refusals.told_again(text, language), language),
        "named": lambda name: refusals.shown(name, language)[0] if name else name,
        "bank_name": bank_name,
        "known": lambda key: key in catalogue.entries(),
        "evidence": lambda text: evidence(text, language),
        "slug": lambda text: _NOT_IN_A_KEY.sub("_", text),
        **formats.filters(language),
    }


def evidence(text: str, language: str) -> str:
    """What an event of a batch rests on, `file:506:ACTC`, in words; other text as it is."""
    kind, mark, rest = text.partition(":")
    key = f"evidence.{kind}" if mark else f"evidence.{_NOT_IN_A_KEY.sub('_', text)}"
    if key not in catalogue.entries():
        return text
    return catalogue.say(language, key, rest=rest.rstrip(":"))


def _spoken(text: str, spoken: str, language: str) -> Markup:
    """A text of a room, marked where it came out in another language than the page's."""
    return (
        escape(text)
        if spoken == language
        else Markup('<span lang="{}">{}</span>').format(spoken, text)
    )


def bank_name(bin_code: str) -> str:
    """The short name of a bank or another keeper of accounts; its code when nobody knows it."""
    return keeper_name(bin_code)


def site() -> Site:
    """The running service."""
    found: Site = current_app.extensions[EXTENSION]
    return found


def asked_language() -> str:
    """The language of the request: `lang=en`, else Vietnamese."""
    asked = request.args.get("lang", "")
    return asked if asked in catalogue.LANGUAGES else catalogue.LANGUAGES[0]


def kept_language() -> str | None:
    """The language for the address of a page that an act leads to; None for the first one."""
    language = asked_language()
    return None if language == catalogue.LANGUAGES[0] else language


@contextmanager
def opened(*, as_one: bool = False) -> Iterator[Page]:
    """A view of the database for this request, with `as_one` everything as of one moment.

    Answers 404 for a month that is no month.
    """
    here = site()
    with here.database.snapshot() if as_one else here.database.view() as session:
        said = read_installation(session)
        if said.training != here.training and not here.settings.training:
            # Somebody changed what stands behind the service since it started.
            raise Unavailable("not the database that this service was started on")
        language = asked_language()
        period = request.args.get("period") or said.period
        if not _PERIOD.fullmatch(period):
            raise NotFound(catalogue.say(language, "errors.period"))
        if NUL in request.path:
            raise NotFound(catalogue.say(language, "errors.404.what_to_do"))
        arguments = {
            name: clean for name, value in request.args.items() if (clean := value.replace(NUL, ""))
        }
        as_of = said.moment or here.clock.now()
        yield Page(session, said, period, language, as_of, arguments)


def read_installation(session: Session) -> Installation:
    """What the database says of itself; without a month of its own, the last payroll's."""
    rows = session.execute(select(installation.c.key, installation.c.value))
    said: dict[str, str] = {row.key: row.value for row in rows}
    period = said.get("period") or session.scalar(select(func.max(payroll.c.period)))
    clock = said.get("clock")
    return Installation(
        training=said.get("training") == "1",
        scenario=said.get("scenario", ""),
        period=period or "2026-10",
        moment=datetime.fromisoformat(clock) if clock else None,
    )
