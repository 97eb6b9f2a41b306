"""Who will be away lends a role: one, at one unit, to one person, for a time and up to an amount.

Both sign. While it is lent the lender cannot act in it (`app/access/roles.py`); the borrower holds
it in his own name and under the same rules, and cannot lend it on. No account is handed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.access.granting import (
    Terms,
    columns,
    grant_digest,
    require_no_conflict,
    require_sound,
    write_grant,
)
from app.access.officers import Confirmation
from app.access.role_tables import DELEGATED, FOUNDING, STANDING, role_end, role_grant
from app.access.together import Signer, confirm_each, names_of
from app.audit.trail import record
from app.errors import Forbidden, InputError, Refused
from app.privacy import Keyring

LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Loan:
    """What is lent: the role at a unit ('' the whole province), from when to when, and the most
    that the borrower may approve of one payroll, in đồng."""

    role: str
    unit: str
    valid_from: datetime
    valid_until: datetime
    cap: int


def lend(
    session: Session,
    keyring: Keyring,
    lender: Signer,
    borrower: Signer,
    loan: Loan,
    now: datetime,
) -> int:
    """Lender and borrower sign; gives the number of the borrower's grant.

    Raises Forbidden without the role in that time, Refused for more than 30 days, a role that is
    borrowed or lent already, a forbidden pair, and as `confirm` does.
    """
    if loan.cap <= 0:
        raise InputError("Chưa nêu mức tối đa mỗi bảng.", "Ví dụ --cap 50.000.000.")
    if loan.valid_until - loan.valid_from > LONGEST:
        raise Refused("Giao thay tối đa 30 ngày.", "Rút ngắn --until; giao lại nếu còn vắng.")
    lent = _own(session, lender.officer_id, loan)
    terms = Terms(loan.role, loan.unit, loan.valid_from, loan.valid_until, lent.department,
                  DELEGATED)  # fmt: skip
    require_sound(session, terms, now)
    require_no_conflict(session, borrower.officer_id, terms)
    digest = grant_digest(borrower.officer_id, terms, lent.id, loan.cap)
    signers = (lender, borrower)
    joint_id = confirm_each(session, keyring, signers, f"grant:{lent.id}", now,
                            Confirmation("lend", digest, 1, loan.cap))  # fmt: skip
    number = write_grant(session, borrower.officer_id, terms, joint_id, now,
                         lent_id=lent.id, cap=loan.cap)  # fmt: skip
    told = {**columns(borrower.officer_id, terms), "lent_id": lent.id, "cap": loan.cap}
    record(session, now, names_of(signers), "access:role:lend", f"grant:{number}", after=told)
    return number


def _own(session: Session, lender_id: int, loan: Loan) -> Any:
    """The lender's own grant that covers the whole time. Raises Forbidden, Refused."""
    rows = _covering(session, lender_id, loan)
    own = [row for row in rows if row.kind in (FOUNDING, STANDING)]
    if not own:
        if rows:
            raise Refused("Quyền đang mượn không cho mượn lại.", "Nhờ người giữ quyền giao thay.")
        raise Forbidden(
            f"Người giao không giữ quyền “{loan.role}” ở đơn vị này suốt thời gian đó.",
            "Rút ngắn thời gian, hoặc cấp lại quyền trước.",
        )
    if loan.role == "admin":
        raise Refused("Quyền quản trị không giao thay.", "Hai người cấp quyền cho người khác.")
    free = [row for row in own if not _is_lent(session, row.id, loan)]
    if not free:
        raise Refused("Quyền này đã giao cho người khác trong lúc đó.", "Chọn thời gian khác.")
    return free[0]


def _covering(session: Session, lender_id: int, loan: Loan) -> Sequence[Any]:
    c = role_grant.c
    return session.execute(
        select(role_grant)
        .where(c.officer_id == lender_id, c.role == loan.role, c.unit_code.in_((loan.unit, "")))
        .where(c.valid_from <= loan.valid_from, c.valid_until >= loan.valid_until)
        .where(~exists().where(role_end.c.grant_id == c.id))
        .order_by(c.unit_code.desc(), c.id)
    ).all()


def _is_lent(session: Session, grant_id: int, loan: Loan) -> bool:
    c = role_grant.c
    over = exists().where(role_end.c.grant_id == c.id, role_end.c.ended_at <= loan.valid_from)
    query = select(c.id).where(
        c.lent_id == grant_id,
        c.valid_from < loan.valid_until,
        c.valid_until > loan.valid_from,
        ~over,
    )
    return session.scalars(query).first() is not None
