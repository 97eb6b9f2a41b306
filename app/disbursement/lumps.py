"""Batches that a bank debits as one sum (T8b, T8c, T9b): what is expected, and what follows.

The sum stands on `unallocated`, one item a batch. Whom the bank has called credited is settled out
of it at once, the others when their word comes; who was refused waits there for his money.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from app.disbursement.evidence import CREDITED, OPEN
from app.disbursement.expected import in_lump
from app.disbursement.funding import cell_of
from app.disbursement.line_tables import line_part, line_proposal
from app.disbursement.lump_tables import lump, lump_left_out, lump_of
from app.disbursement.states import REJECTED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract, provider
from ledger.journal import EntryDraft, post
from ledger.periods import first_open_day
from ledger.schema import Day, Moment, Whole, whole_sum
from reconciliation import matching
from reconciliation.evidence import ANY, LUMP
from reconciliation.tables import bank_line, bank_report, line_match

_GONE = ("built", "released", "cancelled")


@cache
def expected_lumps() -> Select[Any]:
    """Batches that left for a provider who debits our account, as `reconciliation/lumps.py` asks
    for them; the sums are made only for those that a line names."""
    taken = lump_of(batch.c.id)
    debited = _settled(bank_line.c.kind == "booked")
    stated = select(bank_report.c.id).where(
        bank_report.c.file_id == bank_line.c.file_id, bank_report.c.kind == "statement"
    )
    advised = _settled(bank_line.c.kind == "booked", ~stated.exists())
    back = and_(instruction.c.state == REJECTED, in_lump())
    return (
        select(
            batch.c.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            batch.c.message_id.label("reference"),
            batch.c.lines,
            batch.c.total,
            *_of(_waiting(), "waiting"),
            *_of(debited, "booked"),
            _of(advised, "advised")[1],
            *_of(back, "back"),
            func.coalesce(select(literal(1, Whole)).where(taken.exists()).scalar_subquery(), 0)
            .label("is_taken"),
        )
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(batch.c.state.not_in(_GONE), provider.c.holds_advance == 0)
    )  # fmt: skip


def _of(these: ColumnElement[bool], name: str) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """(how many, how much) of a batch's payments, named `<name>_lines` and `<name>`."""
    mine = and_(instruction.c.batch_id == batch.c.id, these)
    count = select(func.count(instruction.c.id)).where(mine).correlate(batch)
    total = select(func.coalesce(whole_sum(instruction.c.amount), 0)).where(mine).correlate(batch)
    return count.scalar_subquery().label(f"{name}_lines"), total.scalar_subquery().label(name)


def _waiting() -> ColumnElement[bool]:
    """Not over yet, or paid on the provider's word alone."""
    return or_(instruction.c.state.in_(OPEN), _on_word())


def _on_word() -> ColumnElement[bool]:
    """Settled on the provider's word alone; asked of each payment of the batch."""
    credited, debited = outcome.alias("credited"), outcome.alias("debited")
    mine = credited.c.instruction_id == instruction.c.id
    told = select(credited.c.id).where(mine, credited.c.state == CREDITED)
    done = select(debited.c.id).where(
        debited.c.instruction_id == instruction.c.id, debited.c.state == SETTLED,
        debited.c.undone_by == 0,
    )  # fmt: skip
    settled = instruction.c.state == SETTLED
    return and_(settled, told.correlate(instruction).exists(),
                ~done.correlate(instruction).exists())  # fmt: skip


def _settled(*of_line: ColumnElement[bool]) -> ColumnElement[bool]:
    """Settled by a line of which this holds, whether the matcher or two officers placed it."""
    by_hand = (
        select(line_proposal.c.bank_line_id)
        .join(line_part, line_part.c.proposal_id == line_proposal.c.id)
        .where(line_part.c.id == outcome.c.part_id)
        .correlate(outcome)
        .scalar_subquery()
    )
    return (
        select(outcome.c.id)
        .select_from(outcome)
        .join(bank_line, bank_line.c.id == func.coalesce(outcome.c.bank_line_id, by_hand))
        .where(outcome.c.instruction_id == instruction.c.id, outcome.c.state == SETTLED, *of_line)
        .where(outcome.c.undone_by == 0)
        .correlate(instruction)
        .exists()
    )


def lumps_open(session: Session) -> bool:
    """Whether any batch was ever debited as one sum: only then are there such payments."""
    return session.scalar(select(lump.c.batch_id).limit(1)) is not None


def apply_lumps(session: Session, file_id: int, now: datetime) -> list[Row[Any]]:
    """Post the lumps that a file's lines were matched with; gives (id, state) of their batches."""
    rows = session.execute(_lines_of(file_id, matching.LUMP)).all()
    for row in rows:
        _debit(session, row, now)
        if confirmed := _settle_confirmed(session, row, now):
            _settled_on_word(session, row, confirmed, now)
    return list(rows)


