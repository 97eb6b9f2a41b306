"""The wishes of the model carried out by the books' own functions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ledger.journal import EntryDraft, Posted, post, post_many, reverse
from tests.ledger.books import NOW, rows
from tests.ledger.model import ITEMISED, RECIPES, Event, Undo, Wish

FORMS = ("select", "list", "generator")


def carry_out(session: Session, wish: Wish, form: str = "list") -> Posted:
    """Write the entry; items are handed in as a SELECT, a list or a generator. Nothing commits."""
    if isinstance(wish, Undo):
        cause = {"effective_on": wish.day, "recorded_at": NOW, "source": "test"}
        return reverse(session, wish.entry_id, key=wish.key, **cause)
    draft = draft_of(wish)
    if wish.alone:
        return _post(session, wish, draft)
    count, total = len(wish.items), wish.total
    if form == "select":
        return post_many(session, draft, rows(dict(wish.items)), count=count, total=total)
    if form == "generator":
        return post_many(session, draft, (pair for pair in wish.items))
    return post_many(session, draft, list(wish.items), count=count, total=total)


def draft_of(event: Event) -> EntryDraft:
    """The header of an event."""
    return EntryDraft(
        event.key,
        event.recipe,
        event.cell,
        event.day,
        NOW,
        "test",
        corrects_id=event.corrects,
        fiscal_year=event.fiscal_year,
    )


def _post(session: Session, event: Event, draft: EntryDraft) -> Posted:
    debit, credit = RECIPES[event.recipe]
    ((item, amount),) = event.items
    sides = {"debit_item": item * (debit in ITEMISED), "credit_item": item * (credit in ITEMISED)}
    return post(session, draft, amount, **sides)
