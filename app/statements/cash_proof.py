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
    Days,
    accounts_of,
    advance_columns,
    bank_columns,
    on_their_way,
    sums,
)
from app.statements.cash_kinds import TAKEN_OVER, Tallies
from app.statements.cash_lines import LOOK_BACK, Flow, Place, flows
from ledger.balances import Movement, account_balances, movements_between, open_item_sums


def compute(session: Session, place: Place, period: str) -> CashFigures:
    """The proof of a month. Raises ValueError when the period is no month."""
    days, accounts = Days.of(period), accounts_of(session, place)
    moved = _movements(session, place, days)
    taken_over = sum(one.debit - one.credit for one in moved if one.recipe in TAKEN_OVER)
    lines = list(flows(session, place, days.last, days.first - LOOK_BACK))
    statement, statements = _statement(session, place, days, lines, accounts, taken_over)
    receipts, payments = _kinds(moved, lines, days)
    earlier = [one for one in lines if _sides(one, days) == (-1, 0)]
    later = [one for one in lines if days.side(one.posted_on) == 1]
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
        earlier=_shifted(earlier, days),
        earlier_lines=sum(one.lines for one in earlier),
        later=_shifted(later, days),
        later_lines=sum(one.lines for one in later),
        receipts=receipts,
        payments=payments,
        unposted=Counted(sum(one.lines for one in never), sums(never).closing),
        in_transit=_balance(session, place, days.last, "transit"),
        instructions=on_their_way(session, place, days.last),
        suspense=_suspense(session, place, days),
        taken_over=taken_over,
    )


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
    booked = sums(one for one in lines if days.side(one.booked_on) == 0)
    if not place.holds_advance:
        return bank_columns(session, place, days, booked, accounts)
    late = sum(one.amount for one in lines if _sides(one, days) in ((-1, 0), (-1, 1)))
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
        if days.side(flow.posted_on) == 0:
            tallies.add_flow(flow)
    return tallies.rows()


def _sides(flow: Flow, days: Days) -> tuple[int | None, int | None]:
    return days.side(flow.booked_on), days.side(flow.posted_on)


def _is_ours(flow: Flow, place: Place, days: Days) -> bool:
    """Whether a line that the books do not have is in the columns: a bank's balances hold it for
    ever, a list only in its month."""
    return not place.holds_advance or days.side(flow.booked_on) == 0


def _shifted(lines: Iterable[Flow], days: Days) -> CashColumns:
    """How the statement's columns change when these lines go where the books have them.

    They leave the opening or the movements in which the statement has them, and come into the
    movements when the books have them in this month, or else leave the closing too.
    """
    columns = CashColumns()
    for one in lines:
        booked, posted = _sides(one, days)
        moved = sums([one])
        if booked == -1:
            columns -= CashColumns(opening=one.amount)
        else:
            columns -= CashColumns(receipts=moved.receipts, payments=moved.payments)
        if posted == 0:
            columns += CashColumns(receipts=moved.receipts, payments=moved.payments)
        else:
            columns -= CashColumns(closing=one.amount)
    return columns


def _balance(session: Session, place: Place, on: date, kind: str) -> int:
    """Credits minus debits of a kind of account of the place at the end of a day."""
    found = account_balances(session, on=on, programme=place.programme, kinds=(kind,))
    return sum(one.balance for one in found if one.cell.provider == place.provider)


def _suspense(session: Session, place: Place, days: Days) -> Counted:
    found = open_item_sums(session, on=days.last, programme=place.programme)
    ours = [o for o in found if (o.kind, o.cell.provider) == ("suspense", place.provider)]
    return Counted(sum(one.items for one in ours), sum(one.balance for one in ours))
