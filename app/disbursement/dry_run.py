"""What a read file would be matched with, pass by pass, without writing anything."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.disbursement.collection import process
from app.errors import Conflict, NotFound
from ledger.schema import whole_sum
from reconciliation.tables import bank_line, inbound_file, line_match


@dataclass(frozen=True, slots=True)
class WouldBe:
    """What one pass would say of a file: its name, the verdict and why in words, how many lines,
    the sum of their amounts in đồng (signed as the bank signs them), and ids of the first lines."""

    pass_name: str
    verdict: str
    why: str
    lines: int
    total: int
    first: tuple[int, ...]


SHOWN = 20
"""Of each pass at most so many lines are named."""


def dry_run(
    session: Session, file_id: int, now: datetime, singly: Collection[str] = ()
) -> list[WouldBe]:
    """Match a file as `process` would, tell what came of it, and take everything back.

    One row for each pass, verdict and reason, by pass, verdict, reason. The file stays `read`. It
    runs in a savepoint of the caller's transaction: the rows it touches stay locked until that
    ends, so end it soon. `singly` as for `process`. Raises NotFound for an unknown file, Conflict
    for one that is not waiting to be matched.
    """
    _waiting(session, file_id)
    trial = session.begin_nested()
    try:
        process(session, file_id, now, singly)
        return _told(session, file_id)
    finally:
        trial.rollback()


def _waiting(session: Session, file_id: int) -> None:
    state = session.scalar(select(inbound_file.c.state).where(inbound_file.c.id == file_id))
    if state is None:
        raise NotFound(f"Không có tệp số {file_id}.", "Kiểm tra lại số tệp.")
    if state != "read":
        raise Conflict(
            f"Tệp {file_id} không còn chờ đối chiếu (đang ở “{state}”).",
            "Chỉ chạy thử được tệp đã đọc mà chưa ghi sổ.",
        )


def _told(session: Session, file_id: int) -> list[WouldBe]:
    line, match = bank_line.c, line_match.c
    keys = (match.pass_name, match.verdict, match.why)
    joined = line_match.join(bank_line, line.id == match.bank_line_id)
    rows = session.execute(
        select(*keys, func.count().label("lines"), whole_sum(line.amount).label("total"))
        .select_from(joined)
        .where(line.file_id == file_id)
        .group_by(*keys)
        .order_by(*keys)
    ).all()
    place = func.row_number().over(partition_by=keys, order_by=line.id).label("place")
    ranked = select(*keys, line.id, place).select_from(joined).where(line.file_id == file_id)
    shown = ranked.subquery("shown")
    first: dict[tuple[str, ...], list[int]] = {}
    for *key, number in session.execute(
        select(shown.c.pass_name, shown.c.verdict, shown.c.why, shown.c.id)
        .where(shown.c.place <= SHOWN)
        .order_by(shown.c.id)
    ):
        first.setdefault(tuple(key), []).append(number)
    told = ((row.pass_name, row.verdict, row.why, row.lines, int(row.total)) for row in rows)
    return [WouldBe(*one, tuple(first[one[:3]])) for one in told]
