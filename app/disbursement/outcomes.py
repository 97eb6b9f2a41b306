"""Applying verdicts: postings per cell, outcomes and states set-wise, one file at a time.

Every judged line of one verdict and contract becomes one entry; every instruction gets its
outcome with the bank line that proves it. Nothing here matches, and nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Row,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    select,
    update,
    values,
)
from sqlalchemy.orm import Session

from app.disbursement.evidence import (
    ACSC_SETTLES,
    ADVANCE,
    CREDITED,
    DEBITS,
    RECALL_DUE,
    RECALL_NOT_DUE,
)
from app.disbursement.evidence_tables import bank_case
from app.disbursement.funding import cell_of
from app.disbursement.promises import promised
from app.disbursement.states import ACCEPTED, RECALLED, REJECTED, RETURNED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract, provider
from ledger.bulk import joined_as_written
from ledger.journal import EntryDraft, post, post_many
from ledger.periods import first_open_day
from ledger.schema import Day, Moment, Whole, whole_sum
from reconciliation import matching
from reconciliation.evidence import source_of, word_of
from reconciliation.matching import Pass
from reconciliation.tables import bank_line, line_match


@dataclass(frozen=True, slots=True)
class Effect:
    """What a verdict does: the instruction's next state, and the recipe by kind of provider.

    `recipe_cash` is for cash lines; only a provider that holds an advance has them. Without
    recipes nothing is posted. `outcome` is the outcome's state, "" where there is none: a bank
    that has accepted a payment has ended nothing.
    """

    state: str
    outcome: str
    recipe_bank: str = ""
    recipe_advance: str = ""
    recipe_cash: str = ""
    per_item: bool = False

    def recipe(self, row: Row[Any]) -> str:
        """The recipe for a contract's lines of one method."""
        if row.method == "cash":
            return self.recipe_cash
        return self.recipe_advance if row.holds_advance else self.recipe_bank


def _same_for_all(state: str, recipe: str) -> Effect:
    return Effect(state, state, recipe, recipe, recipe, per_item=True)


EFFECTS: Mapping[str, Effect] = {
    matching.SETTLED: Effect(SETTLED, SETTLED, "settle_bank", "settle_advance", "pay_cash"),
    matching.CREDITED: Effect(SETTLED, CREDITED),
    matching.ACCEPTED: Effect(ACCEPTED, ""),
    matching.REJECTED: _same_for_all(REJECTED, "reject"),
    matching.CARRIED: _same_for_all(REJECTED, "carry_over"),
    matching.RETURNED: Effect(
        RETURNED, RETURNED, "return_bank", "return_advance", "return_advance", per_item=True
    ),
    matching.RECALLED: _same_for_all(RECALLED, "recall_due"),
    matching.RECALLED_NOT_DUE: Effect(
        RECALLED, RECALLED, "recall_not_due", "recall_not_due", "recall_not_due"
    ),
}


@cache
def expected_payments() -> Select[Any]:
    """What the matcher may expect: every instruction that has left the house, with its state as
    evidence finds it, and what its provider declared (`has_<need>`)."""
    return (
        select(
            instruction.c.id.label("target_id"),
            contract.c.provider,
            contract.c.account,
            instruction.c.reference,
            instruction.c.amount,
            _state().label("state"),
            *(told.label(f"has_{need}") for need, told in _needs().items()),
        )
        .join(batch, batch.c.id == instruction.c.batch_id)
        .join(contract, contract.c.id == batch.c.contract_id)
        .where(batch.c.state.not_in(("built", "released", "cancelled")))
    )


def _state() -> ColumnElement[str]:
    """The state of an instruction; 'credited' where it is settled on a provider's word alone."""
    told = [
        select(outcome.c.id)
        .where(outcome.c.instruction_id == instruction.c.id, outcome.c.state == state)
        .exists()
        for state in (CREDITED, SETTLED)
    ]
    return case(
        (instruction.c.state != SETTLED, instruction.c.state),
        (and_(told[0], ~told[1]), CREDITED),
        else_=SETTLED,
    )


def _needs() -> Mapping[str, ColumnElement[int]]:
    """By need, 1 where it is met; each is looked up only where a rule asks for it."""
    advance = (
        select(provider.c.holds_advance)
        .where(provider.c.code == contract.c.provider)
        .scalar_subquery()
    )
    return {
        ADVANCE: advance,
        DEBITS: literal(1) - advance,
        ACSC_SETTLES: promised(ACSC_SETTLES, contract.c.provider),
        RECALL_DUE: _recalled(1),
        RECALL_NOT_DUE: _recalled(0),
    }


def _recalled(still_due: int) -> ColumnElement[int]:
    asked = select(bank_case.c.id).where(
        bank_case.c.instruction_id == instruction.c.id,
        bank_case.c.kind == "recall",
        bank_case.c.state == "open",
        bank_case.c.still_due == still_due,
    )
    return case((asked.exists(), 1), else_=0)


