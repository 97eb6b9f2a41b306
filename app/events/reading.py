"""Proposals as people read them: masked as every list is, never changed here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.beneficiaries.by_decision import PAUSED
from app.beneficiaries.tables import enrolment, person
from app.benefits.groups import public_name
from app.errors import NotFound
from app.events.states import PROPOSED
from app.events.tables import life_event, life_event_decision, transfer
from app.months import in_words
from ledger.money import format_number

ACTIVE, STOPPED = "active", "stopped"


@dataclass(frozen=True, slots=True)
class Told:
    """A proposal: who, what, and in words what is proposed. No group's exact name or code."""

    id: int
    person_id: int
    name: str
    area_code: str
    kind: str
    period: str
    state: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Said:
    """A decision upon a proposal; `side` is 'from' or 'to' of a move."""

    side: str
    officer_id: int
    verdict: str
    number: str
    reason: str
    known_period: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """An entitlement by its public name, its months, and 'active', 'paused' or 'stopped'."""

    name: str
    area_code: str
    start: str
    stop: str | None
    state: str


def listed(
    session: Session,
    *,
    kind: str = "",
    area: str = "",
    state: str = PROPOSED,
    limit: int = 0,
    skip: int = 0,
    areas: Collection[str] | None = None,
) -> list[Told]:
    """Proposals in a state ('' for any), by commune and name; a move stands in both communes.
    `areas` are the communes that may be seen, None for all."""
    order = (person.c.area_code, person.c.sort_key, life_event.c.id)
    ids = _around(select(life_event.c.id)).where(*_wanted(kind, area, state, areas))
    ids = ids.order_by(*order).offset(skip)
    # Sorted by their numbers alone; the whole row only of those that are told.
    chosen = (ids.limit(limit) if limit else ids).subquery("chosen")
    query = _query().where(life_event.c.id.in_(select(chosen.c.id))).order_by(*order)
    return [_told(row) for row in session.execute(query)]


def how_many(
    session: Session,
    *,
    kind: str = "",
    area: str = "",
    state: str = PROPOSED,
    areas: Collection[str] | None = None,
) -> int:
    """How many proposals `listed` would tell of without a limit."""
    query = select(func.count(life_event.c.id)).where(*_wanted(kind, area, state, areas))
    if area or areas is not None:
        query = _around(query)  # where it stands is not asked of all proposals there are
    return session.scalar(query) or 0


def open_ones(areas: Collection[str] | None) -> Select[Any]:
    """The numbers of the proposals that wait in these communes, None for all."""
    return _query().where(*_wanted("", "", PROPOSED, areas)).with_only_columns(life_event.c.id)


def _wanted(
    kind: str, area: str, state: str, areas: Collection[str] | None
) -> list[ColumnElement[bool]]:
    found = []
    if state:
        found.append(life_event.c.state == state)
    if kind:
        found.append(life_event.c.kind == kind)
    if area:
        found.append(_in((area,)))
    if areas is not None:
        found.append(_in(sorted(areas)))
    return found


def _in(areas: Collection[str]) -> ColumnElement[bool]:
    """Whether a proposal stands in one of these communes."""
    places = (person.c.area_code, transfer.c.from_area, transfer.c.to_area)
    return or_(*(place.in_(areas) for place in places))


def is_seen_in(session: Session, event_id: int, areas: Collection[str] | None) -> bool:
    """Whether a proposal stands in one of these communes, None for all."""
    if areas is None:
        return True
    query = _query().where(life_event.c.id == event_id, _in(sorted(areas)))
    return session.execute(query).first() is not None


def shown(session: Session, event_id: int) -> tuple[Told, Sequence[Said]]:
    """One proposal and what officers decided upon it. Raises NotFound."""
    row = session.execute(_query().where(life_event.c.id == event_id)).one_or_none()
    if row is None:
        raise NotFound(f"Không có đề xuất số {event_id}.", "Xem `ansinh events list`.")
    d = life_event_decision.c
    decisions = session.execute(
        select(life_event_decision).where(d.event_id == event_id).order_by(d.decided_at)
    )
    return _told(row), [_said(one) for one in decisions]


def lines_of(session: Session, person_id: int, period: str) -> list[Line]:
    """A person's lines with their state in that month, in the order they began."""
    mine = enrolment.c
    rows = session.execute(
        select(enrolment).where(mine.person_id == person_id).order_by(mine.start_period, mine.id)
    )
    return [
        Line(
            public_name(row.group_code),
            row.area_code,
            row.start_period,
            row.stop_period,
            state_of(row.stop_period, row.stop_cause, period),
        )
        for row in rows
    ]


def state_of(stop_period: str | None, stop_cause: str, period: str) -> str:
    """What an entitlement is in a month: 'active', 'paused' or 'stopped'."""
    if stop_period is None or stop_period >= period:
        return ACTIVE
    return PAUSED if stop_cause == PAUSED else STOPPED


def _query() -> Select[Any]:
    return _around(select(life_event, person.c.name, person.c.area_code))


def _around(query: Select[Any]) -> Select[Any]:
    """The query over proposals with the person, and the communes of a move."""
    return (
        query.select_from(life_event)
        .join(person, person.c.id == life_event.c.person_id)
        .outerjoin(transfer, transfer.c.event_id == life_event.c.id)
    )


def _told(row: Any) -> Told:
    return Told(
        row.id,
        row.person_id,
        row.name,
        row.area_code,
        row.kind,
        row.happened_period,
        row.state,
        f"{row.facts}{_lines(row)}",
        row.source,
    )


def _lines(row: Any) -> str:
    """The line that ends and the one that begins. Neither group nor amount of social assistance
    is told: an amount alone could tell of a person's health."""
    told = ""
    if row.stop_period is not None:
        told += f" Mức cũ: hết tháng {in_words(row.stop_period)}."
    if row.group_code:
        amount = f", {format_number(row.amount)} đồng" if row.programme == "pension" else ""
        begins, name = in_words(row.from_period), public_name(row.group_code).lower()
        told += f" Mức mới từ tháng {begins}: {name}{amount}."
    return told


def _said(row: Any) -> Said:
    return Said(
        row.side,
        row.officer_id,
        row.verdict,
        row.decision_number,
        row.reason,
        row.known_period,
        row.decided_at,
    )
