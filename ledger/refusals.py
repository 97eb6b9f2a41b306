"""From what a database says when it refuses, to the error that names the broken rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from ledger.errors import Conflict, LedgerError, Overdrawn, PeriodClosed, Unbalanced, UnknownAccount

# In the order in which to look. The names of constraints come from PostgreSQL, those of columns
# from SQLite, the rest from our triggers.
_SAID: tuple[tuple[str, type[LedgerError]], ...] = (
    ("period closed", PeriodClosed),
    ("day closed", PeriodClosed),
    ("below zero", Overdrawn),
    ("unknown account", UnknownAccount),
    ("running balance broken", Conflict),
    ("uq_posting_", Conflict),
    ("pk_posting", Conflict),
    ("uq_entry_", Conflict),
    ("UNIQUE constraint failed", Conflict),
)


@contextmanager
def refusals() -> Iterator[None]:
    """Inside, a refusal of the database becomes an error that says which rule was broken."""
    try:
        yield
    except IntegrityError as error:
        message = str(error.orig).splitlines()[0]
        kind = next((kind for said, kind in _SAID if said in message), Unbalanced)
        raise kind(f"refused by the books: {message}") from error
