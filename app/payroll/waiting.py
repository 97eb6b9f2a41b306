"""What payrolls wait for: the due step, who may take it, and whether it is the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.payroll.duties import Step, due, is_last, steps_of_rounds, who_may
from app.payroll.states import WAITING
from app.payroll.tables import payroll


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payroll and what it waits for. `duty` is '' where nobody has to check or approve;
    `missing` is how many persons the step still lacks, `last` whether one more ends the round."""

    payroll: int
    kind: str
    period: str
    unit: str
    programme: str
    state: str
    round: int
    lines: int
    total: int
    duty: str
    missing: int
    names: tuple[str, ...]
    last: bool


def waiting(session: Session, payroll_ids: Sequence[int], now: datetime) -> list[Waiting]:
    """How each payroll stands, by number. Raises NotFound."""
    rows = session.execute(
        select(payroll).where(payroll.c.id.in_(list(payroll_ids))).order_by(payroll.c.id)
    ).all()
    missing = sorted(set(payroll_ids) - {row.id for row in rows})
    if missing:
        raise NotFound(f"Không có bảng {missing}.", "Kiểm tra số bảng.")
    steps = steps_of_rounds(session, payroll_ids)
    return [_waiting(session, row, steps.get(row.id, []), now) for row in rows]


def _waiting(session: Session, row: Row[Any], steps: list[Step], now: datetime) -> Waiting:
    step = due(steps) if row.state in WAITING else None
    return Waiting(
        payroll=row.id,
        kind=row.kind,
        period=row.period,
        unit=row.unit_code,
        programme=row.programme,
        state=row.state,
        round=row.round,
        lines=row.lines,
        total=row.total,
        duty=step.duty if step else "",
        missing=step.quorum - step.done if step else 0,
        names=tuple(who_may(session, step, row, now)) if step else (),
        last=step is not None and is_last(steps),
    )
