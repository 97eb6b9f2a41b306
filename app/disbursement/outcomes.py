"""Applying verdicts: postings per cell, outcomes and states set-wise, one file at a time.

Every judged line of one verdict and contract becomes one entry; every instruction gets its
outcome with the bank line that proves it. Nothing here matches, and nothing here reads files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Row,
    Select,
    Text,
    Update,
    bindparam,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from app.disbursement.evidence import (
    CREDITED,
)
from app.disbursement.funding import cell_of
from app.disbursement.lump_tables import lump, lump_left_out
from app.disbursement.states import ACCEPTED, RECALLED, REJECTED, RETURNED, SETTLED
from app.disbursement.tables import batch, instruction, outcome
from app.units.tables import contract, provider
from ledger.bulk import joined_as_written
from ledger.journal import EntryDraft, post, post_many
from ledger.periods import first_open_day
from ledger.posting_rows import ITEMS_MAX
from ledger.schema import Day, Moment, Whole, whole_sum
from reconciliation import matching
from reconciliation.evidence import source_of, word_of
from reconciliation.matching import Pass
from reconciliation.tables import bank_line, line_match, suspense_item

OBLIGATION, BATCH = "obligation", "batch"
SENT, CAME, CHARGE = "sent", "came", "charge"
"""How much of a line's payment: what was sent, what came back, what was kept of it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A posting beside the first: its recipe, what its items are, how much; a claim has an item
    of its own, the first line."""

    recipe: str
    item: str
    amount: str
    is_claim: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a verdict does: the instruction's next state, and the recipe by kind of provider.

    `recipe_cash` is for cash lines; only a provider that holds an advance has them. Without
    recipes nothing is posted. `outcome` is the outcome's state, "" where there is none: a bank
    that has accepted a payment has ended nothing. `item` is what a posting is for and `amount`
    how much it is; `also` is what is posted beside it.
    """

    state: str
    outcome: str
    recipe_bank: str = ""
    recipe_advance: str = ""
    recipe_cash: str = ""
    item: str = ""
    amount: str = SENT
    also: Part | None = None
    leaves_lump: bool = False

    def recipe(self, row: Row[Any]) -> str:
        """The recipe for a contract's lines of one method."""
        if row.method == "cash":
            return self.recipe_cash
        return self.recipe_advance if row.holds_advance else self.recipe_bank


def _same_for_all(state: str, recipe: str) -> Effect:
    return Effect(state, state, recipe, recipe, recipe, item=OBLIGATION)


def _less(also: Part) -> Effect:
    """A return less a charge: the obligation is whole again."""
    names = ("return_bank", "return_advance", "return_advance")
    return Effect(RETURNED, RETURNED, *names, item=OBLIGATION, amount=CAME, also=also)


EFFECTS: Mapping[str, Effect] = {
    matching.SETTLED: Effect(SETTLED, SETTLED, "settle_bank", "settle_advance", "pay_cash"),
    matching.CREDITED: Effect(SETTLED, CREDITED),
    matching.ACCEPTED: Effect(ACCEPTED, ""),
    matching.REJECTED: _same_for_all(REJECTED, "reject"),
    matching.CARRIED: _same_for_all(REJECTED, "carry_over"),
    matching.RETURNED: Effect(
        RETURNED, RETURNED, "return_bank", "return_advance", "return_advance", item=OBLIGATION
    ),
    matching.SETTLED_LUMP: Effect(SETTLED, SETTLED, "settle_lump", item=BATCH),
    matching.REFUSED_LUMP: Effect(
        REJECTED,
        REJECTED,
        "reject",
        item=OBLIGATION,
        also=Part("lump_back", BATCH, SENT),
        leaves_lump=True,
    ),
    matching.LUMP_BACK: Effect("", "", "lump_back", item=BATCH, leaves_lump=True),
    matching.RETURNED_CLAIMED: _less(Part("claim_charge", OBLIGATION, CHARGE, is_claim=True)),
    matching.RETURNED_BORNE: _less(Part("return_charge", OBLIGATION, CHARGE)),
    matching.RECALLED: _same_for_all(RECALLED, "recall_due"),
    matching.RECALLED_NOT_DUE: Effect(
        RECALLED, RECALLED, "recall_not_due", "recall_not_due", "recall_not_due"
    ),
}


def apply_pass(session: Session, file_id: int, one: Pass, now: datetime) -> int:
    """Apply the verdicts that a pass gave in a file, to books and instructions; gives how many."""
    effect = EFFECTS[one.verdict]
    with joined_as_written(session):  # the verdicts were written a moment ago
        of = {"of_file": file_id, "pass_name": one.name}
        groups = _groups(session, effect, of)
        posted = [_post_group(session, file_id, one, row, now) for row in groups]
        if posted and effect.outcome:
            _outcomes(session, file_id, one, posted, now)
        if posted and effect.state:
            session.execute(_moved(), {**of, "moved_to": effect.state})
        if posted and effect.leaves_lump:
            _left(session, file_id, one)
    return sum(row.lines for row in groups)


