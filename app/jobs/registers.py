"""Taking one commune's list in, by an officer who has seen what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.beneficiaries.difference import Difference, difference
from app.beneficiaries.import_tables import import_file
from app.beneficiaries.mapping import remember
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.tables import destination, enrolment, person
from app.benefits.campaigns import MONTHLY
from app.benefits.tables import obligation
from app.clock import TIME_ZONE
from app.db import Database
from app.errors import Conflict, InputError, Refused
from app.months import in_words
from app.payroll.states import DRAFT, VOID
from app.payroll.tables import payroll, payroll_line
from app.privacy import Keyring
from ledger.bulk import refresh_statistics

# What PostgreSQL says when somebody else was first to write the same row.
_UNIQUE = "23505"


@dataclass(frozen=True, slots=True)
class Applied:
    """A list that was taken in: its version of the month, rows, and what it changed."""

    version: int
    rows: int
    difference: Difference


def refuse_known(session: Session, result: WorkbookResult, now: datetime) -> None:
    """Raises Conflict for exactly the file that was applied before, with when."""
    at = session.scalar(
        select(import_file.c.imported_at).where(import_file.c.sha256 == result.sha256)
    )
    if at is not None:
        raise Conflict(f"Tệp này đã nhập lúc {_when(at, now)}.", "Không nhập lại.")


def _when(at: datetime, now: datetime) -> str:
    at, today = at.astimezone(TIME_ZONE), now.astimezone(TIME_ZONE).date()
    day = "hôm nay" if at.date() == today else f"ngày {at:%d/%m/%Y}"
    return f"{at:%H:%M} {day}"


def refuse_late(session: Session, area: str, period: str) -> None:
    """Raises Refused when the list of a commune and month can no longer come or be corrected.

    What people are due is computed once, from the list as it was then; later news goes through
    the next list, which gives arrears or finds an overpayment.
    """
    file = import_file.c
    newest = session.scalar(select(func.max(file.period)).where(file.area_code == area)) or ""
    if newest > period:
        raise Refused(
            f"Xã {area} đã có danh sách tháng {in_words(newest)}, mới hơn tệp này.",
            f"Ghi thay đổi vào danh sách sau tháng {in_words(newest)}.",
        )
    # A one-off payment may come before the month's list: it says nothing of that list.
    of_area = (
        obligation.c.period == period,
        obligation.c.component.in_(MONTHLY),
        enrolment.c.area_code == area,
    )
    owed = select(obligation.c.id).join(enrolment, enrolment.c.id == obligation.c.enrolment_id)
    if session.scalar(owed.where(*of_area).limit(1)) is None:
        return
    sent = (
        select(payroll.c.id)
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .where(payroll_line.c.obligation_id.in_(owed.where(*of_area)))
        .where(payroll.c.state.not_in((DRAFT, VOID)))
        .limit(1)
    )
    done = "trình duyệt" if session.scalar(sent) is not None else "lập"
    raise Refused(
        f"Bảng chi trả tháng {in_words(period)} của xã {area} đã {done} từ danh sách trước.",
        "Ghi thay đổi vào danh sách tháng sau: phần chênh lệch được truy lĩnh hoặc thu hồi.",
    )


def import_list(
    database: Database,
    keyring: Keyring,
    result: WorkbookResult,
    now: datetime,
    *,
    expected: str = "",
    actor: str = "cli",
) -> Applied:
    """Apply one clean list in one unit of work, as a correction when there is one already.

    `expected` is the digest of the difference that was shown. Raises Conflict when the register
    has changed since, or when the file was applied before; Refused when it comes too late;
    InputError for a list with errors.
    """
    try:
        return _import(database, keyring, result, now, expected, actor)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") != _UNIQUE:
            raise
        raise Conflict(
            "Một danh sách khác được nhập cùng lúc và tới trước; tệp này chưa được nhập.",
            "Xem lại bằng `ansinh register diff` rồi nhập lại.",
        ) from error


def _import(
    database: Database,
    keyring: Keyring,
    result: WorkbookResult,
    now: datetime,
    expected: str,
    actor: str,
) -> Applied:
    area, period = result.commune_code, result.period
    if result.errors:
        raise InputError(f"Tệp {result.file} còn lỗi.", "Sửa trong tệp rồi nhập lại cả tệp.")
    with database.unit_of_work() as session:
        refuse_known(session, result, now)
        refuse_late(session, area, period)
        found = difference(session, keyring, result)
        if expected and not found.digest.startswith(expected):
            raise Conflict(
                "Danh bạ người hưởng đã thay đổi từ lúc xem chênh lệch.",
                "Xem lại bằng `ansinh register diff` rồi nhập với mã mới.",
            )
        rows = apply_workbook(session, keyring, result, actor, now, correct=True)
        remember(session, area, result.mapped, actor, now)
        version = session.scalar(
            select(import_file.c.version).where(import_file.c.sha256 == result.sha256)
        )
        counts = ", ".join(f"{kind} {count}" for kind, count in found.counts.items())
        detail = f"sha256 {result.sha256[:16]}, version {version}, {rows} rows, {counts}"
        record(session, now, actor, "cli:register:import", f"area:{area}:{period}", detail)
        refresh_statistics(session, person, destination, enrolment)
    return Applied(version or 1, rows, found)
