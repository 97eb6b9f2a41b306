"""Where a list says the money goes: a change is a new version, and comes first in the order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.beneficiaries.about_tables import destination_order
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.tables import destination, person
from app.beneficiaries.told import Act, of_list

FROM_LISTS = "import:"


def take_destinations(session: Session, act: Act) -> None:
    """A destination that differs from the present one becomes its next version.

    What the last list said already is no news: a list that was filled in before an officer or a
    bank changed the destination does not set it back.
    """
    row, present = import_row.c, destination.alias("present")
    same = and_(present.c.id == person.c.destination_id, _is_told(present))
    versions = destination.alias("versions")
    latest = (
        select(func.coalesce(func.max(versions.c.version), 0))
        .where(versions.c.person_id == person.c.id)
        .scalar_subquery()
    )
    copied = ("method", "bank_bin", "account_key", "account_cipher", "account_tail", "holder")
    usual = case((row.method == "account", "bank"), else_="post")
    fresh = (
        select(
            person.c.id,
            latest + 1,
            *(row[name] for name in copied),
            case((row.kind != "", row.kind), else_=usual),
            literal(act.source),
            act.moment,
        )
        .join(person, person.c.citizen_key == row.citizen_key)
        .outerjoin(present, same)
        .where(of_list(act), row.event != "move_out")
        .where(present.c.id.is_(None), ~_said_before())
        .order_by(row.row_number)
    )
    columns = ["person_id", "version", *copied, "kind", "source", "recorded_at"]
    session.execute(insert(destination).from_select(columns, fresh, include_defaults=False))
    # Only who got a new one: an officer may have put an older version first.
    mine = (destination.c.source == act.source, destination.c.recorded_at == act.now)
    point_to_latest(session, select(destination.c.person_id).where(*mine))
    _put_first(session, mine)


def _is_told(known: FromClause) -> ColumnElement[bool]:
    """Whether a known destination is the one that the row tells."""
    row = import_row.c
    return and_(
        known.c.method == row.method,
        or_(row.kind == "", known.c.kind == row.kind),
        known.c.account_key == row.account_key,
        known.c.holder == row.holder,
    )


def _said_before() -> ColumnElement[bool]:
    """Whether the last list that told anything new of the person told the same as the row."""
    said = destination.alias("said")
    return exists().where(said.c.id == last_said(person.c.id), _is_told(said))


def last_said(person_id: Any) -> ScalarSelect[Any]:
    """The destination of a person that a list told last."""
    told = destination.alias("told")
    return (
        select(told.c.id)
        .where(told.c.person_id == person_id, told.c.source.startswith(FROM_LISTS))
        .order_by(told.c.version.desc())
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )


def point_to_latest(session: Session, people: Any) -> None:
    """Let each of these people point to the latest version of the destination."""
    newest = destination.alias("newest")
    latest = (
        select(newest.c.id)
        .where(newest.c.person_id == person.c.id)
        .order_by(newest.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    session.execute(update(person).where(person.c.id.in_(people)).values(destination_id=latest))


def _put_first(session: Session, new: tuple[ColumnElement[bool], ...]) -> None:
    """Of people with an order of destinations, the new one comes first and the others after it."""
    order = destination_order.alias("present")
    last = (
        select(order.c.person_id, func.max(order.c.version).label("version"))
        .where(order.c.person_id.in_(select(destination.c.person_id).where(*new)))
        .group_by(order.c.person_id)
        .subquery()
    )
    first = (
        select(last.c.person_id, last.c.version + 1, literal(1), destination.c.id)
        .join(last, last.c.person_id == destination.c.person_id)
        .where(*new)
    )
    same = and_(order.c.person_id == last.c.person_id, order.c.version == last.c.version)
    others = select(
        last.c.person_id, last.c.version + 1, order.c.rank + 1, order.c.destination_id
    ).join(order, same)
    columns = ["person_id", "version", "rank", "destination_id"]
    both = union_all(first, others)
    session.execute(insert(destination_order).from_select(columns, both, include_defaults=False))