def _groups(session: Session, effect: Effect, of: Mapping[str, Any]) -> list[Row[Any]]:
    """The lines of each contract and method, in parts where they are more than an entry holds."""
    found: list[Row[Any]] = []
    for row in session.execute(_by_contract(), of):
        if effect.item and row.lines > ITEMS_MAX:
            mine = {"of_contract": row.contract_id, "of_method": row.method}
            found += session.execute(_in_parts(), {**of, **mine, "size": ITEMS_MAX}).all()
        else:
            found.append(row)
    return found


def _post_group(
    session: Session, file_id: int, one: Pass, row: Row[Any], now: datetime
) -> tuple[Any, ...]:
    """One entry for lines of a contract and method, as `_GROUP` tells of it."""
    lines = (row.contract_id, row.method, row.first_line, row.last_line)
    effective_on = first_open_day(session, row.programme, row.last_day, cell_of(row))
    effect = EFFECTS[one.verdict]
    if not (recipe := effect.recipe(row)):
        return *lines, effective_on, None
    part = f":{row.first_line}" if row.is_part else ""
    draft = EntryDraft(
        key=f"file:{file_id}:{one.name}:{row.contract_id}:{row.method}{part}",
        recipe=recipe,
        cell=cell_of(row),
        effective_on=effective_on,
        recorded_at=now,
        source=f"file:{file_id}",
    )
    entry_id = _post(session, draft, file_id, one, row, Part(recipe, effect.item, effect.amount))
    if effect.also:
        second = replace(draft, key=f"{draft.key}:{effect.also.recipe}", recipe=effect.also.recipe)
        _post(session, second, file_id, one, row, effect.also)
    return *lines, draft.effective_on, entry_id


def _judged(file_id: Any, name: Any, group: Row[Any] | None = None) -> Any:
    """The lines of a file that a pass judged, or a contract's and method's of them, from the line
    outwards: each step by a key.

    Those of a contract stand together in most files: none reads the file's other lines.
    """
    of_file: tuple[ColumnElement[bool], ...] = (bank_line.c.file_id == file_id,)
    if group is not None:
        of_file = (
            bank_line.c.id.between(group.first_line, group.last_line),
            bank_line.c.file_id + 0 == file_id,  # not the way in, on either database
            batch.c.contract_id == group.contract_id,
            instruction.c.method == group.method,
        )
    return (
        bank_line.join(line_match, line_match.c.bank_line_id == bank_line.c.id)
        .join(instruction, instruction.c.id == line_match.c.target_id)
        .join(batch, batch.c.id == instruction.c.batch_id)
    ), (*of_file, line_match.c.pass_name == name)


@cache
def _in_parts() -> Select[Any]:
    """The lines of one contract and method by so many line numbers: no part has more lines."""
    line = bank_line.c.id
    part = line // bindparam("size", type_=Whole)
    mine = (batch.c.contract_id == bindparam("of_contract"),
            instruction.c.method == bindparam("of_method"))  # fmt: skip
    return _by_contract(part).where(*mine)


@cache
def _by_contract(*part: ColumnElement[int]) -> Select[Any]:
    source, where = _judged(bindparam("of_file"), bindparam("pass_name"))
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    return (
        select(
            batch.c.contract_id,
            instruction.c.method,
            literal(bool(part)).label("is_part"),
            *place,
            provider.c.holds_advance,
            func.count().label("lines"),
            whole_sum(instruction.c.amount).label(SENT),
            whole_sum(bank_line.c.amount).label(CAME),
            whole_sum(instruction.c.amount - bank_line.c.amount).label(CHARGE),
            func.max(bank_line.c.booked_on).label("last_day"),
            func.min(bank_line.c.id).label("first_line"),
            func.max(bank_line.c.id).label("last_line"),
        )
        .select_from(source)
        .join(contract, contract.c.id == batch.c.contract_id)
        .join(provider, provider.c.code == contract.c.provider)
        .where(*where)
        .group_by(
            batch.c.contract_id, instruction.c.method, *place, provider.c.holds_advance, *part
        )
        .order_by(batch.c.contract_id, instruction.c.method, func.min(bank_line.c.id))
    )


_AMOUNTS: Mapping[str, ColumnElement[int]] = {
    SENT: instruction.c.amount,
    CAME: bank_line.c.amount,
    CHARGE: instruction.c.amount - bank_line.c.amount,
}


