"""Whether a batch may be released now: no hold, not past its day, and its money has come.

Batches are looked at in their order: what an earlier one of the same contract takes is gone for a
later one. Asked before two persons act (a dry run), and again inside their act.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from app.clock import local_date
from app.disbursement.figures import figures
from app.disbursement.funding import cell_of
from app.disbursement.held import refuse_held_batch
from app.disbursement.lapsing import last_round
from app.disbursement.money import purses
from app.disbursement.states import BUILT, RELEASED
from app.disbursement.tables import batch
from app.errors import Held, Refused
from app.payroll.tables import payroll
from app.units.tables import contract
from ledger.money import format_vnd
from ledger.schema import whole_sum


class Judged(NamedTuple):
    """A batch with its contract, and what keeps it from being released now; None for nothing."""

    batch: Row[Any]
    why: Refused | None


def built(batch_ids: Sequence[int]) -> Select[Any]:
    """Those of these batches that wait for a release, with their contracts, by number."""
    return (
        select(batch, contract.c.unit_code, contract.c.programme, contract.c.fund,
               contract.c.provider, contract.c.account)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.id.in_(list(batch_ids)), batch.c.state == BUILT)
        .order_by(batch.c.id)
    )  # fmt: skip


def judged(session: Session, rows: Sequence[Row[Any]], now: datetime) -> Iterator[Judged]:
    """Each of these batches (as `built` gives them) with what keeps it back."""
    money, promised = purses(session), released_totals(session)
    for row in rows:
        purse = money.get(cell_of(row))
        free = (purse.free if purse else 0) - promised.get(row.contract_id, 0)
        why = _stopped(session, row, now) or _short(row, free)
        if why is None:
            promised[row.contract_id] = promised.get(row.contract_id, 0) + row.total
        yield Judged(row, why)


def refuse_unfit(session: Session, rows: Sequence[Row[Any]], now: datetime) -> None:
    """Raise Refused (Held for a hold) for the first batch that may not be released; where its
    money has not come, with the figures of its month."""
    for row, why in judged(session, rows, now):
        if isinstance(why, _Short):
            raise Refused(f"{why.message} {_month_of(session, row)}", why.what_to_do)
        if why is not None:
            raise why


class _Short(Refused):
    """The money of a batch has not come."""


def _stopped(session: Session, row: Row[Any], now: datetime) -> Refused | None:
    try:
        refuse_held_batch(session, row)
    except Held as error:
        return error
    # Once it was released in time, a hold may have taken it past its day.
    if local_date(now) > row.requested_on and not last_round(session, row.id):
        return Refused(f"Lô {row.id} đã quá ngày chi {row.requested_on:%d/%m/%Y}.", "Lập lại lô.")
    return None


def _short(row: Row[Any], free: int) -> Refused | None:
    if row.total <= free:
        return None
    return _Short(
        f"Lô {row.id} cần {format_vnd(row.total)}, tiền đã về chỉ còn {format_vnd(free)}.",
        "Chờ Kho bạc chuyển tiền rồi giải ngân.",
    )


def _month_of(session: Session, row: Row[Any]) -> str:
    """The figures of the batch's month, unit, fund and programme, as officers see them."""
    period = session.scalar(select(payroll.c.period).where(payroll.c.id == row.payroll_id))
    place = (row.unit_code, row.fund, row.programme)
    rows = figures(session, period or "", row.unit_code)
    found = [one for one in rows if (one.unit, one.fund, one.programme) == place]
    return f"Đơn vị {row.unit_code}, nguồn {row.fund}, {row.programme}: {found[0].told()}."


def released_totals(session: Session) -> dict[int, int]:
    """What is released but not yet taken from the purse, by contract."""
    rows = session.execute(
        select(batch.c.contract_id, whole_sum(batch.c.total))
        .where(batch.c.state == RELEASED)
        .group_by(batch.c.contract_id)
    )
    return {row[0]: int(row[1]) for row in rows}
