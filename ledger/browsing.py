"""The journal to read: entries by what they touch, and the accounts behind a figure.

An entry debits one account and credits one (the recipe says which kinds), its seal carries the
total: so a list of entries needs no look at the thousands of items below. The account of a side is
that of its first posting, found by key for each entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from ledger.chart import KINDS
from ledger.counting import Days, Lines
from ledger.recipes import RECIPES
from ledger.schema import Whole, whole_sum
from ledger.tables import account, chain_link, entry, entry_seal, posting

_PLACES = ("kind", "fund", "programme", "unit", "provider")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: those that move an account of this kind, fund, programme, unit and provider
    ('' for any), or this very account; effective between two days; `upto` a position of the chain;
    `source` what they came from and `recipe` by which recipe. With `lines`, those that a figure
    counts, of the days that each of them names (`first` to `last` are the figure's span).

    `units` are the paying units that somebody may see, None for all.
    """

    kind: str = ""
    fund: str = ""
    programme: str = ""
    unit: str = ""
    provider: str = ""
    account_id: int = 0
    first: date | None = None
    last: date | None = None
    upto: int | None = None
    source: str = ""
    recipe: str = ""
    lines: tuple[Lines, ...] = ()
    units: frozenset[str] | None = None

    @property
    def by_account(self) -> bool:
        """Whether it asks for accounts at all: without, every entry counts on both sides."""
        named = any(getattr(self, name) for name in _PLACES if name != "programme")
        return named or self.account_id != 0 or self.units is not None


class Sums(NamedTuple):
    """How many entries, and what they debit and credit to the accounts asked for, in VND."""

    entries: int
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Credits minus debits."""
        return self.credit - self.debit


class Figure(NamedTuple):
    """How many entries a figure counts, and what they add up to, in VND."""

    entries: int
    amount: int


class Moved(NamedTuple):
    """An account, and what the chosen entries moved on it, in VND."""

    account_id: int
    kind: str
    fund: str
    programme: str
    unit: str
    provider: str
    entries: int
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Credits minus debits."""
        return self.credit - self.debit


def sums(session: Session, wanted: Wanted) -> Sums:
    """Count and totals of the chosen entries; debits equal credits where no account is named."""
    sides = _sides(wanted).subquery("sides")
    debit, credit = (
        whole_sum(_if(side, wanted, sides.c.total)) for side in (sides.c.debited, sides.c.credited)
    )
    row = session.execute(select(func.count(), debit, credit).select_from(sides)).one()
    return Sums(int(row[0]), int(row[1] or 0), int(row[2] or 0))


def figure(session: Session, wanted: Wanted) -> Figure:
    """What the chosen entries add up to by the `lines` asked for."""
    sides = _sides(wanted).subquery("sides")
    row = session.execute(select(func.count(), whole_sum(sides.c.counted))).one()
    return Figure(int(row[0]), int(row[1] or 0))


def _if(side: Any, wanted: Wanted, total: ColumnElement[int]) -> ColumnElement[int]:
    """The total where the side is an account that was asked for, else 0."""
    if not wanted.by_account:
        return total
    return case((side.in_(_accounts(wanted)), total), else_=0)


def entries(session: Session, wanted: Wanted, size: int, offset: int) -> list[Row[Any]]:
    """The chosen entries, the newest first: header, total, both accounts, voucher, who undid it.

    `debited` and `credited` are ids of accounts; `is_debit` and `is_credit` say on which side the
    accounts that were asked for stand, `counted` what it adds to a figure that was asked for.
    """
    sides = _sides(wanted).order_by(entry.c.id.desc()).limit(size).offset(offset).subquery("sides")
    one, other, undone = account.alias("one"), account.alias("other"), entry.alias("undone")
    mine = [_if(side, wanted, literal(1, Whole)) for side in (sides.c.debited, sides.c.credited)]
    query = (
        select(
            entry, sides.c.total, sides.c.debited, sides.c.credited, sides.c.counted,
            *(_named(one, "debit") + _named(other, "credit")),
            chain_link.c.voucher, chain_link.c.position,
            undone.c.id.label("undone_by"),
            mine[0].label("is_debit"), mine[1].label("is_credit"),
        )
        .join_from(sides, entry, entry.c.id == sides.c.id)
        .join(one, one.c.id == sides.c.debited)
        .join(other, other.c.id == sides.c.credited)
        .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
        .outerjoin(undone, undone.c.reverses_id == entry.c.id)
        .order_by(entry.c.id.desc())
    )  # fmt: skip
    return list(session.execute(query))


