"""Taking a line back that officers or the matcher placed: its entries are reversed, and the line
waits in suspense again.

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

from app.disbursement.banning import lift_what_was_undone
from app.disbursement.evidence import CREDITED
from app.disbursement.funding import cell_of
from app.disbursement.holds import INSTRUCTION, set_hold
from app.disbursement.line_tables import line_part, line_unplacing
from app.disbursement.states import SETTLED
from app.disbursement.tables import funding_request, instruction
from app.disbursement.workbench.moved_on import require_still
from app.disbursement.workbench.of_lumps import put_lump_back, reopen
from app.disbursement.workbench.placing import part_key
from app.disbursement.workbench.withdrawing import Taken, posted_on, taken, wait_again, withdraw
from app.errors import Refused
from ledger.journal import entry_keyed, reverse
from ledger.periods import first_open_day, is_closed, period_of
from reconciliation import matching
from reconciliation.tables import suspense_item

_ACTOR = "system"


def unplace(
    session: Session, proposal: Row[Any], line: Row[Any], placing: Row[Any], *, corrects: bool,
    now: datetime,
) -> None:  # fmt: skip
    """Undo a placing; the proposal is confirmed. Raises as `parts_left` and `day_for` do."""
    parts = parts_left(session, line, placing)
    day = day_for(session, line, placing.posted_on, corrects=corrects)
    if line.amount < 0:
        _reverse(session, proposal, line, parts, day, now)
    entry_id = wait_again(session, proposal, line, placing.entry_id, day, now)
    if line.amount > 0:  # the account that holds the money never falls below what the bank says
        _reverse(session, proposal, line, parts, day, now)
    _written(session, proposal, line, placing.proposal_id, entry_id, day, now)
    for one in parts:
        _put_back(session, proposal, line, one, now)
    _open_again(session, line.id)
    lift_what_was_undone(session, proposal.id, now)


def withdraw_match(
    session: Session, proposal: Row[Any], line: Row[Any], *, corrects: bool, now: datetime
) -> None:
    """Undo what the matcher made of a line; the proposal is confirmed. Raises as `taken`,
    `withdraw` and `day_for` do."""
    was_for = taken(session, line)
    day = day_for(session, line, posted_on(session, line), corrects=corrects)
    entry_id = withdraw(session, proposal, line, day, now)
    _written(session, proposal, line, None, entry_id, day, now)
    _put_back(session, proposal, line, was_for, now)
    lift_what_was_undone(session, proposal.id, now)


def day_for(session: Session, line: Row[Any], stands_on: date, *, corrects: bool) -> date:
    """The day on which what stands in the books on a day is undone: that day or the first open
    one. Raises Refused where its month is closed, but for a correction, and only then for one."""
    closed = is_closed(session, line.programme, period_of(stands_on))
    if closed and not corrects:
        raise Refused(
            f"Kỳ {stands_on:%m/%Y} đã khóa, không bỏ ghép được nữa.",
            f"Dùng `ansinh recon correct {line.id}`: kỳ đã khóa giữ nguyên, bút toán điều chỉnh"
            " nối với bút toán cũ ghi vào kỳ đang mở.",
        )
    if corrects and not closed:
        raise Refused(f"Kỳ {stands_on:%m/%Y} còn mở.", f"Dùng `ansinh recon unmatch {line.id}`.")
    return first_open_day(session, line.programme, stands_on, cell_of(line))


def _written(
    session: Session, proposal: Row[Any], line: Row[Any], placing: int | None, entry_id: int,
    day: date, now: datetime,
) -> None:  # fmt: skip
    session.execute(
        insert(line_unplacing).values(
            proposal_id=proposal.id, placing_id=placing, bank_line_id=line.id,
            entry_id=entry_id, posted_on=day, recorded_at=now,
        )
    )  # fmt: skip


def parts_left(session: Session, line: Row[Any], placing: Row[Any]) -> Sequence[Row[Any]]:
    """The parts of a placing. Raises as `require_still` does for what has moved on since."""
    parts = session.execute(
        select(line_part)
        .where(line_part.c.proposal_id == placing.proposal_id)
        .order_by(line_part.c.ordinal)
    ).all()
    for one in parts:
        require_still(session, line, one.verdict, one.target_id)
    return parts


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


def _put_back(
    session: Session, proposal: Row[Any], line: Row[Any], one: Row[Any] | Taken, now: datetime
) -> None:
    if one.verdict == matching.LATE:
        _move(session, one.target_id, one.was)
    elif one.verdict == matching.SETTLED and one.was != CREDITED:
        _on_its_way(session, one.target_id, one.was, line.id, now)
    if one.verdict in (matching.SETTLED, matching.LATE):
        why = f"Bỏ ghép dòng {line.id}: chưa biết lệnh đã đi hay chưa (đề nghị {proposal.id})"
        set_hold(session, INSTRUCTION, str(one.target_id), why, _ACTOR, now)
    elif one.verdict == matching.LUMP:
        put_lump_back(session, one.target_id, line.id, proposal.id, now)
    elif one.verdict == matching.RETURNED:
        _move(session, one.target_id, SETTLED)
    elif one.verdict == matching.FUNDING:
        mine = funding_request.c.id == one.target_id
        session.execute(update(funding_request).where(mine).values(received_on=None))
    elif one.verdict in (matching.FEE_BACK, matching.SENT_BACK):
        _open_again(session, one.target_id)


def _on_its_way(session: Session, number: int, was: str, line: int, now: datetime) -> None:
    """The payment waits for its outcome as before, and so does its batch."""
    _move(session, number, was)
    mine = select(instruction.c.batch_id).where(instruction.c.id == number)
    reopen(session, session.scalars(mine).one(), line, now)


def _move(session: Session, number: int, state: str) -> None:
    session.execute(update(instruction).where(instruction.c.id == number).values(state=state))


def _open_again(session: Session, number: int) -> None:
    session.execute(
        update(suspense_item)
        .where(suspense_item.c.bank_line_id == number)
        .values(resolved_at=None, resolution="")
    )
