"""Handing back what a budget year did not spend: owed by two officers' act, gone by a slip.

Money that no carry-over decision covers is owed to the Treasury (T24); what a settled year had
spent and got back goes with it as recovered money (C10). That money went is told by the Treasury's
slip. Nothing is taken that is on its way, and nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.access.officers import Confirmation
from app.access.together import Signer, confirm_together
from app.access.typed_digest import same_page
from app.audit.trail import record
from app.clock import local_date
from app.disbursement.money import Purse, purses
from app.disbursement.year_end.dating import dated, draft, require_over
from app.disbursement.year_end.figures import CellYear, money_figures, sort_key
from app.disbursement.year_end.places import digest_of, place_key, place_of, told
from app.disbursement.year_end.tables import treasury_due
from app.errors import Refused
from app.privacy import Keyring
from ledger.balances import account_balances
from ledger.chart import Cell
from ledger.journal import post
from ledger.money import format_vnd

OWE, RECOVERED = "owe_treasury", "owe_recovered"
STEP = "year_return"
"""How many characters of a digest an officer copies from the page he read."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one cell hands back by one recipe, in đồng."""

    cell: Cell
    recipe: str
    amount: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted; without `joint_id` there was nothing to hand back."""

    joint_id: int | None
    lines: Sequence[Due]

    @property
    def total(self) -> int:
        """The sum in đồng."""
        return sum(one.amount for one in self.lines)


def returnable(found: Mapping[Cell, CellYear]) -> list[Due]:
    """What must go back, by cell: recovered money first, the rest as unspent funding."""
    lines = []
    for place, cell in found.items():
        parts = ((RECOVERED, cell.recovered), (OWE, cell.to_return - cell.recovered))
        lines += [Due(place, recipe, amount) for recipe, amount in parts if amount]
    return sorted(lines, key=_place)


def _place(one: Due) -> tuple[str, ...]:
    return *sort_key(one.cell), one.recipe


def due_digest(year: int, lines: Sequence[Due]) -> str:
    """What the two officers confirm: SHA-256 over year, cells, recipes and amounts."""
    ordered = sorted(lines, key=_place)
    return digest_of(STEP, year, *(told(one.cell, one.recipe, one.amount) for one in ordered))


def accept(
    session: Session,
    keyring: Keyring,
    signers: Sequence[Signer],
    digest: str,
    year: int,
    now: datetime,
) -> Accepted:
    """Two finance officers accept what the year hands back; it is then owed to the Treasury.

    `digest` is the code of the plan that they read. When nothing is left to hand back, nothing is
    confirmed or written. Raises Refused before the year's end or where the money is no longer
    there, Conflict when the figures have changed.
    """
    require_over(year, now)
    lines = returnable(money_figures(session, year))
    if not lines:
        return Accepted(None, ())
    wanted = due_digest(year, lines)
    same_page(digest, wanted)
    _still_there(session, lines)
    what = Confirmation(STEP, wanted, len(lines), sum(one.amount for one in lines))
    joint_id = confirm_together(session, keyring, signers, f"return:{year}", now, what)
    rows = [_owe(session, year, one, joint_id, wanted, now) for one in lines]
    session.execute(insert(treasury_due), rows)
    names = ",".join(str(one.officer_id) for one in signers)
    record(session, now, names, "year_end:return:accept", f"year:{year}", wanted)
    return Accepted(joint_id, lines)


def _owe(
    session: Session, year: int, one: Due, joint_id: int, digest: str, now: datetime
) -> dict[str, object]:
    cell = one.cell
    when = dated(session, cell.programme, year, local_date(now))
    key = f"year-end:{year}:{one.recipe}:{digest[:16]}:{place_key(cell)}"
    header = draft(key, one.recipe, cell, when, now, f"joint-act:{joint_id}", year)
    posted = post(session, header, one.amount)
    return {
        "budget_year": year,
        "fund": cell.fund,
        "programme": cell.programme,
        "unit": cell.unit,
        "provider": cell.provider,
        "recipe": one.recipe,
        "amount": one.amount,
        "fiscal_year": when.fiscal_year,
        "entry_id": posted.entry_id,
        "joint_id": joint_id,
    }


def _still_there(session: Session, lines: Sequence[Due]) -> None:
    """The new year may have used the old one's money already; then it cannot be promised away."""
    money = purses(session)
    funding = {one.cell: one.balance for one in account_balances(session, kinds=("funding",))}
    for place in dict.fromkeys(one.cell for one in lines):
        wanted = sum(one.amount for one in lines if one.cell == place)
        granted = sum(one.amount for one in lines if one.cell == place and one.recipe == OWE)
        free = min(money.get(place, Purse()).free, funding.get(place, 0) + wanted - granted)
        if wanted > free:
            raise Refused(
                f"{place_of(place)}: phải nộp trả {format_vnd(wanted)} nhưng hiện chỉ còn"
                f" {format_vnd(free)}; phần kia đã dùng cho năm mới.",
                "Ghi quyết định chuyển nguồn cho phần đã dùng, hoặc chờ Kho bạc cấp tiền năm mới.",
            )
