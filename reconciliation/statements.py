"""Statements by the days they cover: for what is proved by the absence of a line."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, func, select
from sqlalchemy.orm import Session

from bank_adapters.contract import ReportKind
from reconciliation.tables import bank_report, inbound_file


def statement_of(session: Session, provider: str, account: str, day: date) -> Row[Any] | None:
    """The statement that ends on a day, with its balances, None where none has come.

    Where it says no day, the day of its last movement is that. The newest counts.
    """
    place = {"of_provider": provider, "of_account": account, "of_day": day}
    return session.execute(_of_day(), place).first()


def statement_over(session: Session, provider: str, account: str, day: date) -> Row[Any] | None:
    """The statement that covers a day, be it among others, with its balances and the days
    `begins` and `ends`; None where none has come. The one that ends first counts, the newest of
    those."""
    place = {"of_provider": provider, "of_account": account, "of_day": day}
    return session.execute(_over_day(), place).first()


@cache
def _of_day() -> Select[Any]:
    """Built once: the closing of days asks it for every account and day."""
    return _balanced().where(bindparam("of_day") == _ENDS).order_by(bank_report.c.id.desc())


@cache
def _over_day() -> Select[Any]:
    day: BindParameter[date] = bindparam("of_day")
    return _balanced().where(day.between(_BEGINS, _ENDS)).order_by(_ENDS, bank_report.c.id.desc())


_ENDS = func.coalesce(bank_report.c.to_day, bank_report.c.last_day)
_BEGINS = func.coalesce(bank_report.c.from_day, _ENDS)


def _balanced() -> Select[Any]:
    """The statements of an account with both their balances, but those that are kept apart."""
    return (
        select(bank_report, _BEGINS.label("begins"), _ENDS.label("ends"))
        .join(inbound_file, inbound_file.c.id == bank_report.c.file_id)
        .where(bank_report.c.provider == bindparam("of_provider"))
        .where(bank_report.c.account == bindparam("of_account"))
        .where(bank_report.c.kind == ReportKind.STATEMENT.value)
        .where(bank_report.c.opening.is_not(None), bank_report.c.closing.is_not(None))
        .where(inbound_file.c.state != "quarantined")
        .limit(1)
    )
