"""Taking a placed line back: its entries are reversed, and the line waits in suspense again.

All is posted on the day of the placing, or on the first open one where that is closed: a closed day
stays as it was, and the reversal names what it undoes. A payment that the line had settled is on
its way again, with a hold of its own; one that it had brought back is settled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.disbursement.batches import add_event
from app.disbursement.cases import OPEN, RECALL
from app.disbursement.evidence import CREDITED
from app.disbursement.evidence_tables import bank_case
from app.disbursement.funding import cell_of
from app.disbursement.holds import INSTRUCTION, set_hold
from app.disbursement.line_tables import line_part, line_unplacing
from app.disbursement.parked import WAITS_BY, wait_for
from app.disbursement.states import ANSWERED, DONE, READY, SETTLED
from app.disbursement.tables import batch, funding_request, instruction
from app.disbursement.workbench.placing import part_key
from app.errors import Refused
from app.payroll.states import CLOSED, VOID
from app.payroll.tables import payroll, payroll_line
from ledger.journal import EntryDraft, entry_keyed, reverse
from ledger.periods import first_open_day
from reconciliation import matching
from reconciliation.tables import suspense_item

_ACTOR = "system"


def unplace(
    session: Session, proposal: Row[Any], line: Row[Any], placing: Row[Any], now: datetime
) -> None:
    """Undo a placing; the proposal is confirmed. Raises as `parts_left` does."""
    parts = parts_left(session, placing)
    day = first_open_day(session, line.programme, placing.posted_on, cell_of(line))
    _reverse(session, proposal, line, parts, day, now)
    entry_id = _wait_again(session, proposal, line, placing, day, now)
    session.execute(
        insert(line_unplacing).values(
            proposal_id=proposal.id, placing_id=placing.proposal_id, bank_line_id=line.id,
            entry_id=entry_id, posted_on=day, recorded_at=now,
        )
    )  # fmt: skip
    for one in parts:
        _put_back(session, proposal, line, one, now)
    _open_again(session, line.id)


def parts_left(session: Session, placing: Row[Any]) -> Sequence[Row[Any]]:
    """The parts of a placing. Raises Refused where a payment of them has moved on since."""
    parts = session.execute(
        select(line_part)
        .where(line_part.c.proposal_id == placing.proposal_id)
        .order_by(line_part.c.ordinal)
    ).all()
    for one in parts:
        _still_there(session, one)
    return parts


def _still_there(session: Session, one: Row[Any]) -> None:
    """Raise Refused where the payment is not as the placing left it, or is to be paid anew."""
    if one.verdict not in (matching.SETTLED, matching.RETURNED):
        return
    row: Any = session.execute(
        select(instruction.c.state, instruction.c.reference)
        .where(instruction.c.id == one.target_id)
    ).one()  # fmt: skip
    again = select(instruction.c.id).where(instruction.c.replaces_id == one.target_id)
    if row.state != one.verdict or session.scalar(again) is not None:
        raise Refused(
            f"Lệnh {row.reference} đã đi tiếp từ lúc ghép (đang ở “{row.state}”).",
            "Bỏ ghép dòng đến sau trước; đã lập lệnh thay thế thì thu hồi hoặc lập hồ sơ.",
        )
    if (number := _listed_again(session, one.target_id)) is not None:
        raise Refused(
            f"Lệnh {row.reference} đang ở danh sách số {number} để chi lại.",
            "Loại người đó khỏi danh sách, hoặc hủy danh sách đã duyệt, rồi bỏ ghép.",
        )
    recall = (bank_case.c.kind == RECALL) & (bank_case.c.state == OPEN)
    mine = select(bank_case.c.id).where(bank_case.c.instruction_id == one.target_id, recall)
    if session.scalar(mine) is not None:
        raise Refused(
            f"Lệnh {row.reference} đang được yêu cầu thu hồi.",
            "Ghi câu trả lời của ngân hàng trước; xem `ansinh bank cases`.",
        )


def _listed_again(session: Session, number: int) -> int | None:
    """The list on which what came back stands to be paid again, None where there is none: settled
    by an unmatch, it would keep all of that list from being sent."""
    query = (
        select(payroll.c.id)
        .join(payroll_line, payroll_line.c.payroll_id == payroll.c.id)
        .join(instruction, instruction.c.obligation_id == payroll_line.c.obligation_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .where(instruction.c.id == number, payroll.c.id > batch.c.payroll_id)
        .where(payroll.c.state.not_in((CLOSED, VOID)))
    )
    return session.scalar(query.order_by(payroll.c.id))


def _reverse(
    session: Session,
    proposal: Row[Any],
    line: Row[Any],
    parts: Sequence[Row[Any]],
    day: date,
    now: datetime,
) -> None:
    """The entries of the parts, by their opposites; what a paper proves has none."""
    for one in parts:
        if (entry_id := entry_keyed(session, part_key(one.id))) is not None:
            reverse(
                session,
                entry_id,
                key=f"{part_key(one.id)}:undone",
                effective_on=day,
                recorded_at=now,
                source=f"bank-line:{line.id}",
                reason=proposal.reason,
            )


def _wait_again(
    session: Session, proposal: Row[Any], line: Row[Any], placing: Row[Any], day: date,
    now: datetime,
) -> int:  # fmt: skip
    draft = EntryDraft(
        key=f"unplacing:{proposal.id}",
        recipe=WAITS_BY[line.waits_as],
        cell=cell_of(line),
        effective_on=day,
        recorded_at=now,
        source=f"bank-line:{line.id}",
        reason=proposal.reason,
        corrects_id=placing.entry_id,
    )
    return wait_for(session, draft, line)


def _put_back(
    session: Session, proposal: Row[Any], line: Row[Any], one: Row[Any], now: datetime
) -> None:
    if one.verdict == matching.SETTLED and one.was != CREDITED:
        _on_its_way(session, one.target_id, line.id, now)
    if one.verdict == matching.SETTLED:
        why = f"Bỏ ghép dòng {line.id}: chưa biết lệnh đã đi hay chưa (đề nghị {proposal.id})"
        set_hold(session, INSTRUCTION, str(one.target_id), why, _ACTOR, now)
    elif one.verdict == matching.RETURNED:
        _move(session, one.target_id, SETTLED)
    elif one.verdict == matching.FUNDING:
        mine = funding_request.c.id == one.target_id
        session.execute(update(funding_request).where(mine).values(received_on=None))
    elif one.verdict == matching.FEE_BACK:
        _open_again(session, one.target_id)


def _on_its_way(session: Session, number: int, line: int, now: datetime) -> None:
    """The payment waits for its outcome again, and so does its batch."""
    _move(session, number, READY)
    mine = select(batch.c.id).join(instruction, instruction.c.batch_id == batch.c.id)
    done = session.scalar(mine.where(instruction.c.id == number, batch.c.state == DONE))
    if done is not None:
        session.execute(update(batch).where(batch.c.id == done).values(state=ANSWERED))
        add_event(session, done, ANSWERED, now, _ACTOR, f"line_taken_back:{line}")


def _move(session: Session, number: int, state: str) -> None:
    session.execute(update(instruction).where(instruction.c.id == number).values(state=state))


def _open_again(session: Session, number: int) -> None:
    session.execute(
        update(suspense_item)
        .where(suspense_item.c.bank_line_id == number)
        .values(resolved_at=None, resolution="")
    )
