"""The statements that write postings: each row carries on the last one of its (account, item).

Rows come from a SELECT of (item, amount), be it over tables of the caller or over numbers
handed in as one parameter; never row by row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Insert,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.orm import Session

from ledger.schema import Whole
from ledger.tables import posting

Items = Select[*tuple[Any, ...]]
"""A SELECT of (item, amount)."""

_COLUMNS = ("entry_id", "line", "account_id", "item", "seq", "debit", "credit", "balance")
_ENTRY = bindparam("p_entry", type_=Whole)


def given(session: Session, items: Iterable[tuple[int, int]]) -> Items:
    """Numbers from outside as a SELECT of (item, amount): one statement with one parameter."""
    pairs = list(items)
    if session.get_bind().dialect.name == "postgresql":
        columns = [literal([pair[place] for pair in pairs], ARRAY(Whole)) for place in (0, 1)]
        rows = func.unnest(*columns).table_valued("item", "amount", name="given").render_derived()
        return select(rows.c.item, rows.c.amount)
    text = literal(json.dumps(pairs), Text)
    each = func.json_each(text).table_valued("value", name="given").c.value
    item, amount = (
        cast(func.json_extract(each, literal_column(f"'$[{place}]'", String)), Whole)
        for place in (0, 1)
    )
    return select(item.label("item"), amount.label("amount"))


def insert_items(items: Items, is_debit: bool) -> Insert:
    """One posting per row of `items`; takes p_entry, p_account, p_after (the line before)."""
    new = items.subquery("new_items")
    account_id = bindparam("p_account", type_=Whole)
    line = bindparam("p_after", type_=Whole) + func.row_number().over(order_by=new.c.item)
    zero: ColumnElement[int] = literal(0, Whole)
    debit, credit = (new.c.amount, zero) if is_debit else (zero, new.c.amount)
    return _carried_on(new, line, account_id, new.c.item, debit, credit)


@cache
def insert_one(is_debit: bool) -> Insert:
    """A single posting; takes also p_item and p_amount. Built once, run with other values."""
    item, amount = bindparam("p_item", type_=Whole), bindparam("p_amount", type_=Whole)
    return insert_items(select(item.label("item"), amount.label("amount")), is_debit)


@cache
def insert_mirror(items: bool) -> Insert:
    """The opposite of every posting of the entry p_reversed, of its items or of its controls."""
    old = posting.alias("old")
    chosen = old.c.item != 0 if items else old.c.item == 0
    new = (
        select(old.c.line, old.c.account_id, old.c.item, old.c.debit, old.c.credit)
        .where(old.c.entry_id == bindparam("p_reversed", type_=Whole), chosen)
        .subquery("mirrored")
    )
    c = new.c
    return _carried_on(new, c.line, c.account_id, c.item, c.credit, c.debit)


def _carried_on(
    new: Any,
    line: ColumnElement[int],
    account_id: ColumnElement[int],
    item: ColumnElement[int],
    debit: ColumnElement[int],
    credit: ColumnElement[int],
) -> Insert:
    """Insert the rows of `new`, with the sequence and balance that follow the last posting's."""
    past, before = posting.alias("past"), posting.alias("before")
    latest = (
        select(func.max(past.c.seq))
        .where(past.c.account_id == account_id, past.c.item == item)
        .scalar_subquery()
    )
    joined = new.outerjoin(
        before,
        (before.c.account_id == account_id) & (before.c.item == item) & (before.c.seq == latest),
    )
    seq = func.coalesce(before.c.seq, 0) + 1
    balance = func.coalesce(before.c.balance, 0) + credit - debit
    rows = select(_ENTRY, line, account_id, item, seq, debit, credit, balance)
    rows = rows.select_from(joined).where(true())
    return insert(posting).from_select(list(_COLUMNS), rows, include_defaults=False)
