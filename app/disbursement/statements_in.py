"""Reading a provider's file into lines, and stopping where a statement is not what it should be.

A statement that does not follow from the one before, tells other figures under a number that is
stored, or whose lines do not make its balances goes into quarantine as a whole. Somebody changed
it, or the bank lost something: until two have found out, no money goes to that provider.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.trail import record
from app.clock import local_date
from app.disbursement.holds import set_once
from bank_adapters.contract import BankReport, ReportKind
from reconciliation import lines
from reconciliation.tables import bank_report

_SYSTEM = "system"


def read_in(
    session: Session, file_id: int, provider: str, reports: Iterable[BankReport], now: datetime
) -> str:
    """Store a file's reports; gives why it is in quarantine, "" when it is not.

    A faulty statement holds its provider. Raises what reading raises.
    """
    why = lines.read_reports(session, file_id, provider, reports, local_date(now))
    if why and _has_statement(session, file_id):
        _stop(session, file_id, provider, why, now)
    return why


def _has_statement(session: Session, file_id: int) -> bool:
    mine = (bank_report.c.file_id == file_id, bank_report.c.kind == str(ReportKind.STATEMENT))
    return session.scalar(select(bank_report.c.id).where(*mine).limit(1)) is not None


def _stop(session: Session, file_id: int, provider: str, why: str, now: datetime) -> None:
    reason = f"Sổ phụ của tệp {file_id} không đúng, chưa ghi sổ; hỏi ngân hàng"
    if set_once(session, "provider", provider, reason, _SYSTEM, now) is not None:
        record(session, now, _SYSTEM, "bank:statement:doubt", f"file:{file_id}", why[:500])
