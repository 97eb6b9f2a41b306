"""Maker, checker, approver: different persons, each act with a one-time code.

The code confirms the digest of the lines. Approval recomputes that digest from the lines as
they stand, and the last step accrues what is newly owed. Refusals name what to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.orm import Session

from app.access.officers import Confirmation, confirm
from app.access.roles import require_role
from app.audit.trail import record
from app.clock import local_date
from app.errors import Conflict, Refused
from app.payroll.digest import changed, combined, lines_digests
from app.payroll.states import APPROVED, CLOSED, DRAFT, STEPS, SUBMITTED
from app.payroll.tables import REPEATED_CAUSES, approval, flag, payroll, payroll_line
from app.privacy import Keyring
from app.units.tables import allotment
from ledger.chart import Cell
from ledger.journal import EntryDraft, post_many
from ledger.money import format_vnd
from ledger.posting_rows import ITEMS_MAX
from ledger.schema import whole_sum

ROLE_OF_STEP = {"check": "checker", "approve": "approver"}


def submit(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    payroll_ids: Sequence[int],
    now: datetime,
) -> int:
    """The maker freezes the lines of these drafts; gives the act's id.

    Raises Refused while a blocking flag stands or a payroll is no draft.
    """
    rows = _payrolls(session, payroll_ids, DRAFT)
    _require_each(session, officer_id, "maker", rows, now)
    _no_blocking_flag(session, payroll_ids)
    digests = lines_digests(session, payroll_ids)
    act_id = _confirm(session, keyring, officer_id, code, "submit", rows, digests, now)
    for number, digest in digests.items():
        session.execute(
            update(payroll)
            .where(payroll.c.id == number)
            .values(state=SUBMITTED, digest=digest, maker_id=officer_id)
        )
    record(session, now, str(officer_id), "payroll:run:submit", combined(digests)[:16])
    return act_id


def approve(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    step: str,
    payroll_ids: Sequence[int],
    now: datetime,
) -> int:
    """One step of approval over many payrolls; the step 'approve' accrues. Gives the act's id.

    Raises Forbidden for the wrong role, Refused for a maker or a second step by one person,
    Conflict when the lines are no longer those that were submitted.
    """
    before, after = STEPS[step]
    rows = _payrolls(session, payroll_ids, before)
    _require_each(session, officer_id, ROLE_OF_STEP[step], rows, now)
    _other_person(session, officer_id, rows)
    digests = {row.id: str(row.digest) for row in rows}
    for number in changed(session, digests):
        raise Conflict(
            f"Bảng {number} đã thay đổi sau khi trình.", "Trả lại người lập để trình lại."
        )
    if step == "approve":
        _within_allotment(session, rows)
    act_id = _confirm(session, keyring, officer_id, code, step, rows, digests, now)
    session.execute(insert(approval), [_approval(row, step, officer_id, act_id) for row in rows])
    session.execute(update(payroll).where(payroll.c.id.in_(list(payroll_ids))).values(state=after))
    record(session, now, str(officer_id), f"payroll:run:{step}", combined(digests)[:16])
    if step == "approve":
        _accrue(session, rows, now)
    return act_id


def _payrolls(session: Session, ids: Sequence[int], state: str) -> Sequence[Row[Any]]:
    rows = session.execute(
        select(payroll).where(payroll.c.id.in_(list(ids))).order_by(payroll.c.id).with_for_update()
    ).all()
    wrong = [row.id for row in rows if row.state != state]
    if len(rows) != len(ids) or wrong:
        raise Refused(
            f"Bảng {wrong or list(ids)} không ở trạng thái “{state}”.", "Tải lại trang rồi xem lại."
        )
    return rows


def _require_each(
    session: Session, officer_id: int, role: str, rows: Sequence[Row[Any]], now: datetime
) -> None:
    """The role at each unit and programme; where it is lent, within what the lender allowed."""
    grants = {
        (unit, programme): require_role(session, officer_id, role, unit, now, programme)
        for unit, programme in sorted({(row.unit_code, row.programme) for row in rows})
    }
    for row in rows:
        grants[row.unit_code, row.programme].require_within(row.total)


def _no_blocking_flag(session: Session, ids: Sequence[int]) -> None:
    sentence = session.scalar(
        select(flag.c.sentence).where(flag.c.payroll_id.in_(list(ids)), flag.c.is_blocking == 1)
    )
    if sentence is not None:
        raise Refused("Bảng còn lỗi chặn.", sentence)


def _other_person(session: Session, officer_id: int, rows: Sequence[Row[Any]]) -> None:
    acted = session.scalar(
        select(approval.c.payroll_id).where(
            approval.c.payroll_id.in_([row.id for row in rows]),
            approval.c.officer_id == officer_id,
        )
    )
    if acted is not None or any(row.maker_id == officer_id for row in rows):
        raise Refused(
            "Người lập không được duyệt, một người không làm hai bước.",
            "Chuyển cho cán bộ khác có quyền.",
        )


def _within_allotment(session: Session, rows: Sequence[Row[Any]]) -> None:
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


def _confirm(
    session: Session,
    keyring: Keyring,
    officer_id: int,
    code: str,
    step: str,
    rows: Sequence[Row[Any]],
    digests: Mapping[int, str],
    now: datetime,
) -> int:
    what = Confirmation(
        step=step,
        digest=combined(digests),
        things=sum(row.lines for row in rows),
        total=sum(row.total for row in rows),
    )
    return confirm(session, keyring, officer_id, code, now, what)


def _approval(row: Row[Any], step: str, officer_id: int, act_id: int) -> dict[str, Any]:
    return {
        "payroll_id": row.id,
        "step": step,
        "maker_id": row.maker_id,
        "digest": row.digest,
        "officer_id": officer_id,
        "act_id": act_id,
    }


def _accrue(session: Session, rows: Sequence[Row[Any]], now: datetime) -> None:
    """T1: one entry per payroll, in chunks of at most 50,000 lines."""
    for row in rows:
        for first in range(1, row.lines + 1, ITEMS_MAX):
            _accrue_chunk(session, row, first, now)


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
        key=f"payroll:{row.id}:accrue:{first}",
        recipe="accrue",
        cell=Cell(row.fund, row.programme, row.unit_code),
        effective_on=local_date(now),
        recorded_at=now,
        source=f"payroll:{row.id}",
    )
    post_many(session, draft, items, count=count, total=total)
