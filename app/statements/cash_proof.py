"""The figures of a proof of cash: books, statement, what stands between them, what is left.

Three sources that know nothing of each other: the books, what the provider reported, and the
open instructions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.printing.documents.cash_figures import CashColumns, CashFigures, CashKind, Counted
from app.statements.cash_evidence import (
    DAY,
    TAKEN_OVER,
    Days,
    accounts_of,
    advance_columns,
    bank_columns,
    on_their_way,
    sums,
    unstated_accounts,
)
from app.statements.cash_kinds import Tallies
from app.statements.cash_lines import LOOK_AROUND, SLIP, Flow, Place, flows
from ledger.balances import Movement, account_balances, movements_between
from ledger.items import open_item_sums


def compute(session: Session, place: Place, period: str) -> CashFigures:
    """The proof of a month. Raises ValueError when the period is no month."""
    days, accounts = Days.of(period), accounts_of(session, place)
    moved = _movements(session, place, days)
    taken_over = sum(one.debit - one.credit for one in moved if one.recipe in TAKEN_OVER)
    lines = list(flows(session, place, days.last + LOOK_AROUND, days.first - LOOK_AROUND))
    statement, statements = _statement(session, place, days, lines, accounts, taken_over)
    receipts, payments = _kinds(moved, lines, days)
    at_opening = [one for one in lines if _opening_shift(one, days)]
    at_closing = [one for one in lines if _closing_shift(one, days)]
    never = [one for one in lines if one.posted_on is None and _is_ours(one, place, days)]
    held = -_balance(session, place, days.first - DAY, place.kind) + taken_over
    came, went = (sum(one.books for one in kinds) for kinds in (receipts, payments))
    ending = -_balance(session, place, days.last, place.kind)
    return CashFigures(
        is_advance=place.holds_advance,
        accounts=len(accounts),
        statements=statements,
        books=CashColumns(held, came, went, ending),
        statement=statement,
        at_opening=_moved_at_opening(at_opening, days),
        opening_lines=sum(one.lines for one in at_opening),
        at_closing=_moved_at_closing(at_closing, days),
        closing_lines=sum(one.lines for one in at_closing),
        receipts=receipts,
        payments=payments,
        unposted=Counted(sum(one.lines for one in never), sums(never).closing),
        in_transit=_balance(session, place, days.last, "transit"),
        instructions=on_their_way(session, place, days.last),
        suspense=_suspense(session, place, days),
        taken_over=taken_over,
        month=f"{days.first:%m/%Y}",
        unstated=_unstated(session, place, days, moved, lines),
    )


def _unstated(
    session: Session, place: Place, days: Days, moved: Iterable[Movement], lines: Iterable[Flow]
) -> int:
    """Accounts with money or movements in the month of which the provider said nothing.

    An advance counts as one; money that only came in the month is proven by its slip.
    """
    began = _held_by_unit(session, place, days.first - DAY)
    if not place.holds_advance:
        held = began | _held_by_unit(session, place, days.last) | {one.unit for one in moved}
        return len(unstated_accounts(session, place, days, held))
    has_paid = any(one.credit for one in moved)
    has_list = any(one.verdict != SLIP and days.is_within(one.booked_on) for one in lines)
    return int((bool(began) or has_paid) and not has_list)


def _held_by_unit(session: Session, place: Place, on: date) -> set[str]:
    """The paying units whose money account at the place is not 0 at the end of a day."""
    found = account_balances(session, on=on, programme=place.programme, kinds=(place.kind,))
    ours = (one for one in found if one.cell.provider == place.provider and one.balance)
    return {one.cell.unit for one in ours}


def _movements(session: Session, place: Place, days: Days) -> list[Movement]:
    """What moved on the money account of the place in the month."""
    found = movements_between(session, days.first, days.last, place.programme)
    return [one for one in found if (one.kind, one.provider) == (place.kind, place.provider)]


def _statement(
    session: Session,
    place: Place,
    days: Days,
    lines: Iterable[Flow],
    accounts: Sequence[str],
    taken_over: int,
) -> tuple[CashColumns, int]:
    """What the provider's side says of the month, and by how many statements."""
    booked = sums(one for one in lines if days.is_within(one.booked_on))
    if not place.holds_advance:
        return bank_columns(session, place, days, booked, accounts)
    late = -sum(one.amount * _opening_shift(one, days) for one in lines)
    return advance_columns(session, place, days, booked, late, taken_over), 0


def _kinds(
    moved: Iterable[Movement], lines: Iterable[Flow], days: Days
) -> tuple[tuple[CashKind, ...], tuple[CashKind, ...]]:
    """What the books have in the month, under headings: their entries and the lines behind them."""
    tallies = Tallies()
    for movement in moved:
        if movement.recipe not in TAKEN_OVER:
            tallies.add_movement(movement)
    for flow in lines:
        if days.is_within(flow.posted_on):
            tallies.add_flow(flow)
    return tallies.rows()


def _opening_shift(flow: Flow, days: Days) -> int:
    """1 when the opening of the books has the lines and that of the statement not; -1 when the
    statement has them and the books will; else 0."""
    if flow.posted_on is None:
        return 0
    return days.is_before(flow.posted_on) - days.is_before(flow.booked_on)


def _closing_shift(flow: Flow, days: Days) -> int:
    """The same for the closing."""
    if flow.posted_on is None:
        return 0
    return days.is_until(flow.posted_on) - days.is_until(flow.booked_on)


def _moved_at_opening(lines: Iterable[Flow], days: Days) -> CashColumns:
    """How the statement's columns change when lines of another month go where the books have
    them: what leaves the opening is moved in the month instead, and the other way round."""
    columns = CashColumns()
    for one in lines:
        shift, moved = _opening_shift(one, days), sums([one])
        columns += CashColumns(one.amount, -moved.receipts, -moved.payments, 0).times(shift)
    return columns


def _moved_at_closing(lines: Iterable[Flow], days: Days) -> CashColumns:
    """The same for lines that are in one closing and not in the other."""
    columns = CashColumns()
    for one in lines:
        shift, moved = _closing_shift(one, days), sums([one])
        columns += CashColumns(0, moved.receipts, moved.payments, one.amount).times(shift)
    return columns


def _is_ours(flow: Flow, place: Place, days: Days) -> bool:
    """Whether a line that the books do not have is in the columns: a bank's balances hold it for
    ever, a list only in its month."""
    if place.holds_advance:
        return days.is_within(flow.booked_on)
    return days.is_until(flow.booked_on)


def _balance(session: Session, place: Place, on: date, kind: str) -> int:
    """Credits minus debits of a kind of account of the place at the end of a day."""
    found = account_balances(session, on=on, programme=place.programme, kinds=(kind,))
    return sum(one.balance for one in found if one.cell.provider == place.provider)


def _suspense(session: Session, place: Place, days: Days) -> Counted:
    found = open_item_sums(session, on=days.last, programme=place.programme, kinds=("suspense",))
    ours = [one for one in found if one.cell.provider == place.provider]
    return Counted(sum(one.items for one in ours), sum(one.balance for one in ours))
