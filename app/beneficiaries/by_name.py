"""Searching people by name: beginnings of words, in the Vietnamese order of names.

What begins so is looked at through the index of beginnings while it is little. When it is much,
people are walked in their order and the first that fit are taken: much is found soon. A walk is
kept to the names that the given name allows, so it does not wander through the whole register.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.text import fold, sort_prefixes

FEW = 3_000
"""People who begin so and are still read one and all."""

# Behind every sign of a sort key, in byte order and in every usual collation.
_LAST = "zzzzzzzz"


class Place(NamedTuple):
    """Where a person stands in the order of names."""

    sort_key: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every person found must fit: area codes (None: any), year of birth ('' any)."""

    areas: Sequence[str] | None = None
    born: str = ""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """One way to read the words: a column, what it begins with, and the given name if known.

    `ends` is the given name, or its beginning, that is asked for besides.
    """

    column: ColumnElement[str]
    begins: str
    given: str = ""
    ends: str = ""


def find_names(
    session: Session, words: str, wanted: Wanted, after: Place | None, limit: int
) -> list[Place]:
    """The first `limit` people behind `after` whose name fits the words, in the order of names."""
    found: set[Place] = set()
    for one in _beginnings(fold(words)):
        found.update(_find(session, one, wanted, after, limit))
    return sorted(found)[:limit]


@contextmanager
def by_index(session: Session) -> Iterator[None]:
    """Let PostgreSQL go by its indexes: it does not know how little is asked for, and would rather
    read a whole table, or all that is in a stretch of it."""
    if _is_sqlite(session):
        yield
        return
    _switch(session, "off")
    yield
    _switch(session, "on")


def _switch(session: Session, to: str) -> None:
    names = ("enable_seqscan", "enable_bitmapscan")
    session.execute(select(*(func.set_config(name, to, True) for name in names)))


def _beginnings(words: str) -> Iterator[_Beginning]:
    """Given name first; as written; as written, with middle names left out."""
    parts = words.split()
    if not parts:
        return
    yield _Beginning(person.c.given_key, words, given=parts[0])
    yield _Beginning(person.c.search_key, words)
    if len(parts) > 1:
        family = " ".join(parts[:-1])
        yield _Beginning(person.c.search_key, f"{family} ", given=parts[-1], ends=parts[-1])


def _find(
    session: Session, one: _Beginning, wanted: Wanted, after: Place | None, limit: int
) -> Iterable[Place]:
    begun = select(person.c.id).where(_begins(session, one.column, one.begins)).limit(FEW + 1)
    if (session.scalar(select(func.count()).select_from(begun.subquery())) or 0) > FEW:
        return _walk(session, one, wanted, after, limit)
    # By an expression: few are sorted, no index of the order is to be walked for them.
    ordered = person.c.sort_key.concat("")
    query = select(person.c.id, person.c.sort_key).where(
        _begins(session, one.column, one.begins), *_conditions(session, one, wanted.born, after)
    )
    if wanted.areas is not None:
        query = query.where(person.c.area_code.concat("").in_(wanted.areas))
    rows = session.execute(query.order_by(ordered, person.c.id).limit(limit))
    return [Place(row.sort_key, row.id) for row in rows]


def _walk(
    session: Session, one: _Beginning, wanted: Wanted, after: Place | None, limit: int
) -> list[Place]:
    """In each stretch of the order that the given name allows, the first that fit."""
    found: list[Place] = []
    for begun in sort_prefixes(one.given) if one.given else [""]:
        if after is not None and begun + _LAST < after.sort_key:
            continue
        for area in wanted.areas if wanted.areas is not None else [None]:
            query = _stretch(session, one, wanted.born, begun, after, area).limit(limit)
            found += [Place(row.sort_key, row.id) for row in session.execute(query)]
        if len(found) >= limit:
            break
    return sorted(found)[:limit]


def _stretch(
    session: Session,
    one: _Beginning,
    born: str,
    begun: str,
    after: Place | None,
    area: str | None,
) -> Select[Any]:
    # An expression, not the column: no index of beginnings may take the place of the order.
    conditions = [_begins(session, one.column.concat(""), one.begins)]
    if begun:
        conditions += [person.c.sort_key >= begun, person.c.sort_key < begun + _LAST]
    if area is not None:
        conditions.append(person.c.area_code == area)
    if after is not None:
        conditions.append(person.c.sort_key >= after.sort_key)
    conditions += _conditions(session, one, born, after)
    query = select(person.c.id, person.c.sort_key).where(*conditions)
    return query.order_by(person.c.sort_key, person.c.id)


def _conditions(
    session: Session, one: _Beginning, born: str, after: Place | None
) -> list[ColumnElement[bool]]:
    """What else must hold, told so that no index is chosen for it."""
    found: list[ColumnElement[bool]] = []
    if one.ends:
        found.append(_begins(session, person.c.given_key.concat(""), one.ends))
    if born:
        found += [person.c.birth.concat("") >= born, person.c.birth.concat("") < f"{born}-99"]
    if after is not None:
        key = person.c.sort_key.concat("")
        same = and_(key == after.sort_key, person.c.id > after.person_id)
        found.append(or_(key > after.sort_key, same))
    return found


def _begins(session: Session, column: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    """A column begins so, byte by byte, whatever the database's order of text is."""
    behind = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    if _is_sqlite(session):
        return and_(column >= beginning, column < behind)
    return and_(column.op("~>=~", is_comparison=True)(beginning),
                column.op("~<~", is_comparison=True)(behind))  # fmt: skip


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
