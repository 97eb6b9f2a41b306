"""Limits of a line and of a day: set by two finance officers, told with the figures.

Where nobody has set one, nothing is limited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.audit.trail import record
from app.benefits.tables import arrears_grant, obligation
from app.clock import local_date
from app.errors import InputError, NotFound, Refused
from app.payroll.limit_tables import ACCOUNT_DAY, LINE_MONTH, payment_limit
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring
from app.units.tables import programme, provider
from ledger.bulk import insert_one
from ledger.money import format_vnd
from ledger.schema import whole_sum

STEP = "limit"
MEASURES = {LINE_MONTH: "một dòng, mỗi tháng", ACCOUNT_DAY: "một tài khoản, mỗi ngày"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be paid at most, in đồng, from a day on; `scope` is a programme's or a provider's
    code, '' for every one."""

    measure: str
    scope: str
    from_day: date
    amount: int
    reason: str


def set_limit(
    session: Session, keyring: Keyring, signers: Sequence[Signer], limit: Limit, now: datetime
) -> int:
    """Two finance officers set a limit; gives its id.

    Raises InputError for an amount, reason or first day that cannot be, NotFound for an unknown
    scope, and as `confirm_together` does.
    """
    _require_sound(session, limit, now)
    before = limit_of(session, limit.measure, limit.scope, limit.from_day)
    words = f"{limit.measure}|{limit.scope}|{limit.from_day}|{limit.amount}|{limit.reason}"
    digest = hashlib.sha256(words.encode()).hexdigest()
    what = Confirmation(STEP, digest, 1, limit.amount)
    about = f"{STEP}:{limit.measure}:{limit.scope}"
    joint = confirm_together(
        session, keyring, signers, about, now, what, programme=_programme(limit)
    )
    number = insert_one(
        session,
        payment_limit,
        measure=limit.measure,
        scope=limit.scope,
        from_day=limit.from_day,
        amount=limit.amount,
        reason=limit.reason.strip(),
        joint_id=joint,
        recorded_at=now,
    )
    who = ",".join(str(one.officer_id) for one in signers)
    after = {"amount": limit.amount, "from_day": limit.from_day, "reason": limit.reason.strip()}
    record(session, now, who, "payroll:limit:set", about, before={"amount": before}, after=after)
    return number


def _programme(limit: Limit) -> str:
    """The one programme that a limit is about, else ''."""
    return limit.scope if limit.measure == LINE_MONTH else ""


def _require_sound(session: Session, limit: Limit, now: datetime) -> None:
    if limit.amount <= 0:
        raise InputError("Hạn mức phải lớn hơn 0.", "Ví dụ --amount 5.000.000.")
    if not limit.reason.strip():
        raise InputError("Đặt hạn mức phải có lý do.", "Ghi số văn bản làm căn cứ.")
    if limit.from_day < local_date(now):
        raise InputError("Hạn mức không đặt lùi ngày.", "Chọn từ hôm nay trở đi.")
    codes = programme.c.code if limit.measure == LINE_MONTH else provider.c.code
    if limit.scope and session.scalar(select(codes).where(codes == limit.scope)) is None:
        raise NotFound(f"Không có mã “{limit.scope[:20]}”.", "Bỏ trống là áp dụng cho tất cả.")


def limit_of(session: Session, measure: str, scope: str, day: date) -> int | None:
    """The limit in force on a day, in đồng; None where none is set."""
    row = payment_limit.c
    return session.scalar(
        select(row.amount)
        .where(row.measure == measure, row.scope.in_((scope, "")), row.from_day <= day)
        .order_by(row.scope.desc(), row.from_day.desc(), row.id.desc())
        .limit(1)
    )


def limits(session: Session) -> Sequence[Any]:
    """Every limit that was set, the newest last."""
    return session.execute(select(payment_limit).order_by(payment_limit.c.id)).all()


def refuse_high_lines(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Raise Refused, with the figures, for a line above its programme's limit.

    A line may bring the limit once for its own month and once for each month of arrears in it;
    one-off payments have amounts of their own and no months.
    """
    programmes = select(payroll.c.programme).where(payroll.c.id.in_(list(ids))).distinct()
    for code in session.scalars(programmes).all():
        highest = limit_of(session, LINE_MONTH, code, local_date(now))
        if highest is None:
            continue
        row = session.execute(_above(ids, code, highest)).first()
        if row is not None:
            raise Refused(
                f"Bảng {row.payroll_id} dòng {row.line}: {format_vnd(row.amount)} vượt hạn mức"
                f" {format_vnd(highest)} một tháng ({row.months} tháng).",
                "Kiểm tra mức hưởng và truy lĩnh của người này.",
            )


def _above(ids: Sequence[int], code: str, highest: int) -> Select[Any]:
    late = (
        select(func.coalesce(whole_sum(arrears_grant.c.months), 0))
        .where(
            arrears_grant.c.enrolment_id == obligation.c.enrolment_id,
            arrears_grant.c.period == obligation.c.period,
        )
        .scalar_subquery()
    )
    line = payroll_line.c
    months = 1 + late
    return (
        select(line.payroll_id, line.line, line.amount, months.label("months"))
        .join(obligation, obligation.c.id == line.obligation_id)
        .join(payroll, payroll.c.id == line.payroll_id)
        .where(line.payroll_id.in_(list(ids)), payroll.c.programme == code)
        .where(payroll.c.kind != "campaign", line.amount > highest, line.amount > highest * months)
        .order_by(line.payroll_id, line.line)
        .limit(1)
    )
