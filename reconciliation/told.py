"""What a file's movements have, and which of them an earlier file told already.

A bank tells one movement in several reports, once with our reference and once without (a camt.054
with details, a camt.053 without). Both lines are kept; the second moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from ledger.schema import Whole
from reconciliation.judged import is_judged
from reconciliation.matching import OF_FILE, TOLD, write_verdicts
from reconciliation.names import NONE
from reconciliation.tables import bank_line, line_match

_UNNAMED = "({0}.reference = '' and {0}.kind = 'booked')"
_NAMED = (
    "({0}.reference <> '' and {0}.bank_reference <> '' and {0}.kind in ('status', 'booked'))"
    " and {0}.kind = 'booked'"
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a file's movements have: some without our reference, with one found elsewhere, with a
    message of ours; whose they are, and of which days (None: there are none)."""

    unnamed: bool
    found: bool
    batches: bool
    provider: str
    first: date | None
    last: date | None


def traits_of(session: Session, file_id: int) -> Traits:
    """What a file's movements have; one look at its lines."""
    row = session.execute(_traits(), {"of_file": file_id}).one()
    return Traits(bool(row[0]), bool(row[1]), bool(row[2]), row[3] or "", row[4], row[5])


@cache
def _traits() -> Select[Any]:
    line = bank_line.c
    told = (
        line.found_reference == NONE,
        line.found_reference.not_in(("", NONE)),
        line.batch_reference != "",
    )
    return select(
        *(func.max(case((one, 1), else_=0)) for one in told),
        func.min(line.provider),
        func.min(line.booked_on),
        func.max(line.booked_on),
    ).where(line.file_id == OF_FILE, line.kind == "booked")


def run_told_pass(session: Session, file_id: int, traits: Traits) -> int:
    """Movements that an earlier file told under the same name at the bank: the same account,
    amount and day, once with a reference and once without. Gives how many.

    Each movement told before explains one.
    """
    if traits.first is None:
        return 0
    found = write_verdicts(session, _unnamed_told(), file_id) if traits.unnamed else 0
    days = {"first": traits.first, "last": traits.last}
    more = {"of_provider": traits.provider, **days}
    return found + write_verdicts(session, _named_told(), file_id, **more)


@cache
def _unnamed_told() -> Select[Any]:
    return _told(_UNNAMED, _NAMED)


@cache
def _named_told() -> Select[Any]:
    return _told(_NAMED, _UNNAMED).where(_without_name())


def _without_name() -> ColumnElement[bool]:
    """That a line is called as one without a reference of these days: few, by their index."""
    other = bank_line.alias("other")
    names = select(other.c.bank_reference).where(
        _says(_UNNAMED, other.name),
        other.c.provider == bindparam("of_provider"),
        other.c.booked_on.between(bindparam("first"), bindparam("last")),
    )
    return bank_line.c.bank_reference.in_(names)


def _told(mine: str, theirs: str) -> Select[Any]:
    line, earlier, before = bank_line.c, bank_line.alias("earlier"), bank_line.alias("before")
    verdict = line_match.alias("verdict")
    told = (
        select(func.count())
        .select_from(earlier.join(verdict, verdict.c.bank_line_id == earlier.c.id))
        .where(_says(theirs, earlier.name), _alike(earlier), earlier.c.file_id != line.file_id)
        .where(verdict.c.verdict != TOLD)
        .correlate(bank_line)
        .scalar_subquery()
    )
    place = (
        select(func.count())
        .where(_says(mine, before.name), _alike(before), before.c.id < line.id)
        .correlate(bank_line)
        .scalar_subquery()
    )
    says = (TOLD, "told-before", "đã ghi sổ theo báo cáo đến trước")
    return select(line.id, *map(literal, says[:2]), literal(None, Whole), literal(says[2])).where(
        line.file_id == OF_FILE, ~is_judged(), _says(mine, "bank_line"), _is_named(), told > place
    )  # fmt: skip


def _says(condition: str, name: str) -> ColumnElement[bool]:
    """The condition of an index, in its own words, so that it serves."""
    return literal_column(condition.format(name))


def _alike(other: Any) -> ColumnElement[bool]:
    """The same movement by what the bank says of it."""
    same = ("provider", "account", "bank_reference", "amount", "booked_on")
    return and_(*(other.c[name] == bank_line.c[name] for name in same))


def _is_named() -> ColumnElement[bool]:
    """That the bank itself gave the name: only then is it part of the line's key."""
    line = bank_line.c
    key = func.substr(line.entry_key, 1, func.length(line.bank_reference) + 1)
    return and_(line.bank_reference != "", key == line.bank_reference + "|")
