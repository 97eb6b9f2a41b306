"""People who still take cash, page by page, as officers work through them, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import person
from app.cashless.asking import is_asked
from app.cashless.people import is_paid, takes_cash


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose people: of these communes, None for all; on cash for this reason, '' for those whom
    nobody asked yet, None for any."""

    areas: Collection[str] | None
    reason: str | None = None


def on_cash(
    session: Session, wanted: Wanted, today: date, *, limit: int, skip: int = 0
) -> list[Row[Any]]:
    """People on cash by commune and name: id, name, tail of the ID, birth, area_code, hamlet,
    still_cash, and whether a bank was asked for an account of theirs and has not answered."""
    query = _people(wanted, today).add_columns(is_asked().label("is_asked"))
    query = query.order_by(person.c.area_code, person.c.sort_key, person.c.id)
    return list(session.execute(query.limit(limit).offset(skip)))


def how_many(session: Session, wanted: Wanted, today: date) -> int:
    """How many people `on_cash` would give without a limit."""
    query = select(func.count()).select_from(_people(wanted, today).subquery())
    return session.scalar(query) or 0


def _people(wanted: Wanted, today: date) -> Select[Any]:
    columns = ("id", "name", "citizen_tail", "birth", "area_code", "hamlet", "still_cash")
    query = select(*(person.c[name] for name in columns))
    return query.where(is_paid(today), takes_cash(), *_conditions(wanted))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.areas is not None:
        found.append(person.c.area_code.in_(sorted(wanted.areas)))
    if wanted.reason is not None:
        found.append(person.c.still_cash == wanted.reason)
    return found
