"""Writing entries: header, postings, seal. Nothing here commits.

Every entry follows one recipe. The itemised side (one posting per item) is taken from a
SELECT that already stands in the database; the control side carries one total, and is written
last, so that other writers wait for it as briefly as may be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, literal, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ledger.chart import KINDS, Cell, account_ids
from ledger.digest import entry_digest
from ledger.errors import Conflict, LedgerError, Overdrawn, PeriodClosed, Unbalanced
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
    """Write an entry of two postings. Raises Conflict, Overdrawn, PeriodClosed, Unbalanced."""
    posted = _open_entry(session, draft, 1, amount)
    if not posted.is_new:
        return posted
    recipe, ids = _accounts(session, draft)
    debit, credit = ids[recipe.debit], ids[recipe.credit]
    _hold(session, [debit, credit])
    one = select(literal(debit_item, Whole).label("item"), literal(amount, Whole).label("amount"))
    other = select(
        literal(credit_item, Whole).label("item"), literal(amount, Whole).label("amount")
    )
    with _refusals():
        _write(session, posted.entry_id, debit, one, is_debit=True, after=0)
        _write(session, posted.entry_id, credit, other, is_debit=False, after=1)
        _seal(session, posted.entry_id, 2, amount)
    return posted


def post_many(
    session: Session, draft: EntryDraft, items: Select[*tuple[Any, ...]], count: int, total: int
) -> Posted:
    """Write one entry with a posting per item and one control posting.

    `items` gives rows (item, amount), each item once; `count` and `total` are stated
    beforehand and the seal refuses an entry that disagrees. At most 50,000 items.
    """
    if count > ITEMS_MAX:
        raise Unbalanced(f"an entry holds at most {ITEMS_MAX} items, not {count}: use chunks")
    posted = _open_entry(session, draft, count, total)
    if not posted.is_new:
        return posted
    recipe, ids = _accounts(session, draft)
    items_debited = KINDS[recipe.debit].itemised
    itemised, control = (
        (recipe.debit, recipe.credit) if items_debited else (recipe.credit, recipe.debit)
    )
    whole = select(literal(0, Whole).label("item"), literal(total, Whole).label("amount"))
    with _refusals():
        _write(session, posted.entry_id, ids[itemised], items, is_debit=items_debited, after=0)
        _hold(session, [ids[control]])
        _write(
            session, posted.entry_id, ids[control], whole, is_debit=not items_debited, after=count
        )
        _seal(session, posted.entry_id, count + 1, total)
    return posted


def _open_entry(session: Session, draft: EntryDraft, count: int, total: int) -> Posted:
    """Insert the header, or find the entry that this key wrote before."""
    if type(total) is not int or not 0 < total <= AMOUNT_MAX:
        raise Unbalanced(f"an amount is a whole number above 0 and at most 10^15, not {total!r}")
    content = _content(draft, count, total)
    known = session.execute(
        select(entry.c.id, entry.c.content).where(entry.c.key == draft.key)
    ).one_or_none()
    if known is not None:
        if known.content != content:
            raise Conflict(f"key {draft.key!r} was used for an entry with other content")
        return Posted(known.id, is_new=False)
    with _refusals():
        number = session.execute(
            insert(entry).values(_header(draft, content)).returning(entry.c.id)
        ).scalar_one()
    return Posted(number, is_new=True)


def _content(draft: EntryDraft, count: int, total: int) -> str:
    """What a repeated key must agree with; the moment of writing is left out."""
    stable = replace(draft, recorded_at=datetime.min)  # noqa: DTZ901 (a constant, not a moment)
    return hashlib.sha256(f"{stable!r}|{count}|{total}".encode()).hexdigest()


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


def _hold(session: Session, numbers: list[int]) -> None:
    """Queue on the control accounts in one order, so that writers neither race nor deadlock."""
    session.execute(
        select(account.c.id).where(account.c.id.in_(numbers)).order_by(account.c.id)
        .with_for_update()
    ).all()  # fmt: skip


def _write(
    session: Session,
    entry_id: int,
    account_id: int,
    items: Select[*tuple[Any, ...]],
    *,
    is_debit: bool,
    after: int,
) -> None:
    """Insert a posting per row of `items`, each carrying on its (account, item)."""
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
        "entry_id": literal(entry_id, Whole),
        "line": literal(after, Whole) + func.row_number().over(order_by=new.c.item),
        "account_id": literal(account_id, Whole),
        "item": new.c.item,
        "seq": func.coalesce(before.c.seq, 0) + 1,
        "debit": new.c.amount if is_debit else zero,
        "credit": zero if is_debit else new.c.amount,
        "balance": func.coalesce(before.c.balance, 0) + signed,
    }
    rows = select(*columns.values()).select_from(joined).where(true())
    session.execute(insert(posting).from_select(list(columns), rows, include_defaults=False))


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
            raise _meaning(str(error.orig)) from error


def _meaning(message: str) -> LedgerError:
    if "period closed" in message:
        return PeriodClosed("the period is closed; post in the first open period")
    if "below zero" in message or "breaks a guard" in message or "posting" in message:
        return Overdrawn(f"refused by the books: {message.splitlines()[0]}")
    return Unbalanced(f"refused by the books: {message.splitlines()[0]}")
