"""The chart of accounts as data: kinds of account, and the accounts opened from them.

An account is a kind and the codes that its pattern names, e.g.
`transit/local/pension/01273/banka`. Which side it normally has follows from `guard`: a credit
account may not fall below zero (guard 1), a debit account not above (guard 2), because a
balance is credits minus debits.
The kinds stand in `data/chart.csv` with numbers of our own, the accounts of the
public-sector chart under which they fall in `data/public_chart.csv`.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Insert, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from ledger.errors import ChartError, UnknownAccount
from ledger.tables import account

UNGUARDED, CREDIT_NORMAL, DEBIT_NORMAL = 0, 1, 2
ALL = ("fund", "programme", "unit", "provider")
DATA = Path(__file__).with_name("data")
_GUARDS = {"either": UNGUARDED, "credit": CREDIT_NORMAL, "debit": DEBIT_NORMAL}
_CODE = re.compile(r"[A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of account: its number, its names for people, its guard, what tells two apart.

    `item` says what an item is ("obligation", "bank line", "batch", "case"), empty when the
    account has none.
    """

    code: str
    number: str
    name: str
    name_en: str
    guard: int
    dimensions: tuple[str, ...]
    item: str

    @property
    def itemised(self) -> bool:
        """Whether every posting names an item."""
        return self.item != ""


@dataclass(frozen=True, slots=True)
class PublicAccount:
    """Where finance staff find a kind in the public-sector chart; empty where it has no place."""

    number: str
    name: str
    source: str
    confirmed: bool


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _kind(row: Mapping[str, str]) -> Kind:
    code, *parts = row["pattern"].split("/")
    dimensions = tuple(part.strip("{}") for part in parts)
    if code != row["code"] or not set(dimensions) <= set(ALL):
        raise ChartError(f"chart: {row['code']} has the pattern {row['pattern']!r}")
    guard = _GUARDS[row["side"]]
    return Kind(code, row["number"], row["name"], row["name_en"], guard, dimensions, row["item"])


KINDS: Mapping[str, Kind] = {row["code"]: _kind(row) for row in _rows(DATA / "chart.csv")}


def public_chart(path: Path | None = None) -> dict[str, PublicAccount]:
    """The place of every kind in the public-sector chart, from our data or a province's file.

    Raises ChartError when the file lacks a column or a kind, or names an unknown one.
    """
    rows = list(_rows(path or DATA / "public_chart.csv"))
    try:
        found = {row["code"]: _public(row) for row in rows}
    except (KeyError, AttributeError) as error:
        raise ChartError(f"{path}: the column {error} is missing") from error
    if wrong := found.keys() ^ KINDS.keys():
        raise ChartError(f"{path or 'public chart'}: missing or unknown kinds {sorted(wrong)}")
    return found


def _public(row: Mapping[str, str]) -> PublicAccount:
    confirmed = row["confirmed"].strip().lower() == "yes"
    return PublicAccount(row["public_number"], row["public_name"], row["source"], confirmed)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where money belongs: fund, programme, paying unit and provider (opaque codes).

    A code is letters, digits, `.`, `_` or `-`, since it becomes part of an account's path;
    anything else raises UnknownAccount.
    """

    fund: str
    programme: str
    unit: str = ""
    provider: str = ""

    def __post_init__(self) -> None:
        for dimension in ALL:
            if not _CODE.fullmatch(code := getattr(self, dimension)):
                raise UnknownAccount(f"{dimension} {code!r}: letters, digits, . _ - only")


def path_of(kind: str, cell: Cell) -> str:
    """The account's path, e.g. `payable/local/pension`."""
    parts = (getattr(cell, dimension) for dimension in KINDS[kind].dimensions)
    return "/".join((kind, *parts))


def open_accounts(session: Session, cells: Iterable[Cell], currency: str = "VND") -> int:
    """Open every account that the cells need and that is not open yet; gives how many.

    Raises ChartError where an account of the cells is kept in another currency.
    """
    wanted = {
        path_of(kind, cell): account_row(kind, cell, currency) for cell in cells for kind in KINDS
    }
    rows = session.execute(select(account.c.path, account.c.currency))
    known = {row.path: row.currency for row in rows}
    if other := sorted(path for path in wanted if known.get(path, currency) != currency):
        raise ChartError(f"not kept in {currency}: {', '.join(other[:3])}")
    fresh = [wanted[path] for path in sorted(wanted.keys() - known.keys())]
    if fresh:
        session.execute(_insert_account(session), fresh)
    return len(fresh)


def _insert_account(session: Session) -> Insert:
    """Two may open the same account at once; the second waits, and finds it opened."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(account).on_conflict_do_nothing(index_elements=[account.c.path])
    return insert(account)


def open_new_kinds(session: Session) -> int:
    """Open, in every cell that has accounts, those of kinds that the chart got since.

    For a database of an earlier version; gives how many.
    """
    a = account.c
    known = session.execute(
        select(a.currency, a.fund, a.programme, a.unit, a.provider).where(a.kind == "bank")
    )
    cells: defaultdict[str, list[Cell]] = defaultdict(list)
    for currency, *codes in known:
        cells[currency].append(Cell(*codes))
    return sum(open_accounts(session, places, currency) for currency, places in cells.items())


def account_row(kind: str, cell: Cell, currency: str) -> dict[str, object]:
    rule = KINDS[kind]
    row: dict[str, object] = {
        "path": path_of(kind, cell),
        "kind": kind,
        "currency": currency,
        "guard": rule.guard,
        "itemised": int(rule.itemised),
    }
    for dimension in ALL:
        row[dimension] = getattr(cell, dimension) if dimension in rule.dimensions else ""
    return row


def account_ids(session: Session, kinds: Iterable[str], cell: Cell) -> dict[str, int]:
    """The account of each kind in a cell; raises UnknownAccount when one was never opened."""
    paths = {path_of(kind, cell): kind for kind in kinds}
    found = session.execute(
        select(account.c.path, account.c.id).where(account.c.path.in_(paths))
    ).all()
    ids = {paths[path]: number for path, number in found}
    if missing := set(paths.values()) - ids.keys():
        raise UnknownAccount(f"account not opened: {sorted(path_of(k, cell) for k in missing)}")
    return ids
