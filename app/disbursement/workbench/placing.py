"""Placing a line that waited: out of suspense, and booked as the matcher would have booked it.

The entry by which it waited is reversed, and each part is posted by the recipe of its verdict
(`outcomes.EFFECTS`), all on one day: that of the line, or the first that is open. So a closed day
stays as it is, and the bank's account moves by nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.orm import Session

from app.disbursement.banning import ban_what_came_back
from app.disbursement.collection import finish
from app.disbursement.fees import take_once
from app.disbursement.funding import cell_of, receive
from app.disbursement.line_tables import line_part, line_placing
from app.disbursement.outcomes import EFFECTS, OBLIGATION, Effect
from app.disbursement.states import SETTLED
from app.disbursement.tables import batch, funding_request, instruction, outcome
from app.disbursement.workbench.lines import parking_of
from app.disbursement.workbench.targets import Target
from app.errors import Refused
from app.units.tables import contract, provider
from ledger.bulk import insert_one
from ledger.errors import Overdrawn
from ledger.journal import EntryDraft, post, reverse
from ledger.periods import first_open_day
from reconciliation import matching
from reconciliation.evidence import ANY, BOOKED_CREDIT, BOOKED_DEBIT
from reconciliation.tables import suspense_item


def place(
    session: Session, proposal: Row[Any], line: Row[Any], parts: Sequence[Target], now: datetime
) -> None:
    """Take a line out of suspense and book its parts; the proposal is confirmed."""
    day = first_open_day(session, line.programme, line.booked_on, cell_of(line))
    numbers = [
        insert_one(
            session, line_part, proposal_id=proposal.id, ordinal=ordinal, verdict=one.verdict,
            target_id=one.target_id, amount=one.amount, was=one.was,
        )
        for ordinal, one in enumerate(parts, start=1)
    ]  # fmt: skip
    # Money that came is booked before it stops waiting, and the other way round: the account that
    # holds it never falls below what the bank says.
    if line.amount < 0:
        _take_out(session, proposal, line, day, now)
    entries = [
        _book(session, line, number, one, day, now)
        for number, one in zip(numbers, parts, strict=True)
    ]
    if line.amount > 0:
        _take_out(session, proposal, line, day, now)
    for number, one, entry_id in zip(numbers, parts, entries, strict=True):
        if one.verdict in _PAYMENTS:
            _ended(session, line, number, one, entry_id, day, now)
    _resolved(session, line.id, f"proposal:{proposal.id}", now)
    ban_what_came_back(session, proposal.id, now)
    finish(session, now)


def _resolved(session: Session, number: int, why: str, now: datetime) -> None:
    """What waited under a line waits no more."""
    mine = suspense_item.c.bank_line_id == number
    session.execute(update(suspense_item).where(mine).values(resolved_at=now, resolution=why))


def _take_out(
    session: Session, proposal: Row[Any], line: Row[Any], day: date, now: datetime
) -> None:
    posted = reverse(
        session,
        parking_of(session, line.id),
        key=f"placing:{proposal.id}",
        effective_on=day,
        recorded_at=now,
        source=f"bank-line:{line.id}",
        reason=proposal.reason,
    )
    session.execute(
        insert(line_placing).values(
            proposal_id=proposal.id, bank_line_id=line.id, entry_id=posted.entry_id,
            posted_on=day, placed_at=now,
        )
    )  # fmt: skip


_LATE = Effect(SETTLED, SETTLED, "settle_late", "settle_late", "settle_late", item=OBLIGATION)
_PAYMENTS: Mapping[str, Effect] = {
    **{one: EFFECTS[one] for one in (matching.SETTLED, matching.RETURNED)}, matching.LATE: _LATE,
}  # fmt: skip
"""What follows for a payment, and in the books; what went after all is owed no more."""


def part_key(number: int) -> str:
    """The key of the entry of a part."""
    return f"line-part:{number}"


def _book(
    session: Session, line: Row[Any], number: int, one: Target, day: date, now: datetime
) -> int:
    """Post a part; gives the entry of a payment, 0 for what has no outcome."""
    if one.verdict in _PAYMENTS:
        return _payment(session, line, number, one, day, now)
    if one.verdict == matching.FUNDING:
        _funding(session, line, number, one, day, now)
    elif one.verdict == matching.FEE_BACK:
        post(session, _draft(line, number, "claim_paid", day, now), one.amount,
             credit_item=one.target_id)  # fmt: skip
        _resolved(session, one.target_id, f"bank-line:{line.id}", now)
    elif one.verdict == matching.SENT_BACK:
        post(session, _draft(line, number, "send_back", day, now), one.amount,
             debit_item=one.target_id)  # fmt: skip
        _resolved(session, one.target_id, f"bank-line:{line.id}", now)
    elif one.verdict in (matching.FEE_MONTH, matching.FEE_BATCH):
        take_once(session, one.verdict, one.target_id, line.id, now)
        post(session, _draft(line, number, "pay_fee", day, now), one.amount)
    return 0  # what a paper proves is in the books by the paper


def _draft(line: Row[Any], number: int, recipe: str, day: date, now: datetime) -> EntryDraft:
    return EntryDraft(
        key=part_key(number),
        recipe=recipe,
        cell=cell_of(line),
        effective_on=day,
        recorded_at=now,
        source=f"bank-line:{line.id}",
        reason=line.remittance,
    )


def _payment(
    session: Session, line: Row[Any], number: int, one: Target, day: date, now: datetime
) -> int:
    """Book a payment as the verdict's effect says; gives the entry. Raises Refused where what went
    after all is not owed any more."""
    effect = _PAYMENTS[one.verdict]
    paid: Any = session.execute(
        select(instruction.c.obligation_id, instruction.c.method, provider.c.holds_advance)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(instruction.c.id == one.target_id)
    ).one()
    draft = _draft(line, number, effect.recipe(paid), day, now)
    item = paid.obligation_id if effect.item else 0
    if one.verdict != matching.LATE:
        return post(session, draft, one.amount, credit_item=item).entry_id
    try:
        return post(session, draft, one.amount, debit_item=item).entry_id
    except Overdrawn:
        raise Refused(
            f"Khoản của lệnh {one.word} không còn phải trả.",
            "Ghi nợ này là chi thừa: đòi ngân hàng hoặc người nhận.",
        ) from None


def _ended(
    session: Session, line: Row[Any], number: int, one: Target, entry_id: int, day: date,
    now: datetime,
) -> None:  # fmt: skip
    """Outcome and state of a payment whose part is booked."""
    effect = _PAYMENTS[one.verdict]
    session.execute(
        insert(outcome).values(
            instruction_id=one.target_id, state=effect.outcome, part_id=number,
            source=BOOKED_DEBIT if line.amount < 0 else BOOKED_CREDIT, word=ANY,
            evidence=line.kind, reason=line.reason, happened_on=line.booked_on, posted_on=day,
            recorded_at=now, entry_id=entry_id,
        )
    )  # fmt: skip
    session.execute(
        update(instruction).where(instruction.c.id == one.target_id).values(state=effect.state)
    )


def _funding(
    session: Session, line: Row[Any], number: int, one: Target, day: date, now: datetime
) -> None:
    asked = funding_request.c
    row: Any = session.execute(
        select(asked.id, asked.reference, asked.amount, *_PLACE, provider.c.holds_advance)
        .join(contract, contract.c.id == asked.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(asked.id == one.target_id)
    ).one()
    receive(session, row, day, f"bank-line:{line.id}", now, part_key(number))


_PLACE = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
