"""Payrolls that wait for an act of one officer, with what changed since the month before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.payroll.reminders import due_to
from app.payroll.tables import bridge, payroll
from app.units.tables import paying_unit, programme
from app.web.paging import Order, Paging
from ledger.schema import whole_sum

_BEFORE = bridge.alias("before")
_CHANGE = payroll.c.total - _BEFORE.c.amount
# In thousandths, to the nearest below; nothing where there was no list the month before.
_RISE = case((_BEFORE.c.amount > 0, _CHANGE * 1000 / _BEFORE.c.amount))
CHANGES = (5, 10, 20)
"""Per cent by which a list may differ from the month before, to be found by."""
COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "unit": paying_unit.c.sort_key,
    "programme": payroll.c.programme,
    "lines": payroll.c.lines,
    "total": payroll.c.total,
    "change": func.coalesce(_RISE, 1_000_000),
}
_FILTERS = {"period": payroll.c.period, "programme": payroll.c.programme, "kind": payroll.c.kind}


def conditions(
    whose: Viewer, duty: str, now: datetime, arguments: Mapping[str, str]
) -> list[ColumnElement[bool]]:
    """What waits for this duty of an officer, narrowed by the filters of the form."""
    found: list[ColumnElement[bool]] = [payroll.c.id.in_(due_to(whose.officer_id, duty, now))]
    found += [column == arguments[name] for name, column in _FILTERS.items() if name in arguments]
    asked = arguments.get("change", "")
    if asked in map(str, CHANGES):
        passed = func.abs(_CHANGE) * 100 > int(asked) * _BEFORE.c.amount
        found.append(or_(_BEFORE.c.amount.is_(None), passed))
    return found


def totals(session: Session, where: Sequence[ColumnElement[bool]]) -> Row[Any]:
    """(payrolls, lines, total) of what fits."""
    lines = func.coalesce(whole_sum(payroll.c.lines), 0).label("lines")
    total = func.coalesce(whole_sum(payroll.c.total), 0).label("total")
    query = select(func.count().label("payrolls"), lines, total)
    return session.execute(_joined(query).where(*where)).one()


def ids(session: Session, where: Sequence[ColumnElement[bool]], most: int) -> list[int]:
    """The numbers of what fits, at most so many."""
    query = _joined(select(payroll.c.id)).where(*where)
    return list(session.scalars(query.order_by(payroll.c.id).limit(most)))


def listed(
    session: Session,
    where: Sequence[ColumnElement[bool]],
    order: Order | None = None,
    paging: Paging | None = None,
) -> list[Row[Any]]:
    """What fits, a page of it in an order, or all by number; `rise` is in thousandths of the month
    before, None where that had no list."""
    query = _joined(
        select(
            payroll,
            paying_unit.c.name.label("unit_name"),
            programme.c.name.label("programme_name"),
            _BEFORE.c.amount.label("before"),
            _RISE.label("rise"),
        )
    ).where(*where)
    if order is None or paging is None:
        return list(session.execute(query.order_by(payroll.c.id)))
    query = query.order_by(*order.by(payroll.c.id))
    return list(session.execute(query.limit(paging.size).offset(paging.offset)))


def periods(session: Session, whose: Viewer, duty: str, now: datetime) -> list[str]:
    """The months of which something waits."""
    mine = payroll.c.id.in_(due_to(whose.officer_id, duty, now))
    return list(session.scalars(select(payroll.c.period).where(mine).distinct().order_by("period")))


def _joined(query: Any) -> Select[Any]:
    of_before = and_(_BEFORE.c.payroll_id == payroll.c.id, _BEFORE.c.cause == "previous")
    joined: Select[Any] = (
        query.select_from(payroll)
        .join(paying_unit, paying_unit.c.code == payroll.c.unit_code)
        .join(programme, programme.c.code == payroll.c.programme)
        .outerjoin(_BEFORE, of_before)
    )
    return joined
