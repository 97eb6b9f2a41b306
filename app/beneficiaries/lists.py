"""Reading a commune's list with what is known of its headings; and which were applied before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.beneficiaries.import_tables import import_file
from app.beneficiaries.mapping import parse, remembered
from app.beneficiaries.rows import WorkbookResult
from app.beneficiaries.workbook import read_workbook
from app.clock import TIME_ZONE
from app.errors import Conflict
from app.months import require_month

SHOWN = 12


def read_list(
    session: Session, path: Path, area: str, period: str, said: Sequence[str]
) -> WorkbookResult:
    """Read one list; `area` and `period` ('' for any) refuse another's, `said` are pairs
    'heading as found=heading of ours'. Raises InputError for pairs that say nothing."""
    month = require_month(period) if period else None
    given, known = parse(said), remembered(session)
    return read_workbook(path, area or None, month, given=given, remembered=known)


def applied_at(session: Session, sha256: str) -> datetime | None:
    """When exactly this file was applied; None for never."""
    query = select(import_file.c.imported_at).where(import_file.c.sha256 == sha256)
    return session.scalar(query)


def refuse_known(session: Session, result: WorkbookResult, now: datetime) -> None:
    """Raises Conflict for exactly the file that was applied before, with when."""
    at = applied_at(session, result.sha256)
    if at is not None:
        raise Conflict(f"Tệp này đã nhập lúc {_when(at, now)}.", "Không nhập lại.")


def last_lists(session: Session, areas: Collection[str] | None) -> list[Row[Any]]:
    """The lists applied last, the newest first; of these communes, None for all."""
    query = select(import_file).order_by(import_file.c.id.desc()).limit(SHOWN)
    if areas is not None:
        query = query.where(import_file.c.area_code.in_(sorted(areas)))
    return list(session.execute(query))


def _when(at: datetime, now: datetime) -> str:
    at, today = at.astimezone(TIME_ZONE), now.astimezone(TIME_ZONE).date()
    day = "hôm nay" if at.date() == today else f"ngày {at:%d/%m/%Y}"
    return f"{at:%H:%M} {day}"
