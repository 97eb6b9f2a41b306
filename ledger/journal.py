"""Writing entries: header, postings, seal. Nothing here commits.

Every entry follows one recipe, or undoes an entry that did. The itemised side (one posting per
item) is written by one statement; the control side carries one total, and is written last, so
that other writers wait for it as briefly as may be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, or_, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from ledger.chart import CREDIT_NORMAL, DEBIT_NORMAL, KINDS, Cell, account_ids, path_of
from ledger.digest import entry_digest
from ledger.errors import Conflict, Unbalanced
from ledger.money import MAXIMUM_AMOUNT
from ledger.posting_rows import (
    ITEMS_MAX,
    Items,
    given,
    insert_items,
    insert_mirror,
    insert_one,
    on_postgresql,
    require_item,
    selected,
)
from ledger.recipes import recipe_named
from ledger.refusals import refusals
from ledger.schema import whole_sum
from ledger.tables import entry, entry_seal, posting

_FILLED_BY = {True: DEBIT_NORMAL, False: CREDIT_NORMAL}


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """The header of an entry that is to be written.

    `key` makes the entry once for ever; `source` names what caused it (payroll, batch, bank
    line); `effective_on` is when it happened, `recorded_at` when we write it. `corrects_id` is an
    earlier entry that this one puts right. `fiscal_year` is the budget year where it is not
    that of the date: in January an entry may belong to the year before.
    """

    key: str
    recipe: str
    cell: Cell
    effective_on: date
    recorded_at: datetime
    source: str
    reason: str = ""
    corrects_id: int | None = None
    fiscal_year: int | None = None
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
    recipe = recipe_named(draft.recipe)
    items = (require_item(debit_item), require_item(credit_item))
    content = _content(draft, 1, amount, *items)
    if known := _known(session, draft.key, content):
        return known
    ids = account_ids(session, (recipe.debit, recipe.credit), draft.cell)
    posted = _opened(session, _header(draft, content))
    if posted.is_new:
        _hold(session, [ids[kind] for kind in ids if not KINDS[kind].itemised])
        with refusals():
            _one(session, posted.entry_id, 1, ids[recipe.debit], debit_item, amount, True)
            _one(session, posted.entry_id, 2, ids[recipe.credit], credit_item, amount, False)
            _seal(session, posted.entry_id, 2, amount, _paths(ids, draft))
    return posted


def post_many(
    session: Session,
    draft: EntryDraft,
    items: Items | Iterable[tuple[int, int]],
    *,
    count: int | None = None,
    total: int | None = None,
    debit_item: int = 0,
) -> Posted:
    """Write one entry with a posting per item and one control posting.

    A recipe whose both sides are itemised names the one item that is debited for all of them.

    `items` are rows (item, amount), each item once, at most 50,000: a SELECT, whose rows never
    leave the database, or numbers from outside. A `count` and `total` that were approved
    beforehand are stated, and an entry that disagrees is refused. Under a known key the same
    items give the first answer, others Conflict: so a SELECT reads what was asked for (the lines
    of a payroll), which stays, and not what is left to be done. Raises as `post` does.
    """
    wanted = selected(items) if isinstance(items, Select) else given(session, items)
    if count is None or total is None:
        count, total = _measured(session, wanted)
    if count > ITEMS_MAX:
        raise Unbalanced(f"an entry holds at most {ITEMS_MAX} items, not {count}: use chunks")
    is_debit = not debit_item and _is_debit_itemised(draft.recipe)
    content = _content(draft, count, total, *([debit_item] if debit_item else []))
    posted = _known(session, draft.key, content)
    if posted is None:
        recipe = recipe_named(draft.recipe)
        ids = account_ids(session, (recipe.debit, recipe.credit), draft.cell)
        posted = _opened(session, _header(draft, content))
    if not posted.is_new:
        _refuse_other_items(session, posted.entry_id, wanted, count)
        return posted
    sides = (recipe.debit, recipe.credit)
    itemised, control = sides if is_debit else sides[::-1]
    with refusals():
        _write_items(session, posted.entry_id, itemised, ids[itemised], wanted, is_debit)
        _hold(session, [] if debit_item else [ids[control]])
        _one(session, posted.entry_id, 0, ids[control], debit_item, total, not is_debit)
        _seal(session, posted.entry_id, count + 1, total, _paths(ids, draft))
    return posted


def _write_items(
    session: Session, entry_id: int, kind: str, account_id: int, items: Items, is_debit: bool
) -> None:
    # What drains an account finds its items there; only what fills it may bring new ones.
    fills = KINDS[kind].guard == _FILLED_BY[is_debit]
    all_new = fills and _are_new(session, account_id, items)
    statement = insert_items(session, items, is_debit, all_new)
    session.execute(statement, {"p_entry": entry_id, "p_account": account_id})


def entry_keyed(session: Session, key: str) -> int | None:
    """The number of the entry that was posted under a key, None where there is none."""
    found = session.scalar(select(entry.c.id).where(entry.c.key == key))
    return None if found is None else int(found)


def reverse(
    session: Session,
    entry_id: int,
    *,
    key: str,
    effective_on: date,
    recorded_at: datetime,
    source: str,
    reason: str = "",
    fiscal_year: int | None = None,
) -> Posted:
    """Undo a whole entry by its opposite, linked to it; an entry is reversed once.

    What is right is then posted by its recipe, with `corrects_id`. Dated on an open day: see
    `periods.first_open_day`. Raises as `post` does; Overdrawn where the money went on.
    """
    old = session.execute(
        select(entry, entry_seal.c.postings, entry_seal.c.total)
        .join(entry_seal, entry_seal.c.entry_id == entry.c.id)
        .where(entry.c.id == entry_id)
    ).one_or_none()
    if old is None:
        raise Unbalanced(f"there is no entry {entry_id} to reverse")
    year = fiscal_year or effective_on.year
    parts = ("reverse", entry_id, effective_on.isoformat(), source, reason)
    content = _digest_of(*parts, *([year] if fiscal_year else []))
    if known := _known(session, key, content):
        return known
    said = reason or f"Huỷ bút toán {entry_id}: {old.reason}"
    header = _undoing(old, key, effective_on, recorded_at, source, said, content)
    posted = _opened(session, {**header, "fiscal_year": year, "reverses_id": entry_id})
    if posted.is_new:
        _mirror(session, posted.entry_id, old)
    return posted


def reverse_part(
    session: Session,
    entry_id: int,
    amount: int,
    *,
    item: int = 0,
    key: str,
    effective_on: date,
    recorded_at: datetime,
    source: str,
    reason: str = "",
) -> Posted:
    """Undo what an entry posted for one item, or a part of a total that names none, by its
    opposite of the same recipe, linked by `corrects_id`.

    For entries that many things share, of which one was wrong; that each is undone once is for
    the caller to see to. Raises Unbalanced for more than the entry posted, and as `reverse` does.
    """
    old = session.execute(select(entry).where(entry.c.id == entry_id)).one_or_none()
    if old is None or old.reverses_id is not None:
        raise Unbalanced(f"there is no entry {entry_id} of which a part could be reversed")
    parts = ("reverse_part", entry_id, item, amount, effective_on.isoformat(), source, reason)
    content = _digest_of(*parts)
    if known := _known(session, key, content):
        return known
    said = reason or f"Huỷ một phần bút toán {entry_id}: {old.reason}"
    header = _undoing(old, key, effective_on, recorded_at, source, said, content)
    rows = _sides_of(session, entry_id, item, amount)
    posted = _opened(session, {**header, "corrects_id": entry_id})
    if posted.is_new:
        _hold(session, [row.account_id for row in rows if not row.item])
        with refusals():
            for line, row in enumerate(rows, start=1):
                is_debit = row.debit == 0
                _one(session, posted.entry_id, line, row.account_id, row.item, amount, is_debit)
            _seal(session, posted.entry_id, len(rows), amount)
    return posted


def _undoing(
    old: Row[Any], key: str, on: date, at: datetime, source: str, reason: str, content: str
) -> dict[str, Any]:
    """The header of what undoes an entry, but for its link."""
    same = {"kind": old.kind, "programme": old.programme, "currency": old.currency}
    return {"key": key, **same, "effective_on": on, "recorded_at": at, "fiscal_year": on.year,
            "reason": reason, "source": source, "content": content}  # fmt: skip


def _sides_of(session: Session, entry_id: int, item: int, amount: int) -> list[Row[Any]]:
    """What an entry posted for an item, and the posting of the other side, items first."""
    p = posting.c
    query = select(p.account_id, p.item, p.debit, p.credit).where(p.entry_id == entry_id)
    if item:
        query = query.where(or_(p.item == item, p.line == 0))
    rows: list[Row[Any]] = list(session.execute(query.order_by(p.item.desc(), p.line).limit(3)))
    debits = [row.debit for row in rows if row.debit]
    if len(rows) != 2 or len(debits) != 1 or min(row.debit + row.credit for row in rows) < amount:
        raise Unbalanced(f"entry {entry_id} posted no {amount} for item {item}")
    return rows


def _mirror(session: Session, entry_id: int, old: Row[Any]) -> None:
    values = {"p_entry": entry_id, "p_reversed": old.id}
    with refusals():
        session.execute(insert_mirror(session, items=True), values)
        controls = select(posting.c.account_id).where(
            posting.c.entry_id == old.id, posting.c.item == 0
        )
        _hold(session, list(session.scalars(controls)))
        session.execute(insert_mirror(session, items=False), values)
        _seal(session, entry_id, old.postings, old.total)


def _is_debit_itemised(name: str) -> bool:
    """Whether the debit side is the one with a posting per item; exactly one side may be."""
    recipe = recipe_named(name)
    debit, credit = KINDS[recipe.debit].itemised, KINDS[recipe.credit].itemised
    if debit == credit:
        raise Unbalanced(f"{name!r} does not join items with one control account: use post")
    return debit


def _are_new(session: Session, account_id: int, items: Items) -> bool:
    """Whether every item lies above all that the account has had; two look-ups by key."""
    highest = session.scalar(
        select(func.max(posting.c.item)).where(posting.c.account_id == account_id)
    )
    lowest = session.scalar(select(func.min(items.subquery("wanted").c.item)))
    return highest is None or (lowest is not None and lowest > highest)


def _measured(session: Session, items: Items) -> tuple[int, int]:
    rows = items.subquery("measured")
    amount = rows.c.amount
    count, total = session.execute(select(func.count(), whole_sum(amount))).one()
    return count, total or 0


def _content(draft: EntryDraft, count: int, total: int, *items: int) -> str:
    """What a repeated key must agree with; the moment of writing is left out."""
    if type(total) is not int or not 0 < total <= MAXIMUM_AMOUNT:
        raise Unbalanced(f"an amount is a whole number above 0 and at most 10^15, not {total!r}")
    cell = draft.cell
    place = (cell.fund, cell.programme, cell.unit, cell.provider, draft.currency)
    cause = (draft.effective_on.isoformat(), draft.source, draft.reason, None)
    later = {"corrects": draft.corrects_id, "fiscal_year": draft.fiscal_year}
    extra = (later,) if any(later.values()) else ()
    return _digest_of(draft.recipe, *place, *cause, count, total, *items, *extra)


def _digest_of(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _known(session: Session, key: str, content: str) -> Posted | None:
    """The entry that this key wrote before, if it did; Conflict when it was another one."""
    query = select(entry.c.id, entry.c.content).where(entry.c.key == key)
    known = session.execute(query).one_or_none()
    if known is None:
        return None
    if known.content != content:
        raise Conflict(f"key {key!r} was used for an entry with other content")
    return Posted(known.id, is_new=False)


def _refuse_other_items(session: Session, entry_id: int, wanted: Items, count: int) -> None:
    """The entry has `count` items; so it is enough that as many are wanted and each was posted."""
    rows = wanted.subquery("wanted")
    posted = select(posting.c.item, posting.c.debit + posting.c.credit)
    other = select(rows.c.item, rows.c.amount).except_(posted.where(posting.c.entry_id == entry_id))
    items = session.scalar(select(func.count(rows.c.item.distinct())))
    if items != count or session.execute(other.limit(1)).first() is not None:
        raise Conflict(f"the key of entry {entry_id} was used for other items")


def _opened(session: Session, values: dict[str, Any]) -> Posted:
    """Insert the header; where another writer was first with the same key, find his entry."""
    header: Any = insert(entry)
    if on_postgresql(session):
        # Waits for another writer of the key; a violation would spoil the whole transaction.
        header = postgresql.insert(entry).on_conflict_do_nothing(index_elements=[entry.c.key])
    with refusals():
        number = session.scalar(header.returning(entry.c.id), values)
    if number is not None:
        return Posted(number, is_new=True)
    known = _known(session, values["key"], values["content"])
    if known is None:
        raise Conflict(f"key {values['key']!r} is being written by another; try again")
    return known


def _header(draft: EntryDraft, content: str) -> dict[str, Any]:
    return {
        "key": draft.key,
        "kind": draft.recipe,
        "programme": draft.cell.programme,
        "currency": draft.currency,
        "effective_on": draft.effective_on,
        "recorded_at": draft.recorded_at,
        "fiscal_year": draft.fiscal_year or draft.effective_on.year,
        "reason": draft.reason or recipe_named(draft.recipe).says,
        "source": draft.source,
        "corrects_id": draft.corrects_id,
        "content": content,
    }


def _hold(session: Session, controls: list[int]) -> None:
    """Queue on the control accounts in one order, so that writers neither race nor deadlock.

    On SQLite a writer is alone. Items need no queue: two writers of one item collide.
    """
    if controls and on_postgresql(session):
        session.execute(select(func.hold_accounts(controls)))


def _one(
    session: Session, entry_id: int, line: int, account_id: int, item: int, amount: int, debit: bool
) -> None:
    values = {"p_entry": entry_id, "p_account": account_id, "p_line": line}
    session.execute(insert_one(session, debit), {**values, "p_item": item, "p_amount": amount})


def _paths(ids: Mapping[str, int], draft: EntryDraft) -> dict[int, str]:
    return {number: path_of(kind, draft.cell) for kind, number in ids.items()}


def _seal(
    session: Session,
    entry_id: int,
    postings: int,
    total: int,
    paths: Mapping[int, str] | None = None,
) -> None:
    digest = entry_digest(session, entry_id, paths)
    values = {"entry_id": entry_id, "postings": postings, "total": total, "digest": digest}
    session.execute(insert(entry_seal), values)