def apply_pass(session: Session, file_id: int, one: Pass, now: datetime) -> int:
    """Apply the verdicts that a pass gave in a file, to books and instructions; gives how many."""
    effect = EFFECTS[one.verdict]
    with joined_as_written(session):  # the verdicts were written a moment ago
        of = {"of_file": file_id, "pass_name": one.name}
        groups = session.execute(_by_contract(), of).all()
        posted = [_post_group(session, file_id, one, row, now) for row in groups]
        if posted and effect.outcome:
            _outcomes(session, file_id, one, posted, now)
        if posted:
            session.execute(_moved(), {**of, "moved_to": effect.state})
    return sum(row.lines for row in groups)


def _post_group(
    session: Session, file_id: int, one: Pass, row: Row[Any], now: datetime
) -> tuple[int, str, date, int | None]:
    """One entry for the lines of a contract and method: (contract, method, day, entry)."""
    effective_on = first_open_day(session, row.programme, row.last_day)
    recipe = EFFECTS[one.verdict].recipe(row)
    if not recipe:
        return row.contract_id, row.method, effective_on, None
    draft = EntryDraft(
        key=f"file:{file_id}:{one.name}:{row.contract_id}:{row.method}",
        recipe=recipe,
        cell=cell_of(row),
        effective_on=effective_on,
        recorded_at=now,
        source=f"file:{file_id}",
    )
    entry_id = _post(session, draft, file_id, one, row)
    return row.contract_id, row.method, draft.effective_on, entry_id


def _judged(file_id: Any, name: Any) -> Any:
    """The lines of a file that a pass judged, from the line outwards: each step by a key."""
    return (
        bank_line.join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(instruction, instruction.c.id == line_match.c.target_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
    ), (bank_line.c.file_id == file_id, line_match.c.pass_name == name)


@cache
def _by_contract() -> Select[Any]:
    source, where = _judged(bindparam("of_file"), bindparam("pass_name"))
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    return (
        select(
            batch.c.contract_id,
            instruction.c.method,
            *place,
            provider.c.holds_advance,
            func.count().label("lines"),
            whole_sum(instruction.c.amount).label("total"),
            func.max(bank_line.c.booked_on).label("last_day"),
        )
        .select_from(source)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(*where)
        .group_by(batch.c.contract_id, instruction.c.method, *place, provider.c.holds_advance)
        .order_by(batch.c.contract_id, instruction.c.method)
    )


def _post(session: Session, draft: EntryDraft, file_id: int, one: Pass, row: Row[Any]) -> int:
    if not EFFECTS[one.verdict].per_item:
        return post(session, draft, int(row.total)).entry_id
    source, where = _judged(file_id, one.name)
    items = (
        select(instruction.c.obligation_id.label("item"), instruction.c.amount.label("amount"))
        .select_from(source)
        .where(*where, *_same(row))
    )
    return post_many(session, draft, items, count=row.lines, total=int(row.total)).entry_id


def _outcomes(
    session: Session, file_id: int, one: Pass, posted: Sequence[Any], now: datetime
) -> None:
    """The outcomes of a pass's lines, all contracts of the file in one statement."""
    entries = _entries(posted)
    source, where = _judged(file_id, one.name)
    rows = (
        select(
            instruction.c.id,
            literal(EFFECTS[one.verdict].outcome),
            bank_line.c.id,
            source_of(),
            word_of(),
            bank_line.c.kind,
            bank_line.c.reason,
            bank_line.c.booked_on,
            entries.c.posted_on,
            literal(now, Moment),
            # Where nothing is posted it is null, which PostgreSQL takes for text.
            cast(entries.c.entry_id, Whole),
        )
        .select_from(source)
        .join(
            entries,
            (entries.c.contract_id == batch.c.contract_id)
            & (entries.c.method == instruction.c.method),
        )
        .where(*where)
        .order_by(bank_line.c.id)
    )
    columns = ["instruction_id", "state", "bank_line_id", "source", "word", "evidence", "reason"]
    columns += ["happened_on", "posted_on", "recorded_at", "entry_id"]
    session.execute(insert(outcome).from_select(columns, rows, include_defaults=False))


def _entries(posted: Sequence[Any]) -> CTE:
    """(contract, method, day of posting, entry) of each group of lines, to be joined with."""
    columns = (
        column("contract_id", Whole),
        column("method", Text),
        column("posted_on", Day),
        column("entry_id", Whole),
    )
    return values(*columns, name="posted").data(posted).cte()


def _same(row: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    return batch.c.contract_id == row.contract_id, instruction.c.method == row.method


@cache
def _moved() -> Update:
    judged = (
        select(line_match.c.target_id)
        .join(bank_line, bank_line.c.id == line_match.c.bank_line_id)
        .where(bank_line.c.file_id == bindparam("of_file"))
        .where(line_match.c.pass_name == bindparam("pass_name"))
    )
    mine = update(instruction).where(instruction.c.id.in_(judged))
    return mine.values(state=bindparam("moved_to"))
