"""What may leave one account at a provider on one day, over all batches released for that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.disbursement.states import BUILT, CANCELLED
from app.disbursement.tables import batch
from app.errors import Refused
from app.payroll.limit_tables import ACCOUNT_DAY
from app.payroll.limits import limit_of
from app.units.tables import contract
from ledger.money import format_vnd
from ledger.schema import whole_sum


def refuse_full_days(session: Session, rows: Sequence[Row[Any]]) -> None:
    """Raise Refused, with the figures, when these batches (with `provider` and `account`) would
    take more from an account on their day than its limit."""
    asked: defaultdict[tuple[str, str, date], int] = defaultdict(int)
    for row in rows:
        asked[row.provider, row.account, row.requested_on] += row.total
    for (provider, account, day), amount in asked.items():
        highest = limit_of(session, ACCOUNT_DAY, provider, day)
        if highest is None:
            continue
        leaving = _released(session, provider, account, day)
        if leaving + amount > highest:
            raise Refused(
                f"Ngày {day:%d/%m/%Y} tài khoản đuôi {account[-4:]} tại {provider} đã giải ngân"
                f" {format_vnd(leaving)}, thêm {format_vnd(amount)} là vượt hạn mức"
                f" {format_vnd(highest)} một ngày.",
                "Chuyển lô sang ngày khác, hoặc hai cán bộ tài chính đặt lại hạn mức.",
            )


def _released(session: Session, provider: str, account: str, day: date) -> int:
    found = session.scalar(
        select(whole_sum(batch.c.total))
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(contract.c.provider == provider, contract.c.account == account)
        .where(batch.c.requested_on == day, batch.c.state.not_in((BUILT, CANCELLED)))
    )
    return int(found or 0)
