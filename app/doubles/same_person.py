"""One person registered twice under two IDs, found by walking the register in three orders.

In each order people who could be one stand together: those of one birth day (day and month
exchanged too), of one name, of one year and commune. Within such a group only those who share a
first or a last word of the name are compared, which one slip of the pen does not change both of.
So the work grows with the people, not with their square, and memory holds one group at a time.
IDs are opened only for pairs that they can tip.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.doubles.cases import Case, on_list
from app.doubles.cases import case as case_of
from app.doubles.likeness import ALIKE, Traits, id_points, is_year_only, points_without_id
from app.privacy import Keyring

_ROWS = 5_000
_ID_POINTS = 2
_YEAR = func.substr(person.c.birth, 1, 4)
_MONTH, _DAY = func.substr(person.c.birth, 6, 2), func.substr(person.c.birth, 9, 2)
# Day and month without their order, so that exchanged ones stand together.
_LOW = case((_MONTH < _DAY, _MONTH), else_=_DAY)
_HIGH = case((_MONTH < _DAY, _DAY), else_=_MONTH)

Person = Any
"""A row of the walk."""


def same_person(session: Session, keyring: Keyring, period: str) -> Iterator[Case]:
    """Pairs that are alike enough to ask; each once."""
    seen: set[tuple[int, int]] = set()
    for group, only_with_year in _groups(session, period):
        for one, other in _pairs(group, only_with_year):
            pair = (min(one.id, other.id), max(one.id, other.id))
            if pair not in seen and _alike(keyring, one, other):
                seen.add(pair)
                yield _case(one, other, pair)


def _groups(session: Session, period: str) -> Iterator[tuple[list[Person], bool]]:
    """Groups of people to be compared; True where one of a pair must know the year only."""
    is_day = func.length(person.c.birth) > 4
    for group in _walk(session, period, (_YEAR, _LOW, _HIGH), is_day):
        yield group, False
    for group in _walk(session, period, (person.c.search_key, _YEAR)):
        yield group, False
    for group in _walk(session, period, (_YEAR, person.c.area_code)):
        yield group, True


def _walk(
    session: Session,
    period: str,
    order: Sequence[ColumnElement[Any]],
    *where: ColumnElement[bool],
) -> Iterator[list[Person]]:
    """People in that order, as lists of those who agree in all of it; nobody alone."""
    keys = [column.label(f"key_{at}") for at, column in enumerate(order)]
    p = person.c
    query = select(p.id, p.search_key, p.birth, p.sex, p.area_code, p.hamlet, p.phone_key,
                   p.citizen_cipher, p.citizen_key, p.bound_key, *keys)  # fmt: skip
    query = query.where(on_list(period), *where).order_by(*keys)
    rows = session.execute(query, execution_options={"yield_per": _ROWS})
    for _, group in groupby(rows, key=lambda row: row[-len(keys) :]):
        people = list(group)
        if len(people) > 1:
            yield people


def _pairs(group: list[Person], only_with_year: bool) -> Iterator[tuple[Person, Person]]:
    if only_with_year and not any(is_year_only(one.birth) for one in group):
        return
    blocks: defaultdict[str, list[Person]] = defaultdict(list)
    for one in group:
        words = one.search_key.split()
        for word in {*words[:1], *words[-1:]}:
            blocks[word].append(one)
    for block in blocks.values():
        for one, other in combinations(block, 2):
            if not only_with_year or is_year_only(one.birth) or is_year_only(other.birth):
                yield one, other


def _alike(keyring: Keyring, one: Person, other: Person) -> bool:
    points = points_without_id(_traits(one), _traits(other))
    if not points or points + _ID_POINTS < ALIKE:
        return False
    return points >= ALIKE or points + id_points(*_ids(keyring, (one, other))) >= ALIKE


def _ids(keyring: Keyring, both: Iterable[Person]) -> Iterator[str]:
    for one in both:
        yield keyring.decrypt("person.citizen_id", one.bound_key, one.citizen_cipher)


def _traits(one: Person) -> Traits:
    return Traits(one.id, one.search_key, one.birth, one.sex, one.area_code, one.hamlet,
                  one.phone_key)  # fmt: skip


def _case(one: Person, other: Person, pair: tuple[int, int]) -> Case:
    told = sorted((each.id, each.search_key, each.birth, each.citizen_key) for each in (one, other))
    newer = max((one, other), key=lambda each: each.id)
    key = f"{pair[0]},{pair[1]}"
    return case_of("same_person", key, pair, (), str(told), newer.area_code)
