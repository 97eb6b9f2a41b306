"""What ends every open payment of a batch at once: a refused file, and payments that never came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app.disbursement.evidence import OPEN
from app.disbursement.funding import cell_of
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract
from ledger.journal import EntryDraft, post_many
from ledger.periods import first_open_day
from ledger.schema import Day, Moment, Whole, whole_sum


@dataclass(frozen=True, slots=True)
class End:
    """How the open payments of a batch end: state, recipe, and the evidence with its day.

    `proof` names the one row that proves it: report_id or decision_id.
    """

    state: str
    recipe: str
    source: str
    word: str
    reason: str
    happened_on: date
    proof: Mapping[str, int]


def open_of(session: Session, batch_id: int) -> tuple[int, int]:
    """How many payments of a batch are open, and their đồng."""
    row = session.execute(
        select(func.count().label("lines"), whole_sum(instruction.c.amount).label("total"))
        .where(instruction.c.batch_id == batch_id, instruction.c.state.in_(OPEN))
    ).one()  # fmt: skip
    return row.lines, int(row.total or 0)


def drain(session: Session, batch_id: int, end: End, now: datetime) -> tuple[int, int]:
    """End every open payment of a batch: one entry, an outcome each; gives (lines, total)."""
    lines, total = open_of(session, batch_id)
    if not lines:
        return 0, 0
    place = session.execute(
        select(contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
        .join(batch, batch.c.contract_id == contract.c.id)
        .where(batch.c.id == batch_id)
    ).one()
    (proof,) = (f"{name}:{number}" for name, number in end.proof.items())
    posted_on = first_open_day(session, place.programme, end.happened_on)
    draft = EntryDraft(
        key=f"batch:{batch_id}:{end.state}:{proof}",
        recipe=end.recipe,
        cell=cell_of(place),
        effective_on=posted_on,
        recorded_at=now,
        source=proof,
        reason=end.reason,
    )
    it = instruction.c
    items = select(it.obligation_id.label("item"), it.amount.label("amount"))
    posted = post_many(session, draft, _open(items, batch_id), count=lines, total=total)
    _outcomes(session, batch_id, end, posted.entry_id, posted_on, now)
    session.execute(
        update(instruction)
        .where(it.batch_id == batch_id, it.state.in_(OPEN))
        .values(state=end.state)
    )
    return lines, total


def _open(query: Select[Any], batch_id: int) -> Select[Any]:
    return query.where(instruction.c.batch_id == batch_id, instruction.c.state.in_(OPEN))


def _outcomes(
    session: Session, batch_id: int, end: End, entry_id: int, posted_on: date, now: datetime
) -> None:
    said = (end.state, end.source, end.word, end.source, end.reason)
    rows = select(
        instruction.c.id,
        *(literal(one) for one in said),
        literal(end.happened_on, Day),
        literal(posted_on, Day),
        literal(now, Moment),
        literal(entry_id, Whole),
        *(literal(number, Whole) for number in end.proof.values()),
    ).order_by(instruction.c.id)
    columns = ["instruction_id", "state", "source", "word", "evidence", "reason", "happened_on"]
    columns += ["posted_on", "recorded_at", "entry_id", *end.proof]
    query = _open(rows, batch_id)
    session.execute(insert(outcome).from_select(columns, query, include_defaults=False))