def _named(of: Any, prefix: str) -> list[Any]:
    return [of.c[name].label(f"{prefix}_{name}") for name in _PLACES]


def accounts(session: Session, wanted: Wanted) -> list[Moved]:
    """Every account asked for that the chosen entries moved, by path."""
    sides = _sides(wanted).cte("sides")
    zero = literal(0, Whole)
    both = union_all(
        select(sides.c.debited.label("id"), sides.c.total.label("debit"), zero.label("credit")),
        select(sides.c.credited, zero, sides.c.total),
    ).subquery("both")
    query = (
        select(
            account.c.path, account.c.id, *(account.c[name] for name in _PLACES),
            func.count(), whole_sum(both.c.debit), whole_sum(both.c.credit),
        )
        .join_from(both, account, account.c.id == both.c.id)
        .where(account.c.id.in_(_accounts(wanted)))
        .group_by(account.c.path, account.c.id, *(account.c[name] for name in _PLACES))
    )  # fmt: skip
    # Sorted here: a database's collation must not decide an order.
    rows = sorted(session.execute(query), key=lambda row: row.path)
    return [Moved(*row[1:8], int(row[8]), int(row[9])) for row in rows]


def account_of(session: Session, account_id: int) -> Row[Any] | None:
    """An account with its codes, None where there is none."""
    return session.execute(select(account).where(account.c.id == account_id)).one_or_none()


def entry_of(session: Session, entry_id: int) -> Row[Any] | None:
    """One entry as `entries` gives it, with its seal; None where there is none."""
    undone = entry.alias("undone")
    query = (
        select(
            entry, entry_seal.c.total, entry_seal.c.postings, entry_seal.c.digest,
            chain_link.c.voucher, chain_link.c.position, undone.c.id.label("undone_by"),
        )
        .join(entry_seal, entry_seal.c.entry_id == entry.c.id)
        .outerjoin(chain_link, chain_link.c.entry_id == entry.c.id)
        .outerjoin(undone, undone.c.reverses_id == entry.c.id)
        .where(entry.c.id == entry_id)
    )  # fmt: skip
    return session.execute(query).one_or_none()


def postings_of(session: Session, entry_id: int, size: int, offset: int) -> Sequence[Row[Any]]:
    """The postings of an entry in their order, each with its account: sums first, then items."""
    query = (
        select(posting, *(account.c[name] for name in _PLACES))
        .join(account, account.c.id == posting.c.account_id)
        .where(posting.c.entry_id == entry_id)
        .order_by(posting.c.line)
    )
    return session.execute(query.limit(size).offset(offset)).all()


def touches(session: Session, entry_id: int, units: frozenset[str]) -> bool:
    """Whether an entry moves an account of one of these paying units."""
    query = _sides(Wanted(units=units)).where(entry.c.id == entry_id)
    return session.execute(query).first() is not None


def _side(is_debit: bool) -> ScalarSelect[int]:
    """The account of an entry's first posting on a side; sums and single postings come first."""
    amount = posting.c.debit if is_debit else posting.c.credit
    return (
        select(posting.c.account_id)
        .where(posting.c.entry_id == entry.c.id, amount > 0)
        .order_by(posting.c.line)
        .limit(1)
        .correlate(entry)
        .scalar_subquery()
    )


