"""Taking back what the matcher placed: what the line posted is reversed, and it waits in suspense.

An entry that the line shares with others of its file stays; what it says of this line is undone by
an entry of the same recipe that names it. The verdict and the outcome are kept, marked as
withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.disbursement.evidence import CREDITED
from app.disbursement.funding import cell_of
from app.disbursement.outcomes import EFFECTS
from app.disbursement.parked import EARLY, WAITS_BY, wait_for
from app.disbursement.states import ACCEPTED, READY
from app.disbursement.tables import funding_request, instruction, outcome
from app.disbursement.withdrawn import PAPERS, taken_for
from app.disbursement.workbench.moved_on import require_still
from app.errors import Conflict, Refused
from ledger.chain import voucher_of
from ledger.errors import Overdrawn
from ledger.journal import EntryDraft, entry_keyed, reverse, reverse_part
from ledger.undone import item_beside
from reconciliation import matching
from reconciliation.tables import line_match, suspense_item


@dataclass(frozen=True, slots=True)
class Taken:
    """What a line was taken for: the verdict as officers would have placed it, its target, đồng
    above zero, the state in which a payment was found, and the word by which it is named."""

    verdict: str
    target_id: int
    amount: int
    was: str
    word: str


@dataclass(frozen=True, slots=True)
class _Undo:
    """An entry to be undone: a part of it for one item, 0 for none; as a whole where no amount."""

    entry_id: int
    amount: int = 0
    item: int = 0


def taken(session: Session, line: Row[Any]) -> Taken:
    """What a matched line was taken for. Raises as `require_still` does."""
    verdict = taken_for(line.verdict, line.pass_name, EARLY)
    require_still(session, line, verdict, line.target_id)
    was = word = ""
    amount = abs(line.amount)
    if verdict in (matching.SETTLED, matching.RETURNED):
        row: Any = session.execute(
            select(instruction.c.reference, instruction.c.amount)
            .where(instruction.c.id == line.target_id)
        ).one()  # fmt: skip
        word, was = row.reference, _was(session, line.target_id)
        amount = row.amount
    return Taken(verdict, line.target_id, amount, was, word or f"{verdict}:{line.target_id}")


def _was(session: Session, number: int) -> str:
    """How a payment stood before its debit, by what else is known of it."""
    told = select(outcome.c.id).where(
        outcome.c.instruction_id == number, outcome.c.state == CREDITED, outcome.c.undone_by == 0
    )
    if session.scalar(told) is not None:
        return CREDITED
    said = select(line_match.c.bank_line_id).where(
        line_match.c.verdict == matching.ACCEPTED, line_match.c.target_id == number
    )
    return READY if session.scalar(said.limit(1)) is None else ACCEPTED


def posted_on(session: Session, line: Row[Any]) -> date:
    """The day on which a matched line stands in the books; a paper's is the line's own."""
    day: date = line.booked_on
    for one in islice(_undone(session, line), 1):
        day = voucher_of(session, [one.entry_id])[one.entry_id].effective_on
    return day


def withdraw(session: Session, proposal: Row[Any], line: Row[Any], day: date, now: datetime) -> int:
    """Reverse what a matched line posted and let it wait again; gives the entry by which it does.

    Raises Refused where what it brought back or claimed has gone on.
    """
    if line.verdict == matching.RETURNED_CLAIMED:
        _less_claim(session, proposal, line, now)
    undone = list(_undone(session, line))
    if line.verdict == matching.CREDIT_UNKNOWN:
        _suspend(session, proposal, line)  # it waits by the entry by which it came
        return _reverse_all(session, proposal, line, undone, day, now)
    # Money that came waits before it is no longer what it was taken for, and the other way round:
    # the account that holds it never falls below what the bank says.
    comes_first = line.amount > 0
    if not comes_first:
        _reverse_all(session, proposal, line, undone, day, now)
    # Of a sum first what it settled is undone, and last the debit itself.
    corrects = undone[-1 if line.verdict == matching.LUMP else 0].entry_id if undone else None
    entry_id = wait_again(session, proposal, line, corrects, day, now)
    if comes_first:
        _reverse_all(session, proposal, line, undone, day, now)
    _suspend(session, proposal, line)
    return entry_id


def _reverse_all(
    session: Session, proposal: Row[Any], line: Row[Any], undone: Sequence[_Undo], day: date,
    now: datetime,
) -> int:  # fmt: skip
    """Reverse what a line has in the books; gives the last entry, 0 for nothing."""
    last = 0
    for number, one in enumerate(undone, start=1):
        last = _reverse(session, proposal, line, one, number, day, now)
    return last


def _undone(session: Session, line: Row[Any]) -> Iterator[_Undo]:
    """What a line has in the books, first what it proved; nothing for a paper."""
    stands = (outcome.c.bank_line_id == line.id, outcome.c.undone_by == 0)
    row: Any = session.execute(
        select(outcome.c.entry_id, instruction.c.amount, instruction.c.obligation_id)
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .where(*stands)
    ).one_or_none()
    if row is None:
        yield from _alone(session, line)
    elif line.verdict == matching.CREDIT_UNKNOWN:
        yield _Undo(row.entry_id)
    else:
        effect = EFFECTS[line.verdict]
        yield _Undo(row.entry_id, abs(line.amount), row.obligation_id if effect.item else 0)
        if effect.also is not None:
            key = voucher_of(session, [row.entry_id])[row.entry_id].key
            beside = _keyed(session, f"{key}:{effect.also.recipe}")
            yield _Undo(beside, row.amount - line.amount, row.obligation_id)


def _alone(session: Session, line: Row[Any]) -> Iterator[_Undo]:
    """The entry of a line that is about no payment; the Treasury's money has its own key."""
    if line.pass_name in PAPERS:
        return
    if (settled := entry_keyed(session, f"bank-line:{line.id}:settled")) is not None:
        yield _Undo(settled)
    number = entry_keyed(session, f"bank-line:{line.id}")
    if number is None and line.verdict == matching.FUNDING:
        asked = select(funding_request.c.reference).where(funding_request.c.id == line.target_id)
        number = _keyed(session, f"funding:{session.scalar(asked)}")
    if number is None:
        raise Conflict(f"Sổ không có bút toán của dòng {line.id}.", "Chạy `ansinh verify`.")
    yield _Undo(number)


