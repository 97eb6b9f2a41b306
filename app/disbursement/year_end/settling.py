"""Settling a budget year and closing it for ever (Y1).

What a cell spent is set against what it was granted; then the adjustment period is closed for
every programme and the balances are written down. What stays on the expense is what is owed to
people and not paid yet: the next year's money pays it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.access.typed_digest import same_page
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.year_end.dating import Dated, draft
from app.disbursement.year_end.figures import CellYear, money_figures, sort_key
from app.disbursement.year_end.obstacles import obstacles
from app.errors import Conflict, Refused
from app.privacy import Keyring
from app.units.tables import programme
from ledger.chart import Cell, path_of
from ledger.journal import post
from ledger.periods import close_period, hold_writers
from ledger.triggers import ADJUSTMENT
from ledger.years import last_adjustment_day, unclosed_months, year_balances
from reconciliation.years import closed_years, digest_of, left_by, write_year

STEP = "year_settle"
SPENT, FEE = "settle_year", "settle_year_fee"
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Settlement:
    """What one cell sets against its funding by one recipe, in đồng."""

    cell: Cell
    recipe: str
    amount: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What settling would post, what it would leave behind, and the digest of that."""

    lines: Sequence[Settlement]
    leaves: dict[str, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A closed year: how many cells, the sum settled, accounts with a balance, and if just now."""

    cells: int
    total: int
    accounts: int
    is_new: bool


def preview(session: Session, year: int) -> Preview:
    """What settling the year would post and leave behind; reads only."""
    lines = settlements(session, year, money_figures(session, year))
    leaves = left_by(session, year)
    for one in lines:
        fee = "fee" if one.recipe == FEE else "expense"
        for path, moved in (
            (path_of("funding", one.cell), -one.amount),
            (path_of(fee, one.cell), one.amount),
        ):
            leaves[path] = leaves.get(path, 0) + moved
    leaves = {path: balance for path, balance in leaves.items() if balance}
    return Preview(lines, leaves, digest_of(year, leaves.items()))


def settlements(session: Session, year: int, found: dict[Cell, CellYear]) -> list[Settlement]:
    """What each cell spent: its unit's fees first, the rest as benefits, unit by unit.

    The books keep fees by paying unit; its cells bear them in the order of their providers.
    """
    fees = {one.cell: -one.balance for one in year_balances(session, year, kinds=("fee",))}
    lines = []
    for place, cell in sorted(found.items(), key=lambda one: sort_key(one[0])):
        unit = Cell(place.fund, place.programme, place.unit)
        fee = max(0, min(fees.get(unit, 0), cell.spent))
        fees[unit] = fees.get(unit, 0) - fee
        parts = ((SPENT, cell.spent - fee), (FEE, fee))
        lines += [Settlement(place, recipe, amount) for recipe, amount in parts if amount > 0]
    return lines


def settle(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    digest: str,
    year: int,
    now: datetime,
) -> Settled:
    """Two finance officers settle the year and close it for ever; a closed year stays as it is.

    `digest` is the code of the preview that they read. Nothing is posted meanwhile, so this runs
    at READ COMMITTED. Raises Refused with figures and what to do while anything is in the way.
    """
    hold_writers(session, _programmes(session))
    if year in closed_years(session):
        return Settled(0, 0, len(left_by(session, year)), is_new=False)
    if wrong := obstacles(session, year, now):
        raise Refused("\n".join(str(one) for one in wrong[:SHOWN]), _more(len(wrong)))
    shown = preview(session, year)
    same_page(digest, shown.digest)
    total = sum(one.amount for one in shown.lines)
    what = Confirmation(STEP, shown.digest, len(shown.leaves), total)
    joint_id = confirm_together(session, keyring, signers, f"year:{year}", now, what)
    for one in shown.lines:
        _post(session, year, one, joint_id, now)
    _close(session, year, now)
    leaves = left_by(session, year)
    if leaves != shown.leaves:
        raise Conflict("Số dư đổi trong lúc quyết toán.", "Chạy lại, đọc số mới.")
    write_year(session, year, leaves, now)
    names = ",".join(str(one.officer_id) for one in signers)
    record(session, now, names, "year_end:settle:close", f"year:{year}", shown.digest)
    return Settled(len({one.cell for one in shown.lines}), total, len(leaves), is_new=True)


def _more(count: int) -> str:
    return f"Còn {count - SHOWN} điểm khác." if count > SHOWN else ""


def _post(session: Session, year: int, one: Settlement, joint_id: int, now: datetime) -> None:
    """Dated in the adjustment period, on its last day once that is over."""
    cell = one.cell
    when = Dated(min(local_date(now), last_adjustment_day(year)), year)
    key = f"year-end:{year}:{one.recipe}:{cell.unit}:{cell.programme}:{cell.fund}:{cell.provider}"
    post(
        session, draft(key, one.recipe, cell, when, now, f"joint-act:{joint_id}", year), one.amount
    )


def _close(session: Session, year: int, now: datetime) -> None:
    """The adjustment period of every programme, and the months before its first entry."""
    for code in _programmes(session):
        for period in (*unclosed_months(session, code, year)[1], f"{year}-{ADJUSTMENT}"):
            close_period(session, code, period, now)


def _programmes(session: Session) -> Sequence[str]:
    return session.scalars(select(programme.c.code).order_by(programme.c.code)).all()