def _sides(wanted: Wanted) -> Select[Any]:
    """(id, total, debited, credited, counted) of the chosen entries."""
    debited, credited = _side(True), _side(False)
    query = (
        select(
            entry.c.id,
            entry_seal.c.total,
            debited.label("debited"),
            credited.label("credited"),
            literal(0, Whole).label("counted"),
        )
        .join(entry_seal, entry_seal.c.entry_id == entry.c.id)
        .where(*_of_entry(wanted))
    )
    if wanted.upto is not None:
        query = query.join(chain_link, chain_link.c.entry_id == entry.c.id)
        query = query.where(chain_link.c.position <= wanted.upto)
    if wanted.lines:
        return _counted(query, wanted)
    if wanted.by_account:
        chosen = _accounts(wanted)
        query = query.where(or_(debited.in_(chosen), credited.in_(chosen)))
    return query


def _counted(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """Those of the entries that the lines count, each with what it adds to the figure."""
    sides = query.subquery("both")
    counts: list[ColumnElement[bool]] = []
    amount: ColumnElement[int] = literal(0, Whole)
    for one in wanted.lines:
        mine, accounts_of = _counts(one, wanted), _accounts(wanted, one.kinds)
        debit, credit = (side.in_(accounts_of) for side in (sides.c.debited, sides.c.credited))
        counts.append(and_(mine, or_(debit, credit)))
        both = case((debit, sides.c.total), else_=0) - case((credit, sides.c.total), else_=0)
        amount = amount + case((mine, one.adds * both), else_=0)
    columns = (sides.c.id, sides.c.total, sides.c.debited, sides.c.credited)
    chosen = select(*columns, amount.label("counted")).join(entry, entry.c.id == sides.c.id)
    return chosen.where(or_(*counts))


def _counts(one: Lines, wanted: Wanted) -> ColumnElement[bool]:
    """Whether a line counts an entry by its recipe and day, and by who names it."""
    found: list[ColumnElement[bool]] = [entry.c.kind.in_(_recipes(one))]
    day = entry.c.effective_on
    if wanted.first is not None and one.days is not Days.UPTO:
        found.append(day < wanted.first if one.days is Days.BEFORE else day >= wanted.first)
    if wanted.last is not None and one.days is not Days.BEFORE:
        found.append(day <= wanted.last)
    if one.proven is not None:
        found.append(one.proven.holds())
    return and_(*found)


def _recipes(one: Lines) -> Sequence[str]:
    """The recipes that a line counts: those that it names, or all that move its accounts."""
    touching = [r.name for r in RECIPES.values() if {r.debit, r.credit} & {*one.kinds}]
    return one.recipes or touching


def _of_entry(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the header alone tells, so that fewer entries are looked into."""
    found: list[ColumnElement[bool]] = []
    if wanted.source:
        found.append(entry.c.source == wanted.source)
    if wanted.recipe:
        found.append(entry.c.kind == wanted.recipe)
    if wanted.programme:
        found.append(entry.c.programme == wanted.programme)
    if wanted.kind:
        recipes = [one.name for one in RECIPES.values() if wanted.kind in (one.debit, one.credit)]
        found.append(entry.c.kind.in_(recipes))
    if wanted.lines:
        found.append(
            entry.c.kind.in_(sorted({name for one in wanted.lines for name in _recipes(one)}))
        )
    within = all(one.days is Days.WITHIN for one in wanted.lines)
    if within and wanted.first is not None:
        found.append(entry.c.effective_on >= wanted.first)
    if within and wanted.last is not None:
        found.append(entry.c.effective_on <= wanted.last)
    return found


def _accounts(wanted: Wanted, kinds: Sequence[str] = ()) -> Select[tuple[int]]:
    """The ids of the accounts asked for, of these kinds. An account of a kind that is kept without
    provider, say, is of every provider."""
    query = select(account.c.id)
    for name in _PLACES:
        if value := getattr(wanted, name):
            here = account.c[name] == value
            without = [kind for kind in kinds if name not in KINDS[kind].dimensions]
            query = query.where(or_(here, account.c.kind.in_(without)) if without else here)
    if kinds:
        query = query.where(account.c.kind.in_(kinds))
    if wanted.account_id:
        query = query.where(account.c.id == wanted.account_id)
    if wanted.units is not None:
        query = query.where(account.c.unit.in_(sorted(wanted.units)))
    return query
