"""The trail as its pages show it: lines by filter, who did what, what was and what is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.access.together import AND, stands_as
from app.audit.reading import Asked, line, lines
from app.audit.words import dictionary
from app.clock import TIME_ZONE
from app.web.paging import SIZE
from app.web.typed import is_number, read_day

_PAGES = {"payroll": "payrolls.show", "batch": "batches.show", "person": "people.show"}
_NAMES = {"payrolls.show": "payroll_id", "batches.show": "batch_id", "people.show": "person_id"}


class Line(NamedTuple):
    """A line of the trail: its row, who did it as names, and what it is in words."""

    row: Row[Any]
    who: str
    words: str


class Filter(NamedTuple):
    """What was asked for, as typed; `wrong` names the days that are none."""

    asked: Asked
    wrong: tuple[str, ...]
    unknown: bool
    before: int


def filtered(session: Session, arguments: dict[str, str]) -> Filter:
    """The filter of the query string: `officer`, `object`, `kind`, `from`, `to`, `before`."""
    told = {name: value.strip() for name, value in arguments.items()}
    username = told.get("officer", "")
    number = session.scalar(select(officer.c.id).where(officer.c.username == username))
    actors: Sequence[str] = () if not username else (username,)
    if number is not None:
        actors = stands_as(session, int(number), username)
    days = {name: read_day(told[name]) for name in ("from", "to") if told.get(name)}
    since, until = (_midnight(days.get(name), later) for name, later in (("from", 0), ("to", 1)))
    kind = told.get("kind", "")
    asked = Asked((kind,) if kind in dictionary() else (), "", actors, told.get("object", ""),
                  since, until)  # fmt: skip
    before = told.get("before", "")
    wrong = tuple(name for name, day in days.items() if day is None)
    unknown = bool(username) and number is None
    return Filter(asked, wrong, unknown, int(before) if is_number(before) else 0)


def _midnight(day: Any, later: int) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=later), time(), TIME_ZONE)


def page_of(session: Session, chosen: Filter) -> tuple[list[Line], int]:
    """The lines of one page, and before which one the next page begins; 0 for no further one."""
    rows = lines(session, chosen.asked, SIZE + 1, chosen.before)
    names = names_of(session)
    shown = [_line(row, names) for row in rows[:SIZE]]
    return shown, rows[SIZE - 1].id if len(rows) > SIZE else 0


def one_of(session: Session, number: int) -> Line | None:
    """One line, None where there is none."""
    row = line(session, number)
    return None if row is None else _line(row, names_of(session))


def newest(session: Session, action: str, limit: int = SIZE) -> list[Line]:
    """The newest lines of one kind."""
    rows = lines(session, Asked((action,)), limit)
    names = names_of(session)
    return [_line(row, names) for row in rows]


def names_of(session: Session) -> dict[str, str]:
    """User names by the number under which some lines name their officer."""
    rows = session.execute(select(officer.c.id, officer.c.username))
    return {str(row.id): row.username for row in rows}


def changes(row: Row[Any]) -> list[tuple[str, Any, Any]]:
    """(field, before, after) of what a line says was changed."""
    before, after = (json.loads(text) if text else {} for text in (row.before, row.after))
    return [(name, before.get(name), after.get(name)) for name in sorted(before | after)]


def proofs_in(row: Row[Any]) -> list[dict[str, Any]]:
    """The proofs of a run, each with `name`, `ok` and `figures`."""
    found: list[dict[str, Any]] = json.loads(row.after).get("proofs", []) if row.after else []
    return found


def place_of(thing: str) -> tuple[str, dict[str, int]] | None:
    """The page of what a line is about, as endpoint and arguments; None where there is none."""
    kind, _, number = thing.partition(":")
    endpoint = _PAGES.get(kind, "")
    return (endpoint, {_NAMES[endpoint]: int(number)}) if endpoint and is_number(number) else None


def _line(row: Row[Any], names: dict[str, str]) -> Line:
    actors = row.actor.replace(",", AND).split(AND)
    who = AND.join(names.get(one.strip(), one) for one in actors)
    # A line of a version that had another dictionary still shows.
    return Line(row, who, dictionary().get(row.action, row.action))
