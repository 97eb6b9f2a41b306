"""Requests that change something: one unit of work, and a page that says what came of it.

    @pages.post("/payrolls/<key:payroll_id>/submit")
    @guarded("maker")
    def submit(payroll_id: int) -> Answer:
        return acting(lambda act: _submit(act, payroll_id), lambda form: _page(payroll_id, form))

What is refused comes back as the same page with an error summary, and what was typed stays. What is
done leads on (303) to a page that tells it once in a green banner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import redirect, request
from sqlalchemy.orm import Session

from app.access.sessions import put_flash, refresh
from app.access.viewer import Viewer
from app.errors import AnSinhError, Conflict, Forbidden, InputError, Refused, Remembered
from app.privacy import Keyring
from app.web import catalogue
from app.web.arrival import serializable, signed_work
from app.web.csrf import FIELD
from app.web.kept import AGAIN, SECRET
from app.web.refusals import told
from app.web.site import NUL, Site, asked_language, site
from app.web.visitor import this_session, this_viewer

Answer = Any
"""What Flask takes for an answer: a text, a text with its status, a redirect."""
CODE, SEEN = "code", "seen"
_STATUS: tuple[tuple[type[AnSinhError], HTTPStatus], ...] = (
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Refused, HTTPStatus.CONFLICT),
    (Conflict, HTTPStatus.CONFLICT),
)


class Problem(NamedTuple):
    """What is wrong with a field, '' for the whole form, in the words that stand beside it; their
    language where it is not the page's."""

    field: str
    said: str
    language: str = ""


class Faulty(InputError):
    """What a page itself finds wrong with its form, field by field."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(one.said for one in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, for the page that shows it again, with what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """What was typed into a field; never a code, which counts once, or a password."""
        return default if name.startswith(SECRET) else self.values.get(name, default)

    def error(self, name: str) -> str:
        """What is wrong with a field, '' for nothing."""
        return next((one.said for one in self.problems if one.field == name), "")

    def language(self, name: str) -> str:
        """The language of what is wrong with a field, where it is not the page's."""
        return next((one.language for one in self.problems if one.field == name), "")


EMPTY = Form()


def seen(*figures: int) -> str:
    """Figures that a page shows, for its form to bring back."""
    return " ".join(map(str, figures))


@dataclass(frozen=True, slots=True)
class Act:
    """An act of an officer: the unit of work, who he is, what he typed, and when."""

    session: Session
    keyring: Keyring
    officer: Viewer
    values: Mapping[str, str]
    language: str
    now: datetime

    @property
    def code(self) -> str:
        """The one-time code that was typed, without spaces."""
        return "".join(self.values.get(CODE, "").split())

    def get(self, name: str) -> str:
        """What was typed into a field, without spaces around it."""
        return self.values.get(name, "").strip()

    def all(self, name: str) -> list[str]:
        """Every value of a field that may stand more than once, e.g. ticked rows."""
        return request.form.getlist(name)

    def say(self, key: str, /, **values: Any) -> str:
        """A text of the catalogue in the language of the page."""
        return catalogue.say(self.language, key, **values)

    def require(self, **needed: str) -> None:
        """Raise Faulty for fields left empty: each by name, with the key of its words."""
        empty = [Problem(name, self.say(key)) for name, key in needed.items() if not self.get(name)]
        if empty:
            raise Faulty(empty)

    def require_seen(self, *figures: int) -> None:
        """Raise Conflict unless these are the figures that stood on the page, for what the button
        said is what is confirmed; the form carries them in the field `seen`, as `seen` writes."""
        if self.get(SEEN) != seen(*figures):
            raise Conflict(self.say("form.changed"), self.say("form.see_now"))


class Done(NamedTuple):
    """Where an act leads, and what is told there; '' tells nothing. What may be seen once only is
    `shown` at once instead: it stands at no address."""

    address: str
    said: str = ""
    shown: Callable[[], str] | None = None


def acting(
    work: Callable[[Act], Done],
    again: Callable[[Form], str],
    *,
    about: str = "",
    holds_writers: bool = False,
) -> Answer:
    """Do `work` in one unit of work; where the form asks for a code a serializable one, so that it
    may run again.

    `again` shows the form as it was typed; `about` is the field that a refusal belongs to when it
    is not the code's. Work that `holds_writers` back itself is done at READ COMMITTED, once.
    """
    here, values = site(), typed()
    if AGAIN in values:
        # What was typed before a session was over is shown again, and nothing is done.
        return again(Form(values))
    try:
        done = _in_one(here, work, values, holds_writers)
    except (InputError, Forbidden, Refused, Conflict) as error:
        return refused(Form(values), error, again, about)
    if done.shown is not None:
        return done.shown()
    return redirect(done.address, HTTPStatus.SEE_OTHER)


def typed() -> dict[str, str]:
    """The fields of the form, each its first value; no text of a database may hold a NUL."""
    return {name: value.replace(NUL, "") for name, value in request.form.items() if name != FIELD}


def _in_one(
    here: Site, work: Callable[[Act], Done], values: Mapping[str, str], holds_writers: bool
) -> Done:
    viewer, mine = this_viewer(), this_session()
    if viewer is None or mine is None:
        raise LookupError("an act needs an officer: the route is not guarded")

    def once(session: Session) -> Done:
        now = here.clock.now()
        act = Act(session, here.keyring, viewer, values, asked_language(), now)
        done = work(act)
        if act.code:
            refresh(session, mine.id_digest, now)
        if done.said:
            put_flash(session, mine.id_digest, done.said)
        return done

    if holds_writers:
        with signed_work() as session:
            return once(session)
    if any(name.startswith(CODE) for name in values):
        return serializable(once)
    with here.database.unit_of_work() as session:
        return once(session)


def _problems(error: AnSinhError, about: str) -> tuple[Problem, ...]:
    if isinstance(error, Faulty):
        return error.problems
    said, language = told(error, asked_language())
    return (Problem(CODE if isinstance(error, Remembered) else about, said, language),)


def status_of(error: AnSinhError) -> int:
    """The status that answers a refusal."""
    return next(int(status) for kind, status in _STATUS if isinstance(error, kind))


def refused(
    kept: Form, error: AnSinhError, again: Callable[[Form], str], about: str = ""
) -> tuple[str, int]:
    """The form again, with what is wrong with it, and the status to answer."""
    shown = Form(kept.values, _problems(error, about))
    return again(shown), status_of(error)
