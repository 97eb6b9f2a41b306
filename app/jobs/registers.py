"""Taking one commune's list in, by an officer who has seen what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.audit.trail import record
from app.beneficiaries.difference import Difference, difference
from app.beneficiaries.import_tables import import_file
from app.beneficiaries.lists import refuse_known
from app.beneficiaries.mapping import remember
from app.beneficiaries.register import apply_workbook
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.tables import destination, enrolment, person
from app.db import Database
from app.errors import Conflict, InputError
from app.payroll.late_lists import refuse_late
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
