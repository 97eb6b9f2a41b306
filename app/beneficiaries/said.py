"""What the last list said of a destination or payee: a row that says the same is no news."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Table,
    and_,
    case,
    exists,
    or_,
    select,
)

from app.beneficiaries.about_tables import payee
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.tables import destination, person

FROM_LISTS = "import:"


def is_told(known: FromClause) -> ColumnElement[bool]:
    """Whether a known destination is the one that the row tells."""
    row = import_row.c
    return and_(
        known.c.method == row.method,
        or_(row.kind == "", known.c.kind == row.kind),
        # Not the way in: whoever takes cash has none, and each would be compared with all of them.
        known.c.account_key + "" == row.account_key,
        known.c.holder == row.holder,
    )


@cache
def said_before() -> ColumnElement[bool]:
    """Whether the last list that told anything new of the person told the same as the row."""
    said = destination.alias("said")
    found = exists().where(said.c.id == last_said(person.c.id), is_told(said))
    return found.correlate(person, import_row)


def last_said(person_id: Any) -> ScalarSelect[Any]:
    """The destination of a person that a list told last."""
    return _told_last(destination, person_id)


def payee_said(person_id: Any) -> ScalarSelect[Any]:
    """The payee of a person that a list told last."""
    return _told_last(payee, person_id)


def _told_last(versions: Table, person_id: Any) -> ScalarSelect[Any]:
    told = _told(versions)
    return (
        select(told.c.id)
        .where(told.c.person_id == person_id, told.c.source.startswith(FROM_LISTS))
        .order_by(told.c.version.desc())
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )


@cache
def _told(versions: Table) -> FromClause:
    return versions.alias("told")


@cache
def method() -> ColumnElement[str]:
    """How the person takes the money once the row is applied, before and after it is."""
    present = destination.alias("present")
    kept = (
        select(present.c.method)
        .where(present.c.id == person.c.destination_id)
        .correlate(person)
        .scalar_subquery()
    )
    return case((said_before(), kept), else_=import_row.c.method)