def apply_backs(session: Session, file_id: int, now: datetime) -> int:
    """Post the credits that bring back all that was refused out of a lump; gives how many."""
    rows = session.execute(_lines_of(file_id, matching.LUMP_BACK_SUM)).all()
    for row in rows:
        post(session, _draft(session, row, "lump_back", now), row.amount, credit_item=row.id)
        gone = (
            select(instruction.c.id, lump.c.bank_line_id)
            .join(lump, (lump.c.batch_id == instruction.c.batch_id) & (lump.c.withdrawn_by == 0))
            .where(instruction.c.batch_id == row.id, instruction.c.state == REJECTED, in_lump())
        )
        columns = ["instruction_id", "bank_line_id"]
        session.execute(insert(lump_left_out).from_select(columns, gone, include_defaults=False))
    return len(rows)


def _lines_of(file_id: int, verdict: str) -> Select[Any]:
    """Lines of a file about whole batches, each with the batch, its cell and its report."""
    line = bank_line.c
    report = select(func.min(bank_report.c.id)).where(
        bank_report.c.file_id == line.file_id, bank_report.c.account == line.account
    )
    return (
        select(batch.c.id, batch.c.state, batch.c.total, line.id.label("line_id"), line.amount,
               line.booked_on, line.remittance, contract.c.unit_code, contract.c.programme,
               contract.c.fund, contract.c.provider,
               report.scalar_subquery().label("report_id"))
        .select_from(line_match)
        .join(bank_line, line.id == line_match.c.bank_line_id)
        .join(batch, batch.c.id == line_match.c.target_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(line.file_id == file_id, line_match.c.verdict == verdict)
        .order_by(batch.c.id)
    )  # fmt: skip


def _draft(session: Session, row: Row[Any], recipe: str, now: datetime) -> EntryDraft:
    key = f"bank-line:{row.line_id}"
    return EntryDraft(
        key=f"{key}:settled" if recipe == "settle_lump" else key,
        recipe=recipe,
        cell=cell_of(row),
        effective_on=first_open_day(session, row.programme, row.booked_on, cell_of(row)),
        recorded_at=now,
        source=key,
        reason=row.remittance,
    )


def _debit(session: Session, row: Row[Any], now: datetime) -> None:
    """T8b: the sum leaves the account; what it does not hold is remembered."""
    amount = -row.amount
    draft = _draft(session, row, "debit_lump", now)
    posted = post(session, draft, amount, debit_item=row.id)
    mine = instruction.c.batch_id == row.id
    over = select(instruction.c.id, literal(row.line_id, Whole)).where(mine, ~_waiting())
    if is_part := amount != row.total:
        counted = select(func.count(instruction.c.id)).where(mine, _waiting())
    else:
        counted = select(func.count(instruction.c.id)).where(mine)
    session.execute(
        insert(lump).values(
            batch_id=row.id, bank_line_id=row.line_id, lines=session.scalar(counted),
            amount=amount, booked_on=row.booked_on, entry_id=posted.entry_id, recorded_at=now,
        )
    )  # fmt: skip
    if is_part:
        columns = ["instruction_id", "bank_line_id"]
        session.execute(insert(lump_left_out).from_select(columns, over, include_defaults=False))


def _confirmed() -> ColumnElement[bool]:
    """Called credited before the lump came: settled on that word, or only noted (ACSC)."""
    line = bank_line.c
    word = (
        select(line.id)
        .where(line.reference == instruction.c.reference, line.kind == "status")
        .where(line.provider == contract.c.provider, line.status.in_(("ACSC", "ACCC")))
        .where(line.amount.in_((0, instruction.c.amount)))
        .correlate(instruction, contract)
    )
    return or_(_on_word(), and_(instruction.c.state.in_(OPEN), word.exists()))


def _settle_confirmed(session: Session, row: Row[Any], now: datetime) -> int:
    """T8c for whom the bank called credited before; gives the entry, 0 for nobody."""
    total = session.scalar(_mine(select(whole_sum(instruction.c.amount)), row.id)) or 0
    if not total:
        return 0
    draft = _draft(session, row, "settle_lump", now)
    return post(session, draft, int(total), credit_item=row.id).entry_id


def _mine(query: Select[Any], batch_id: int) -> Select[Any]:
    return (
        query.select_from(instruction)
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(instruction.c.batch_id == batch_id, _confirmed())
    )


def _settled_on_word(session: Session, row: Row[Any], entry_id: int, now: datetime) -> None:
    """Outcomes and states of those payments: the report that holds the lump is the evidence."""
    day = first_open_day(session, row.programme, row.booked_on, cell_of(row))
    said = (SETTLED, LUMP, ANY, LUMP, "")
    rows = _mine(
        select(
            instruction.c.id,
            *(literal(one) for one in said),
            literal(row.booked_on, Day),
            literal(day, Day),
            literal(now, Moment),
            literal(entry_id, Whole),
            literal(row.report_id, Whole),
        ),
        row.id,
    ).order_by(instruction.c.id)
    columns = ["instruction_id", "state", "source", "word", "evidence", "reason", "happened_on",
               "posted_on", "recorded_at", "entry_id", "report_id"]  # fmt: skip
    session.execute(insert(outcome).from_select(columns, rows, include_defaults=False))
    done = select(outcome.c.id).where(
        outcome.c.instruction_id == instruction.c.id, outcome.c.state == SETTLED,
        outcome.c.undone_by == 0,
    )  # fmt: skip
    session.execute(
        update(instruction)
        .where(instruction.c.batch_id == row.id, instruction.c.state.in_(OPEN))
        .where(done.correlate(instruction).exists())
        .values(state=SETTLED)
    )
