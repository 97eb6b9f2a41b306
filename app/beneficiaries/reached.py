"""Whom a message may reach: a number that somebody vouches for, alive, and not wished away.

A number that only stands in a commune's list is nobody's word: it may be the hamlet head's. One
that a gateway called non-existent waits in the hygiene list until it is changed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.history_tables import field_source
from app.beneficiaries.tables import person
from app.messaging.states import NO_SUCH_NUMBER
from app.messaging.tables import message
from app.messaging.wishes import NO_AMOUNTS, NO_MESSAGES, wishes

VERIFIED = ("officer", "person")
"""Who vouches for a phone number: an officer who changed it on a ground he named, or the person."""


def is_verified() -> ColumnElement[bool]:
    """Whether somebody vouches for the phone of a `person` row."""
    return and_(
        person.c.phone_key != "",
        exists().where(
            field_source.c.person_id == person.c.id,
            field_source.c.field == "phone",
            field_source.c.source.in_(VERIFIED),
        ),
    )


def may_be_answered() -> ColumnElement[bool]:
    """Whether a `person` row may be sent what the person asked for just now."""
    return and_(is_verified(), lives(), ~_is_nowhere())


def is_reached() -> ColumnElement[bool]:
    """Whether a `person` row may be sent messages that nobody asked for."""
    return and_(
        is_verified(),
        lives(),
        func.coalesce(wishes(person.c.id, NO_MESSAGES), 0) == 0,
        ~_is_nowhere(),
    )


PEOPLE_OF_A_NUMBER = 10


def people_at(session: Session, phone_key: str) -> list[Row[Any]]:
    """(id, name, citizen_tail, bound_key, phone_cipher, hides_amounts, wants_none) of the people
    whose number this is and somebody vouches for it, by id; the first ten."""
    columns = (person.c.id, person.c.name, person.c.citizen_tail, person.c.bound_key)
    query = select(
        *columns,
        person.c.phone_cipher,
        wishes(person.c.id, NO_AMOUNTS).label("hides_amounts"),
        wishes(person.c.id, NO_MESSAGES).label("wants_none"),
    ).where(person.c.phone_key == phone_key, may_be_answered())
    return list(session.execute(query.order_by(person.c.id).limit(PEOPLE_OF_A_NUMBER)))


def _is_nowhere() -> ColumnElement[bool]:
    """Whether a gateway called the number of a `person` row non-existent."""
    return exists().where(
        message.c.phone_key == person.c.phone_key, message.c.reason == NO_SUCH_NUMBER
    )


def lives() -> ColumnElement[bool]:
    """Whether a `person` row is somebody who may be told anything: alive, not merged or erased."""
    gone = (person.c.died_on, person.c.erased_at, person.c.merged_into_id)
    return and_(*(one.is_(None) for one in gone))


def unreachable(session: Session, after: int = 0, most: int = 100) -> list[Row[Any]]:
    """The hygiene list: people whose number a gateway called non-existent, to be asked for theirs;
    (id, area_code, phone_tail), by id."""
    query = select(person.c.id, person.c.area_code, person.c.phone_tail)
    chosen = query.where(person.c.id > after, *_to_be_asked())
    return list(session.execute(chosen.order_by(person.c.id).limit(most)))


def unreachable_in(session: Session, area: str, most: int, after: int = 0) -> list[Row[Any]]:
    """Those of a commune in the order of Vietnamese names: (id, name, hamlet, area_code,
    phone_tail)."""
    of = person.c
    query = select(of.id, of.name, of.hamlet, of.area_code, of.phone_tail)
    chosen = query.where(of.area_code == area, *_to_be_asked()).order_by(of.sort_key, of.id)
    return list(session.execute(chosen.limit(most).offset(after)))


def how_many_unreachable(session: Session, areas: Collection[str]) -> int:
    """How many of these communes are on the hygiene list."""
    query = select(func.count()).select_from(person)
    return session.scalar(query.where(person.c.area_code.in_(areas), *_to_be_asked())) or 0


def _to_be_asked() -> tuple[ColumnElement[bool], ...]:
    return person.c.phone_key != "", _is_nowhere(), lives()
