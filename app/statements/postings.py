"""The entries of the books that an obligation and its attempts stand in, with vouchers."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.statements.reading import Story
from ledger.chain import Voucher, voucher_of
from ledger.chart import KINDS, Cell
from ledger.errors import UnknownAccount
from ledger.items import HistoryLine, history
from ledger.recipes import RECIPES

Values = dict[str, Any]


def entries_of(session: Session, story: Story) -> list[Values]:
    """Every entry, oldest first: those on the obligation's own item, and those of the batch and
    of the bank's lines, which hold it in a sum. `amount` is the obligation's share in đồng,
    `payable_after` what is still owed after the entry (None where the entry does not touch it).
    """
    items = {line.entry_id: line for line in _history(session, story)}
    shares = _outcome_shares(story)
    keys = {f"batch:{one.row.batch_id}:send": one.row.amount for one in story.attempts}
    vouchers = voucher_of(session, {*items, *shares}, keys)
    told = []
    for number, voucher in sorted(vouchers.items()):
        item = items.get(number)
        share = keys.get(voucher.key, shares.get(number, 0))
        told.append(_entry(voucher, item, item.debit + item.credit if item else share))
    return told


def _history(session: Session, story: Story) -> list[HistoryLine]:
    owed = story.owed
    try:
        return history(session, "payable", Cell(owed.fund, owed.programme), owed.id)
    except UnknownAccount:
        # Nothing of this programme was ever posted: its list is not approved yet.
        return []


def _outcome_shares(story: Story) -> dict[int, int]:
    return {row.entry_id: one.row.amount for one in story.attempts for row in one.outcomes}


def _entry(voucher: Voucher, item: HistoryLine | None, share: int) -> Values:
    recipe = RECIPES[voucher.recipe]
    sealed = f"{voucher.number}/{voucher.fiscal_year}" if voucher.number is not None else None
    return {
        "entry": voucher.entry_id,
        "voucher": sealed,
        "on": voucher.effective_on.isoformat(),
        "recipe": recipe.name,
        "row": recipe.row,
        "says": recipe.says,
        "debit": _account(recipe.debit),
        "credit": _account(recipe.credit),
        "amount": share,
        "entry_total": voucher.total,
        "payable_after": item.balance if item else None,
        "key": voucher.key,
    }


def _account(kind: str) -> str:
    return f"{KINDS[kind].number} {KINDS[kind].name}"
