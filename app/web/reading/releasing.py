"""Batches that wait for a release, and what two officers are about to release."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.disbursement.day_limits import refuse_full_days
from app.disbursement.releasable import Judged, built, judged
from app.disbursement.states import BUILT
from app.disbursement.tables import batch
from app.errors import Refused
from app.payroll.hours import require_open
from app.payroll.tables import payroll
from app.units.tables import contract
from app.web.reading.batches import joined, named

_FILTERS: Mapping[str, ColumnElement[Any]] = {
    "programme": payroll.c.programme,
    "provider": contract.c.provider,
    "unit": contract.c.unit_code,
}


class Total(NamedTuple):
    """How many batches, their instructions and VND."""

    batches: int
    lines: int
    total: int


class DryRun(NamedTuple):
    """What would be released, what not and why; `closed` keeps all of it back."""

    can: list[Judged]
    cannot: list[Judged]
    closed: list[Refused]
    total: Total


def conditions(arguments: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """Batches that are built, narrowed by the filters of the form."""
    mine = [column == arguments[name] for name, column in _FILTERS.items() if arguments.get(name)]
    return [batch.c.state == BUILT, *mine]


def totals(session: Session, where: Sequence[ColumnElement[bool]]) -> Total:
    """Count and sums of the list."""
    query = select(func.count(), func.coalesce(func.sum(batch.c.lines), 0),
                   func.coalesce(func.sum(batch.c.total), 0))  # fmt: skip
    row = session.execute(joined(query).where(*where)).one()
    return Total(*map(int, row))


def listed(
    session: Session, where: Sequence[ColumnElement[bool]], size: int, offset: int
) -> list[Row[Any]]:
    """One page of them with the names around each, the next to be paid first."""
    query = joined(named()).where(*where).order_by(batch.c.requested_on, batch.c.id)
    return list(session.execute(query.limit(size).offset(offset)))


def numbers(session: Session, where: Sequence[ColumnElement[bool]], most: int) -> list[int]:
    """The numbers of all of them, at most so many."""
    query = joined(select(batch.c.id)).where(*where).order_by(batch.c.id)
    return list(session.scalars(query.limit(most)))


def within(session: Session, ids: Sequence[int], mine: ColumnElement[bool]) -> list[int]:
    """Those of these batches that are an officer's to see."""
    query = joined(select(batch.c.id)).where(batch.c.id.in_(ids), mine)
    return sorted(session.scalars(query))


def dry_run(session: Session, ids: Sequence[int], now: datetime) -> DryRun:
    """What a release of these batches would do now."""
    rows = session.execute(built(ids)).all()
    found = list(judged(session, rows, now))
    can = [one for one in found if one.why is None]
    asks: tuple[Callable[[], None], ...] = (
        lambda: require_open(session, now),
        lambda: refuse_full_days(session, [one.batch for one in can]),
    )
    closed = [error for ask in asks if (error := _refusal(ask)) is not None]
    return DryRun(
        can,
        [one for one in found if one.why is not None],
        closed,
        Total(len(can), sum(one.batch.lines for one in can), sum(one.batch.total for one in can)),
    )


def _refusal(ask: Callable[[], None]) -> Refused | None:
    """What a question to the rules refuses, None when it does not."""
    try:
        ask()
    except Refused as error:
        return error
    return None
