"""The bridge from last month's list to this month's, per payroll, every đồng explained.

previous + joined - left (death, move, decided, missing, waiting) +- rate +- arrears +- carried =
this total. Who was paid for this month with the month before left neither now nor came anew a month
later: `ahead` and `after_ahead` say so. One-off payments and repaired ones stand on payrolls of
their own and in no bridge; a list of differences has one that starts at nothing.
Set-wise: two passes over the lines of all payrolls, whatever their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select
from sqlalchemy.orm import Session

from app.months import previous
from app.payroll.bridge_rows import (
    LEAVING,
    between,
    grouped,
    leaving,
    left,
    lists_of,
    staying,
)
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import MONTH_LISTS, bridge, bridge_left, payroll

CAUSES = (
    "previous",
    "joined",
    "switched_in",
    "difference",
    *(cause for cause in LEAVING if cause != "carried_before"),
    "ended",
    "after_ahead",
    "rate",
    "arrears",
    "carried_before",
    "carried",
)
"""Every row of a bridge in the order in which it is read."""

_BRIDGED = (*MONTH_LISTS, "difference")
_LESS = frozenset(LEAVING)
_STAYS = frozenset({"ended", "rate", "arrears"})


def sign_of(cause: str) -> int:
    """Whether the people of a row come (+1), leave (-1) or stay (0) on the list."""
    if cause in _STAYS:
        return 0
    return -1 if cause in _LESS else 1


def unexplained(rows: Iterable[Any], lines: int, total: int) -> tuple[int, int]:
    """(lines, VND) of a list that its bridge's rows (cause, people, amount) do not explain."""
    people = amount = 0
    for row in rows:
        people += sign_of(row.cause) * int(row.people)
        amount += int(row.amount)
    return lines - people, total - amount


def build(session: Session, period: str) -> None:
    """Write the bridges of the month's monthly and difference lists that have none yet."""
    _build(session, period, payroll.c.id.not_in(select(bridge.c.payroll_id)))


def rebuild(session: Session, payroll_ids: Sequence[int]) -> None:
    """Write the bridges of those of these drafts anew that theirs does not explain any more."""
    changed: dict[str, list[int]] = {}
    rows = session.execute(
        select(payroll.c.id, payroll.c.period, payroll.c.lines, payroll.c.total,
               bridge.c.cause, bridge.c.people, bridge.c.amount)
        .outerjoin(bridge, bridge.c.payroll_id == payroll.c.id)
        .where(payroll.c.id.in_(list(payroll_ids)), payroll.c.state == DRAFT)
        .where(payroll.c.kind.in_(_BRIDGED))
        .order_by(payroll.c.id)
    ).all()  # fmt: skip
    for number, group in groupby(rows, key=lambda row: row.id):
        causes = list(group)
        of = causes[0]
        if unexplained((one for one in causes if one.cause), of.lines, of.total) != (0, 0):
            changed.setdefault(of.period, []).append(number)
    for period, ids in changed.items():
        for table in (bridge, bridge_left):
            session.execute(delete(table).where(table.c.payroll_id.in_(ids)))
        _build(session, period, payroll.c.id.in_(ids))


def _build(session: Session, period: str, which: ColumnElement[bool]) -> None:
    found: dict[int, dict[str, tuple[int, int]]] = {}
    for kind in _BRIDGED:
        fresh = (lists_of(period, kind), which)
        if kind in MONTH_LISTS:
            gone, columns = leaving(period, *fresh), ["payroll_id", "line_id", "cause"]
            session.execute(insert(bridge_left).from_select(columns, gone, include_defaults=False))
            _add_previous(session, found, period, fresh)
        for part in (between(),) if kind == "difference" else (staying(period), left()):
            _add(found, session.execute(grouped(part, *fresh)))
    rows = [
        {"payroll_id": number, "cause": cause, "people": people, "amount": amount}
        for number, causes in sorted(found.items())
        for cause, (people, amount) in causes.items()
    ]
    if rows:
        session.execute(insert(bridge), rows)


def _add(found: dict[int, dict[str, tuple[int, int]]], rows: Iterable[Row[Any]]) -> None:
    """Sums of a pass: those of the lines' own causes, and of what their arrears changed."""
    for row in rows:
        causes = found.setdefault(row.payroll_id, {})
        own = (row.cause, row.people, row.amount)
        for name, count, money in (own, ("arrears", row.others, row.arrears)):
            if name is not None and count:
                before = causes.get(name, (0, 0))
                causes[name] = before[0] + int(count), before[1] + int(money)


def _add_previous(
    session: Session,
    found: dict[int, dict[str, tuple[int, int]]],
    period: str,
    fresh: tuple[ColumnElement[bool], ...],
) -> None:
    """Last month's whole list, as it stood."""
    last = payroll.alias("last")
    rows = session.execute(
        select(payroll.c.id, last.c.lines, last.c.total)
        .join(last, (last.c.unit_code == payroll.c.unit_code)
              & (last.c.programme == payroll.c.programme) & (last.c.kind == payroll.c.kind))
        .where(last.c.period == previous(period), last.c.state != VOID)
        .where(*fresh)
    )  # fmt: skip
    for payroll_id, lines, total in rows:
        before = found.setdefault(payroll_id, {}).get("previous", (0, 0))
        found[payroll_id]["previous"] = before[0] + int(lines), before[1] + int(total)


def figures(session: Session, payroll_id: int) -> Mapping[str, tuple[int, int]]:
    """cause -> (people, VND) of a payroll's bridge, in reading order; empty where it has none."""
    rows = session.execute(select(bridge).where(bridge.c.payroll_id == payroll_id))
    found = {row.cause: (int(row.people), int(row.amount)) for row in rows}
    return {cause: found[cause] for cause in CAUSES if cause in found}
