"""Questions about paying units that rooms above ask."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.config import Settings
from app.reference.areas import commune
from app.units.areas import successors
from app.units.tables import contract, installation, paying_unit, programme


def in_force(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The condition on `contract` that it counts on a day."""
    mine = contract.c
    return and_(mine.valid_from <= day, or_(mine.valid_to.is_(None), mine.valid_to >= day))


def payers(session: Session, period: str) -> dict[tuple[str, str], str]:
    """(programme, commune) to the unit that pays for a month: the commune itself, the one it was
    merged into, or the department that pays the programme for the whole province."""
    merged = successors(session, period)
    rows = session.execute(
        select(contract.c.programme, contract.c.unit_code)
        .join(paying_unit, paying_unit.c.code == contract.c.unit_code)
        .where(paying_unit.c.kind == "department")
        .distinct()
    )
    departments = {row.programme: row.unit_code for row in rows}
    communes = session.scalars(
        select(paying_unit.c.code).where(paying_unit.c.kind == "commune")
    ).all()
    return {
        (code, commune): departments.get(code, merged.get(commune, commune))
        for code in session.scalars(select(programme.c.code))
        for commune in {*communes, *merged}
    }


def province_of(session: Session) -> str:
    """The code of the province whose communes pay here; '' where it is none, or not one."""
    codes = session.scalars(select(paying_unit.c.area_code).where(paying_unit.c.kind == "commune"))
    found = {area.province_code for code in codes if (area := commune(code))}
    return found.pop() if len(found) == 1 else ""


def due_days(session: Session) -> dict[int, int]:
    """The day of the month on which each contract pays."""
    rows = session.execute(select(contract.c.id, contract.c.due_day))
    return {row.id: row.due_day for row in rows}


def facts(session: Session) -> dict[str, str]:
    """What this database says of itself, e.g. {'training': '1', 'scenario': ...}."""
    rows = session.execute(select(installation.c.key, installation.c.value))
    return {row.key: row.value for row in rows}


def is_training(session: Session, settings: Settings) -> bool:
    """Whether this is a training installation: by its settings, or by what its database says."""
    return settings.training or facts(session).get("training") == "1"


def moment(session: Session, now: datetime) -> datetime:
    """What time it is for a database: a training one has a clock of its own."""
    known = facts(session)
    told = known.get("clock") if known.get("training") else None
    return datetime.fromisoformat(told) if told else now
