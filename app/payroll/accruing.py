"""What the last approval does to the books: the budget is looked at, and what is new accrues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.errors import Refused
from app.payroll.states import APPROVED, CLOSED
from app.payroll.tables import REPEATED_CAUSES, payroll, payroll_line
from app.units.tables import allotment
from ledger.chart import Cell
from ledger.journal import EntryDraft, entry_keyed, post_many, reverse
from ledger.money import format_vnd
from ledger.periods import first_open_day
from ledger.posting_rows import ITEMS_MAX
from ledger.schema import whole_sum


def within_allotment(session: Session, rows: Sequence[Row[Any]]) -> None:
    """The list is checked against what the year's budget still allows, before it is approved.

    The year is that of the payroll's month. What is carried or re-issued was counted when it
    was listed first, and is not counted again.
    """
    asked: dict[tuple[str, str, str], int] = {}
    for row in rows:
        place = (row.period[:4], row.unit_code, row.programme)
        asked[place] = asked.get(place, 0) + _new_money(session, payroll.c.id == row.id)
    for (year, unit, programme), amount in asked.items():
        allowed = session.scalar(
            select(allotment.c.amount).where(
                allotment.c.fiscal_year == int(year),
                allotment.c.unit_code == unit,
                allotment.c.programme == programme,
            )
        )
        used = _new_money(
            session,
            payroll.c.unit_code == unit,
            payroll.c.programme == programme,
            payroll.c.state.in_((APPROVED, CLOSED)),
            payroll.c.period.like(f"{year}-%"),
        )
        if allowed is None or used + amount > allowed:
            raise Refused(
                f"Vượt dự toán năm {year}: đã duyệt {format_vnd(used)}, thêm"
                f" {format_vnd(amount)}, dự toán {format_vnd(allowed or 0)}.",
                "Đề nghị bổ sung dự toán trước khi duyệt.",
            )


def _new_money(session: Session, *which: ColumnElement[bool]) -> int:
    """The sum of lines that list an obligation for the first time."""
    return int(
        session.scalar(
            select(func.coalesce(whole_sum(payroll_line.c.amount), 0))
            .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
            .where(payroll_line.c.cause.not_in(REPEATED_CAUSES), *which)
        )
        or 0
    )


def accrue(session: Session, rows: Sequence[Row[Any]], now: datetime) -> None:
    """T1: one entry per payroll, in chunks of at most 50,000 lines."""
    for row in rows:
        for first in _chunks(session, row.id):
            _accrue_chunk(session, row, first, now)


def reverse_accrual(session: Session, row: Row[Any], reason: str, now: datetime) -> int:
    """Undo what the approval of a payroll accrued, entry by entry; gives how many.

    Raises Overdrawn where the money went on.
    """
    effective_on = first_open_day(session, row.programme, local_date(now))
    reversed_entries = 0
    for first in _chunks(session, row.id):
        entry_id = entry_keyed(session, _key(row.id, first))
        if entry_id is not None:
            key, source = f"{_key(row.id, first)}:undo", f"payroll:{row.id}"
            reverse(session, entry_id, key=key, effective_on=effective_on, recorded_at=now,
                    source=source, reason=reason)  # fmt: skip
            reversed_entries += 1
    return reversed_entries


def _chunks(session: Session, payroll_id: int) -> Iterator[int]:
    """The first line of each chunk; lines that were taken off leave holes in the numbers."""
    last = session.scalar(
        select(func.max(payroll_line.c.line)).where(payroll_line.c.payroll_id == payroll_id)
    )
    yield from range(1, (last or 0) + 1, ITEMS_MAX)


def _key(payroll_id: int, first: int) -> str:
    return f"payroll:{payroll_id}:accrue:{first}"


def _accrue_chunk(session: Session, row: Row[Any], first: int, now: datetime) -> None:
    line = payroll_line.c
    items = select(line.obligation_id.label("item"), line.amount.label("amount")).where(
        line.payroll_id == row.id,
        line.line.between(first, first + ITEMS_MAX - 1),
        line.cause.not_in(REPEATED_CAUSES),
    )
    part = items.subquery()
    count, total = session.execute(
        select(func.count(), func.coalesce(whole_sum(part.c.amount), 0))
    ).one()
    if not count:
        return
    draft = EntryDraft(
        key=_key(row.id, first),
        recipe="accrue",
        cell=Cell(row.fund, row.programme, row.unit_code),
        effective_on=local_date(now),
        recorded_at=now,
        source=f"payroll:{row.id}",
    )
    post_many(session, draft, items, count=count, total=total)