def _keyed(session: Session, key: str) -> int:
    number = entry_keyed(session, key)
    if number is None:
        raise Conflict(f"Sổ không có bút toán {key}.", "Chạy `ansinh verify`.")
    return number


def _reverse(
    session: Session, proposal: Row[Any], line: Row[Any], one: _Undo, number: int, day: date,
    now: datetime,
) -> int:  # fmt: skip
    how = {
        "key": f"unplacing:{proposal.id}:undone:{number}",
        "effective_on": day,
        "recorded_at": now,
        "source": f"bank-line:{line.id}",
        "reason": proposal.reason,
    }
    try:
        if not one.amount:
            return reverse(session, one.entry_id, **how).entry_id
        return reverse_part(session, one.entry_id, one.amount, item=one.item, **how).entry_id
    except Overdrawn:
        raise Refused(
            f"Tiền của dòng {line.id} không còn nguyên trong sổ: đã trừ, đã nộp hoặc đã chi lại.",
            "Hủy việc làm sau trước (nộp trả Kho bạc, trừ dần, lệnh chi), rồi bỏ ghép.",
        ) from None


def wait_again(
    session: Session, proposal: Row[Any], line: Row[Any], corrects: int | None, day: date,
    now: datetime,
) -> int:  # fmt: skip
    """The line that is taken back waits as before it was placed; gives its entry, linked to the
    one that it corrects."""
    draft = EntryDraft(
        key=f"unplacing:{proposal.id}",
        recipe=WAITS_BY[line.waits_as],
        cell=cell_of(line),
        effective_on=day,
        recorded_at=now,
        source=f"bank-line:{line.id}",
        reason=proposal.reason,
        corrects_id=corrects,
    )
    return wait_for(session, draft, line)


def _suspend(session: Session, proposal: Row[Any], line: Row[Any]) -> None:
    """The line waits with its owner, as one that no pass could place."""
    mine = suspense_item.c.bank_line_id == line.id
    if line.verdict == matching.CREDIT_UNKNOWN:
        values = {"resolved_at": None, "resolution": ""}
        session.execute(update(suspense_item).where(mine).values(values))
        return
    waits = {
        "kind": line.waits_as, "amount": line.amount, "owner": "finance",
        "why": f"bỏ ghép theo đề nghị {proposal.id}", "opened_on": line.booked_on,
        "resolved_at": None, "resolution": "",
    }  # fmt: skip
    if line.kept_as is not None:
        session.execute(update(suspense_item).where(mine).values(waits))
    else:
        session.execute(insert(suspense_item).values(bank_line_id=line.id, **waits))


def _less_claim(session: Session, proposal: Row[Any], line: Row[Any], now: datetime) -> None:
    """What was kept of this return is claimed no more. Returns of a file share one claim, under
    the first of them, which is taken back last."""
    *_, beside = _undone(session, line)
    number = item_beside(session, beside.entry_id)
    item: Any = session.execute(
        select(suspense_item).where(suspense_item.c.bank_line_id == number)
    ).one()
    left = item.amount + beside.amount
    if item.resolved_at is not None:
        raise Refused(f"Phí đã giữ của dòng {line.id} đã được hoàn lại.",
                      "Bỏ ghép dòng hoàn phí trước.")  # fmt: skip
    if left and number == line.id:
        raise Refused(f"Các khoản tiền trả lại khác cùng đòi phí dưới dòng {line.id}.",
                      "Bỏ ghép các dòng kia trước, dòng này sau cùng.")  # fmt: skip
    values = {"amount": left} if left else {
        "amount": item.amount, "resolved_at": now, "resolution": f"proposal:{proposal.id}",
    }  # fmt: skip
    session.execute(
        update(suspense_item).where(suspense_item.c.bank_line_id == number).values(values)
    )
