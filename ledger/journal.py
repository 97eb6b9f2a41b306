"""Writing entries: header, postings, seal. Nothing here commits.

Every entry follows one recipe. The itemised side (one posting per item) is taken from a
SELECT that already stands in the database; the control side carries one total, and is written
last, so that other writers wait for it as briefly as may be.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    bindparam,
    func,
    insert,
    literal,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.chart import KINDS, Cell, account_ids
from ledger.digest import entry_digest
from ledger.errors import Conflict, LedgerError, Overdrawn, PeriodClosed, Unbalanced, UnknownAccount
from ledger.recipes import RECIPES, Recipe
from ledger.schema import Whole
from ledger.tables import account, entry, entry_seal, posting

ITEMS_MAX = 50_000
AMOUNT_MAX = 10**15


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """The header of an entry that is to be written.

    `key` makes the entry once for ever; `source` names what caused it (payroll, batch, bank
    line); `effective_on` is when it happened, `recorded_at` when we write it.
    """

    key: str
    recipe: str
    cell: Cell
    effective_on: date
    recorded_at: datetime
    source: str
    reason: str = ""
    reverses_id: int | None = None
    currency: str = "VND"


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry's id, and whether this call wrote it (False: the first answer again)."""

    entry_id: int
    is_new: bool


def post(
    session: Session, draft: EntryDraft, amount: int, *, debit_item: int = 0, credit_item: int = 0
) -> Posted:
    """Write an entry of two postings, naming the item of a side that is itemised.

    Raises Conflict, Overdrawn, PeriodClosed, Unbalanced, UnknownAccount; roll back after any.
    """
    content = _content(draft, 1, amount, debit_item, credit_item)
    if known := _known(session, draft.key, content):
        return known
    recipe, ids = _accounts(session, draft)
    posted = _open_entry(session, draft, content)
    if not posted.is_new:
        return posted
    _hold(session, [ids[kind] for kind in ids if not KINDS[kind].itemised])
    with _refusals():
        number = posted.entry_id
        _write_one(session, number, 1, ids[recipe.debit], debit_item, amount, True)
        _write_one(session, number, 2, ids[recipe.credit], credit_item, amount, False)
        _seal(session, posted.entry_id, 2, amount)
    return posted


def post_many(
    session: Session, draft: EntryDraft, items: Select[*tuple[Any, ...]], count: int, total: int
) -> Posted:
    """Write one entry with a posting per item and one control posting.

    `items` gives rows (item, amount), each item once; `count` and `total` are stated
    beforehand and the seal refuses an entry that disagrees. At most 50,000 items. Raises as
    `post` does.
    """
    if count > ITEMS_MAX:
        raise Unbalanced(f"an entry holds at most {ITEMS_MAX} items, not {count}: use chunks")
    content = _content(draft, count, total)
    if known := _known(session, draft.key, content):
        return known
    recipe, ids = _accounts(session, draft)
    posted = _open_entry(session, draft, content)
    if not posted.is_new:
        return posted
    is_debit = KINDS[recipe.debit].itemised
    itemised, control = ids[recipe.debit], ids[recipe.credit]
    if not is_debit:
        itemised, control = control, itemised
    with _refusals():
        _write(session, posted.entry_id, itemised, items, is_debit)
        _hold(session, [control])
        _write_one(session, posted.entry_id, count + 1, control, 0, total, not is_debit)
        _seal(session, posted.entry_id, count + 1, total)
    return posted


