"""Statements by the day they end on: for what is proved by the absence of a line."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from bank_adapters.contract import ReportKind
from reconciliation.tables import bank_report, inbound_file


def statement_of(session: Session, provider: str, account: str, day: date) -> Row[Any] | None:
    """The statement that ends on a day, with its balances, None where none has come.

    Where it says no day, the day of its last movement is that. The newest counts.
    """
    place = {"of_provider": provider, "of_account": account, "of_day": day}
    return session.execute(_of_day(), place).first()


@cache
def _of_day() -> Select[Any]:
    """Built once: the closing of days asks it for every account and day."""
    return (
        select(bank_report)
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.provider == bindparam("of_provider"))
        .where(bank_report.c.account == bindparam("of_account"))
        .where(bank_report.c.kind == ReportKind.STATEMENT.value)
        .where(func.coalesce(bank_report.c.to_day, bank_report.c.last_day) == bindparam("of_day"))
        .where(bank_report.c.opening.is_not(None), bank_report.c.closing.is_not(None))
        .where(inbound_file.c.state != "quarantined")
        .order_by(bank_report.c.id.desc())
        .limit(1)
    )