def _post(
    session: Session, draft: EntryDraft, file_id: int, one: Pass, row: Row[Any], part: Part
) -> int:
    total = int(getattr(row, part.amount))
    if not part.item:
        return post(session, draft, total).entry_id
    source, where = _judged(file_id, one.name, row)
    amount = _AMOUNTS[part.amount]
    if part.item == BATCH:
        grouped = select(batch.c.id.label("item"), whole_sum(amount).label("amount"))
        items = grouped.select_from(source).where(*where).group_by(batch.c.id)
        return post_many(session, draft, items).entry_id
    each = select(instruction.c.obligation_id.label("item"), amount.label("amount"))
    items = each.select_from(source).where(*where)
    claim = row.first_line if part.is_claim else 0
    posted = post_many(session, draft, items, count=row.lines, total=total, debit_item=claim)
    if claim:
        _claimed(session, row, total)
    return posted.entry_id


def _claimed(session: Session, row: Row[Any], total: int) -> None:
    """What was kept of the returns of a file and contract is one claim, under its first line."""
    session.execute(
        insert(suspense_item).values(
            bank_line_id=row.first_line,
            kind=matching.CHARGE,
            amount=-total,
            owner="finance",
            why=f"phí trừ vào {row.lines} khoản tiền trả lại, phải đòi",
            opened_on=row.last_day,
            resolution="",
        )
    )


def _left(session: Session, file_id: int, one: Pass) -> None:
    """What came back is not in the lump any more."""
    source, where = _judged(file_id, one.name)
    rows = (
        select(instruction.c.id, lump.c.bank_line_id)
        .select_from(source)
        .join(lump, (lump.c.batch_id == batch.c.id) & (lump.c.withdrawn_by == 0))
        .where(*where)
    )
    columns = ["instruction_id", "bank_line_id"]
    session.execute(insert(lump_left_out).from_select(columns, rows, include_defaults=False))


def _outcomes(
    session: Session, file_id: int, one: Pass, posted: Sequence[Any], now: datetime
) -> None:
    """The outcomes of a pass's lines, all contracts of the file in one statement."""
    told = {
        f"{name}_{number}": value
        for number, group in enumerate(posted)
        for name, value in zip(_GROUP, group, strict=True)
    }
    of = {"of_file": file_id, "pass_name": one.name}
    ends = {"ends_as": EFFECTS[one.verdict].outcome, "written_at": now}
    session.execute(_ending(len(posted)), {**of, **ends, **told})


@lru_cache(maxsize=128)
def _ending(groups: int) -> Insert:
    """The outcomes of so many groups of lines; put together once for each number."""
    entries = _entries(groups)
    source, where = _judged(bindparam("of_file"), bindparam("pass_name"))
    rows = (
        select(
            instruction.c.id,
            bindparam("ends_as", type_=Text),
            bank_line.c.id,
            source_of(),
            word_of(),
            bank_line.c.kind,
            bank_line.c.reason,
            bank_line.c.booked_on,
            entries.c.posted_on,
            bindparam("written_at", type_=Moment),
            entries.c.entry_id,
        )
        .select_from(source)
        .join(
            entries,
            (entries.c.contract_id == batch.c.contract_id)
            & (entries.c.method == instruction.c.method)
            & bank_line.c.id.between(entries.c.first_line, entries.c.last_line),
        )
        .where(*where)
        .order_by(bank_line.c.id)
    )
    columns = ["instruction_id", "state", "bank_line_id", "source", "word", "evidence", "reason"]
    columns += ["happened_on", "posted_on", "recorded_at", "entry_id"]
    return insert(outcome).from_select(columns, rows, include_defaults=False)


_GROUP: Mapping[str, Any] = {
    "contract_id": Whole,
    "method": Text,
    "first_line": Whole,
    "last_line": Whole,
    "posted_on": Day,
    "entry_id": Whole,
}


def _entries(groups: int) -> CTE:
    """What `_GROUP` tells of so many groups of lines, to be joined with.

    As text: SQLAlchemy keeps no compiled statement of its own `values`.
    """
    names = ", ".join(f"column{place} as {name}" for place, name in enumerate(_GROUP, start=1))
    rows = ", ".join(
        "(" + ", ".join(f":{name}_{number}" for name in _GROUP) + ")" for number in range(groups)
    )
    given = [
        bindparam(f"{name}_{number}", type_=kind)
        for number in range(groups)
        for name, kind in _GROUP.items()
    ]
    found = text(f"select {names} from (values {rows}) given")  # noqa: S608 - our names
    return found.bindparams(*given).columns(**_GROUP).cte("posted")


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
