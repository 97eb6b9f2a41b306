"""When a person's data may be made unreadable, and doing it: two officers, one row.

Decided by the retention table alone: while a voucher needs the person, nobody may erase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.pairs import confirm_pair
from app.access.scope import scope_of
from app.audit.retention import class_of
from app.audit.trail import record
from app.beneficiaries.changes import person_in
from app.beneficiaries.history_tables import citizen_change, erasure
from app.beneficiaries.import_tables import import_row
from app.beneficiaries.marks import keep_marks
from app.beneficiaries.near import refuse_near
from app.beneficiaries.revealing import require_reason
from app.beneficiaries.tables import enrolment
from app.clock import local_date
from app.errors import Refused
from app.months import day_in, require_month
from app.privacy import Keyring
from ledger.schema import metadata


def kept_until(session: Session, person_id: int) -> date | None:
    """The first day on which a person's data may be erased; None when no voucher names him.

    Counted as `app/audit/data/retention.csv` says: from the last month owed or listed.
    """
    # By name: the rooms that own these vouchers stand above this one.
    obligation, line = metadata.tables["obligation"], metadata.tables["payroll_line"]
    payroll = metadata.tables["payroll"]
    owed = select(func.max(obligation.c.period)).where(obligation.c.person_id == person_id)
    listed = (
        select(func.max(payroll.c.period))
        .join(line, line.c.payroll_id == payroll.c.id)
        .where(line.c.person_id == person_id)
    )
    periods = [one for one in (session.scalar(owed), session.scalar(listed)) if one]
    if not periods:
        return None
    return class_of("person").over_on(day_in(require_month(max(periods)), 1))


def erase(
    session: Session,
    keyring: Keyring,
    person_id: int,
    reason: str,
    signers: Sequence[tuple[str, str]],
    now: datetime,
) -> None:
    """Make everything that tells who a person is unreadable, for ever; the books stay.

    Raises Refused while a voucher needs the person (with the date), or while a line is in force;
    else as `confirm_pair`, `person_in` and `require_reason` do.
    """
    kept = require_reason(reason)
    who = person_in(session, scope_of(session, signers[0][0], now), person_id)
    _refuse_needed(session, person_id, local_date(now))
    digest = hashlib.sha256(f"{person_id}|{kept}".encode()).hexdigest()
    what = Confirmation("register:erase", digest, 1, 0)
    asked, confirmed = confirm_pair(session, keyring, signers, who.area_code, now, what)
    refuse_near(session, [confirmed], person_id)
    old = select(citizen_change.c.old_key).where(citizen_change.c.person_id == person_id)
    keys = [who.citizen_key, *session.scalars(old)]
    keep_marks(session, person_id)
    session.execute(delete(import_row).where(import_row.c.citizen_key.in_(keys)))
    session.execute(
        insert(erasure).values(
            person_id=person_id,
            reason=kept,
            asked_by=asked,
            confirmed_by=confirmed,
            erased_at=now,
        )
    )
    names = " + ".join(name for name, _ in signers)
    record(session, now, names, "cli:person:erase", f"person:{person_id}", kept)


def _refuse_needed(session: Session, person_id: int, today: date) -> None:
    until = kept_until(session, person_id)
    if until is not None and today < until:
        raise Refused(
            f"Chứng từ còn cần dữ liệu của người này đến hết {until.year - 1}.",
            f"Sớm nhất được xoá: {until:%d/%m/%Y} (docs/retention.md).",
        )
    line = enrolment.c
    running = select(line.id).where(line.person_id == person_id, line.stop_period.is_(None))
    if until is None and session.scalars(running).first() is not None:
        raise Refused("Người này đang có chế độ.", "Dừng chế độ trước, rồi mới xét việc xoá.")
