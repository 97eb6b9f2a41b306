"""Holds that stand or ended, with the names of who ended them.

Those on a person or a payment are told where these are: their reasons speak of somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Row, Select, select
from sqlalchemy.orm import Session

from app.access.tables import officer
from app.access.viewer import Viewer
from app.beneficiaries.tables import person
from app.disbursement.holds import INSTRUCTION, PERSON
from app.disbursement.tables import batch, hold, instruction
from app.units.tables import contract
from ledger.bulk import chunks

SHOWN = 25


def seen_by(session: Session, viewer: Viewer, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Those of these holds that are the officer's to see."""
    if viewer.areas is None:
        return list(rows)
    people = select(person.c.id).where(viewer.within_areas(person.c.area_code))
    payments = (
        select(instruction.c.id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(viewer.within_units(contract.c.unit_code))
    )
    mine = {
        PERSON: _among(session, people, person.c.id, _keys(rows, PERSON)),
        INSTRUCTION: _among(session, payments, instruction.c.id, _keys(rows, INSTRUCTION)),
    }
    return [one for one in rows if one.scope not in mine or int(one.key) in mine[one.scope]]


def _keys(rows: Iterable[Row[Any]], scope: str) -> list[int]:
    return [int(one.key) for one in rows if one.scope == scope]


def _among(
    session: Session, query: Select[Any], column: Column[int], ids: Iterable[int]
) -> set[int]:
    return {
        found for some in chunks(ids) for found in session.scalars(query.where(column.in_(some)))
    }


def cleared(session: Session) -> list[Row[Any]]:
    """The last holds that two officers ended, the newest first."""
    query = _named().where(hold.c.cleared_at.is_not(None))
    return list(session.execute(query.order_by(hold.c.cleared_at.desc()).limit(SHOWN)))


def one(session: Session, hold_id: int) -> Row[Any] | None:
    """A hold, ended or not; None where there is none."""
    return session.execute(_named().where(hold.c.id == hold_id)).one_or_none()


def _named() -> Select[Any]:
    first, second = officer.alias("first"), officer.alias("second")
    return (
        select(hold, first.c.name.label("first_name"), second.c.name.label("second_name"))
        .outerjoin(first, first.c.id == hold.c.cleared_by)
        .outerjoin(second, second.c.id == hold.c.cleared_too_by)
    )
