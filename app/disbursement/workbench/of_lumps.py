"""Taking back the debit of a whole batch: what must not have followed, and where its payments go.

Whom the bank had called credited before it came was settled with it, and is no more; who was
settled or refused out of it by a word of his own makes it stay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from app.disbursement.batches import add_event
from app.disbursement.cases import OPEN, RECALL
from app.disbursement.evidence import CREDITED
from app.disbursement.evidence_tables import bank_case
from app.disbursement.holds import set_hold
from app.disbursement.states import ACCEPTED, ANSWERED, DONE, READY, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.errors import Refused
from app.units.tables import contract
from reconciliation import matching
from reconciliation.evidence import LUMP
from reconciliation.tables import line_match

_DETAILS = (matching.SETTLED_LUMP, matching.REFUSED_LUMP, matching.LUMP_BACK)
_ACTOR = "system"


def require_lump_still(session: Session, batch_id: int) -> None:
    """Raise Refused where a payment of a batch went on from the sum by which it was debited."""
    found: Any = session.execute(_gone_on(batch_id)).first()
    if found is not None:
        raise Refused(
            f"Lệnh {found.reference} của lô {batch_id} đã đi tiếp từ khoản ghi nợ cả lô"
            f" (đang ở “{found.state}”).",
            "Ngân hàng đã báo về lệnh đó nên khoản ghi nợ đúng là của lô; sai thì lập hồ sơ.",
        )


def _gone_on(batch_id: int) -> Select[Any]:
    """Payments of a batch that a word of their own took out of its sum, whose money came back, or
    that were settled with it and have moved on."""
    told, sum_back, recall = line_match.c, line_match.alias("sum_back").c, bank_case.c
    detail = select(told.bank_line_id).where(
        told.target_id == instruction.c.id, told.verdict.in_(_DETAILS), told.withdrawn_by == 0
    )
    back = select(sum_back.bank_line_id).where(
        sum_back.target_id == batch_id, sum_back.verdict == matching.LUMP_BACK_SUM,
        sum_back.withdrawn_by == 0,
    )  # fmt: skip
    recalled = select(recall.id).where(
        recall.instruction_id == instruction.c.id, recall.kind == RECALL, recall.state == OPEN
    )
    moved = or_(instruction.c.state != SETTLED, recalled.exists())
    return (
        select(instruction.c.reference, instruction.c.state)
        .where(instruction.c.batch_id == batch_id)
        .where(or_(detail.exists(), back.exists(), and_(_settled_with(0), moved)))
        .order_by(instruction.c.id)
        .limit(1)
    )


def _settled_with(undone_by: int) -> ColumnElement[bool]:
    """That a payment was settled with a sum, which stands (0) or which this proposal took back."""
    return (
        select(outcome.c.id)
        .where(outcome.c.instruction_id == instruction.c.id, outcome.c.source == LUMP)
        .where(outcome.c.undone_by == undone_by)
        .exists()
    )


def put_lump_back(session: Session, batch_id: int, line: int, proposal: int, now: datetime) -> None:
    """The payments that were settled with a sum wait for their outcome as before; those paid on
    the bank's word stay so. Their provider is stopped: the money may have left."""
    mine = and_(instruction.c.batch_id == batch_id, _settled_with(proposal), ~_has(CREDITED))
    said = select(line_match.c.bank_line_id).where(
        line_match.c.verdict == matching.ACCEPTED, line_match.c.target_id == instruction.c.id
    )
    for where, state in ((said.exists(), ACCEPTED), (~said.exists(), READY)):
        session.execute(update(instruction).where(mine, where).values(state=state))
    reopen(session, batch_id, line, now)
    provider = select(contract.c.provider).join(batch, batch.c.contract_id == contract.c.id)
    code = session.scalars(provider.where(batch.c.id == batch_id)).one()
    why = f"Bỏ ghép khoản ghi nợ cả lô {batch_id}: chưa biết tiền đã đi hay chưa ({proposal})"
    set_hold(session, "provider", code, why, _ACTOR, now)


def _has(state: str) -> ColumnElement[bool]:
    stands = (outcome.c.state == state, outcome.c.undone_by == 0)
    mine = select(outcome.c.id).where(outcome.c.instruction_id == instruction.c.id, *stands)
    return mine.exists()


def reopen(session: Session, batch_id: int, line: int, now: datetime) -> None:
    """A batch that was done and has an open payment again waits for its answer."""
    waits = select(instruction.c.id).where(
        instruction.c.batch_id == batch_id, instruction.c.state.in_((READY, ACCEPTED))
    )
    done = select(batch.c.id).where(batch.c.id == batch_id, batch.c.state == DONE, waits.exists())
    found: Row[Any] | None = session.execute(done).one_or_none()
    if found is not None:
        session.execute(update(batch).where(batch.c.id == batch_id).values(state=ANSWERED))
        add_event(session, batch_id, ANSWERED, now, _ACTOR, f"line_taken_back:{line}")
