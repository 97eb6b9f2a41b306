"""The chart of accounts as data: kinds of account, and the accounts opened from them.

An account is a kind and the dimensions that the kind uses, e.g.
`transit/local/pension/01273/banka`. Which side it normally has follows from `guard`: a credit
account may not fall below zero (guard 1), a debit account not above (guard 2), because a
balance is credits minus debits.
The numbers are those of our recipes (protocol.md 2.4); the mapping to the public-sector chart
(Circular 24/2024/TT-BTC) is the finance department's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ledger.errors import UnknownAccount
from ledger.tables import account

UNGUARDED, CREDIT_NORMAL, DEBIT_NORMAL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of account: its number, its name for people, its guard, what tells two apart."""

    code: str
    number: str
    name: str
    guard: int
    dimensions: tuple[str, ...]
    itemised: bool = False


ALL = ("fund", "programme", "unit", "provider")
_CODE = re.compile(r"[A-Za-z0-9._-]*")

KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("bank", "1110", "Tiền gửi tại ngân hàng", DEBIT_NORMAL, ALL),
        Kind("advance", "1120", "Tạm ứng cho đơn vị chi trả", DEBIT_NORMAL, ALL),
        Kind("unexplained", "1388", "Ghi nợ chưa rõ lý do", DEBIT_NORMAL, ALL, itemised=True),
        Kind("claim", "1389", "Phải đòi đơn vị chi trả", DEBIT_NORMAL, ALL, itemised=True),
        Kind("treasury", "3337", "Phải nộp trả Kho bạc", CREDIT_NORMAL, ALL),
        Kind("payable", "3340", "Trợ cấp phải trả", CREDIT_NORMAL, ALL[:2], itemised=True),
        Kind("commitment", "3341", "Đã lập lệnh chi", CREDIT_NORMAL, ALL),
        Kind("transit", "3342", "Tiền đang chuyển", CREDIT_NORMAL, ALL),
        Kind("suspense", "3348", "Tiền vào chưa rõ nguồn", CREDIT_NORMAL, ALL, itemised=True),
        Kind("funding", "4610", "Kinh phí được cấp", CREDIT_NORMAL, ALL),
        Kind("expense", "6110", "Chi trợ cấp", UNGUARDED, ALL[:3]),
    )
}


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
    """Open every account that the cells need and that is not open yet; gives how many."""
    wanted = {
        path_of(kind, cell): account_row(kind, cell, currency) for cell in cells for kind in KINDS
    }
    known = set(session.scalars(select(account.c.path)))
    fresh = [wanted[path] for path in sorted(wanted.keys() - known)]
    if fresh:
        session.execute(insert(account), fresh)
    return len(fresh)


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