def _content(draft: EntryDraft, count: int, total: int, *items: int) -> str:
    """What a repeated key must agree with; the moment of writing is left out."""
    if type(total) is not int or not 0 < total <= AMOUNT_MAX:
        raise Unbalanced(f"an amount is a whole number above 0 and at most 10^15, not {total!r}")
    cell = draft.cell
    place = (cell.fund, cell.programme, cell.unit, cell.provider, draft.currency)
    cause = (draft.effective_on.isoformat(), draft.source, draft.reason, draft.reverses_id)
    text = json.dumps((draft.recipe, *place, *cause, count, total, *items), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _known(session: Session, key: str, content: str) -> Posted | None:
    """The entry that this key wrote before, if it did; Conflict when it was another one."""
    query = select(entry.c.id, entry.c.content).where(entry.c.key == key)
    known = session.execute(query).one_or_none()
    if known is None:
        return None
    if known.content != content:
        raise Conflict(f"key {key!r} was used for an entry with other content")
    return Posted(known.id, is_new=False)


def _open_entry(session: Session, draft: EntryDraft, content: str) -> Posted:
    """Insert the header; where another writer was first with the same key, find his entry."""
    header: Any = insert(entry)
    if _on_postgresql(session):
        # Waits for the other writer; a violation would spoil the whole transaction.
        header = postgresql.insert(entry).on_conflict_do_nothing(index_elements=[entry.c.key])
    with _refusals():
        number = session.scalar(header.values(_header(draft, content)).returning(entry.c.id))
    if number is not None:
        return Posted(number, is_new=True)
    known = _known(session, draft.key, content)
    if known is None:
        raise Conflict(f"key {draft.key!r} is being written by another; try again")
    return known


def _header(draft: EntryDraft, content: str) -> dict[str, Any]:
    return {
        "key": draft.key,
        "kind": draft.recipe,
        "programme": draft.cell.programme,
        "currency": draft.currency,
        "effective_on": draft.effective_on,
        "recorded_at": draft.recorded_at,
        "fiscal_year": draft.effective_on.year,
        "reason": draft.reason or RECIPES[draft.recipe].says,
        "source": draft.source,
        "reverses_id": draft.reverses_id,
        "content": content,
    }


def _accounts(session: Session, draft: EntryDraft) -> tuple[Recipe, dict[str, int]]:
    recipe = RECIPES[draft.recipe]
    return recipe, account_ids(session, (recipe.debit, recipe.credit), draft.cell)


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _hold(session: Session, controls: list[int]) -> None:
    """Queue on the control accounts in one order, so that writers neither race nor deadlock.

    On SQLite a writer is alone. Items need no queue: two writers of one item collide.
    """
    if controls and _on_postgresql(session):
        query = select(account.c.id).where(account.c.id.in_(controls)).order_by(account.c.id)
        session.execute(query.with_for_update()).all()


@cache
def _one(is_debit: bool) -> Insert:
    """The statement that writes a single posting; built once, run with other values."""
    item, amount = bindparam("p_item", type_=Whole), bindparam("p_amount", type_=Whole)
    return _postings(select(item.label("item"), amount.label("amount")), is_debit)


def _write_one(
    session: Session, entry_id: int, line: int, account_id: int, item: int, amount: int, debit: bool
) -> None:
    values = {"p_entry": entry_id, "p_account": account_id, "p_after": line - 1}
    session.execute(_one(debit), {**values, "p_item": item, "p_amount": amount})


def _write(
    session: Session,
    entry_id: int,
    account_id: int,
    items: Select[*tuple[Any, ...]],
    is_debit: bool,
) -> None:
    values = {"p_entry": entry_id, "p_account": account_id, "p_after": 0}
    session.execute(_postings(items, is_debit), values)


def _postings(items: Select[*tuple[Any, ...]], is_debit: bool) -> Insert:
    """Insert a posting per row of `items`, each carrying on its (account, item)."""
    entry_id, account_id = bindparam("p_entry", type_=Whole), bindparam("p_account", type_=Whole)
    new = items.subquery("new_items")
    past = posting.alias("past")
    latest = (
        select(func.max(past.c.seq))
        .where(past.c.account_id == account_id, past.c.item == new.c.item)
        .scalar_subquery()
    )
    before = posting.alias("before")
    joined = new.outerjoin(
        before,
        (before.c.account_id == account_id)
        & (before.c.item == new.c.item)
        & (before.c.seq == latest),
    )
    signed = -new.c.amount if is_debit else new.c.amount
    zero: ColumnElement[int] = literal(0, Whole)
    columns = {
        "entry_id": entry_id,
        "line": bindparam("p_after", type_=Whole) + func.row_number().over(order_by=new.c.item),
        "account_id": account_id,
        "item": new.c.item,
        "seq": func.coalesce(before.c.seq, 0) + 1,
        "debit": new.c.amount if is_debit else zero,
        "credit": zero if is_debit else new.c.amount,
        "balance": func.coalesce(before.c.balance, 0) + signed,
    }
    rows = select(*columns.values()).select_from(joined).where(true())
    return insert(posting).from_select(list(columns), rows, include_defaults=False)


def _seal(session: Session, entry_id: int, postings: int, total: int) -> None:
    session.execute(
        insert(entry_seal).values(
            entry_id=entry_id,
            postings=postings,
            total=total,
            digest=entry_digest(session, entry_id),
        )
    )


class _refusals:
    """Turns a refusal of the database into an error that says which rule was broken."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError):
            message = str(error.orig).splitlines()[0]
            raise _meaning(message)(f"refused by the books: {message}") from error


# What a database says, in the order in which to look for it. The names of constraints come
# from PostgreSQL, those of columns from SQLite, the rest from our triggers.
_SAID: tuple[tuple[str, type[LedgerError]], ...] = (
    ("period closed", PeriodClosed),
    ("below zero", Overdrawn),
    ("unknown account", UnknownAccount),
    ("running balance broken", Conflict),
    ("uq_posting_", Conflict),
    ("uq_entry_", Conflict),
    ("UNIQUE constraint failed", Conflict),
)


def _meaning(message: str) -> type[LedgerError]:
    return next((error for said, error in _SAID if said in message), Unbalanced)
