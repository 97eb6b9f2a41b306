"""What the demo's months must leave behind: closed months as they were, nothing unexplained.

Beside it the happenings that make a month a real one, counted where they stand in the database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.beneficiaries.tables import enrolment
from app.benefits.tables import obligation
from app.disbursement.funding import cell_of
from app.disbursement.paid import open_instructions, paid_in
from app.disbursement.states import RETURNED
from app.disbursement.tables import instruction, outcome
from app.payroll.tables import payroll, payroll_line
from app.units.tables import contract
from ledger.balances import account_balances
from ledger.chart import Cell
from ledger.items import open_item_sums
from ledger.periods import days_of
from ledger.proofs import Proof
from ledger.schema import whole_sum
from reconciliation import matching
from reconciliation.closing import compute
from reconciliation.tables import bank_line, closing, suspense_item

_FIGURES = [
    column.name
    for column in closing.columns
    if column.name
    not in ("period", "fund", "programme", "unit", "provider", "reported_balance", "closed_at")
]
# The account on which an item of suspense waits, by its kind.
_ACCOUNTS = {
    matching.CREDIT_UNKNOWN: "suspense",
    matching.DEBIT_UNKNOWN: "unexplained",
    matching.FEE: "claim",
}


def prove_closed_months(session: Session, periods: Iterable[str]) -> Proof:
    """What the books say of each closed month now is what was written down at its close."""
    wrong = [period for period in periods if _stored(session, period) != _now(session, period)]
    figures = {"closed": len(list(periods)), "wrong": wrong}
    return Proof("a closed month stays as it was closed", not wrong, figures)


def _stored(session: Session, period: str) -> dict[Cell, dict[str, int]]:
    rows = session.execute(select(closing).where(closing.c.period == period)).all()
    return _some(
        {
            Cell(row.fund, row.programme, row.unit, row.provider): {
                name: row._mapping[name] for name in _FIGURES
            }
            for row in rows
        }
    )


def _now(session: Session, period: str) -> dict[Cell, dict[str, int]]:
    cells = compute(session, period, paid_in(session, period), {})
    figures = {place: asdict(cell) for place, cell in cells.items()}
    return _some({place: {name: of[name] for name in _FIGURES} for place, of in figures.items()})


def _some(cells: Mapping[Cell, dict[str, int]]) -> dict[Cell, dict[str, int]]:
    """Without the cells of nothing at all."""
    return {place: figures for place, figures in cells.items() if any(figures.values())}


def prove_explained(session: Session) -> Proof:
    """Every account in transit and in suspense is the sum of what stands behind it: payments that
    have left, and bank lines with an owner and a reason."""
    away = {cell: amount for cell, (_, amount) in open_instructions(session).items() if amount}
    transit = {
        one.cell: one.balance for one in account_balances(session, kinds=["transit"]) if one.balance
    }
    held, named = _held(session), _named(session)
    wrong = [f"{one.unit}/{one.programme}/{one.provider}" for one in away.keys() | transit.keys()
             if away.get(one) != transit.get(one)]  # fmt: skip
    wrong += [f"{one.unit}/{one.programme}/{one.provider} {kind}"
              for kind, one in held.keys() | named.keys()
              if held.get((kind, one)) != named.get((kind, one))]  # fmt: skip
    figures = {
        "in_transit": sum(transit.values()),
        "suspense": sum(held.values()),
        "lines": _waiting(session),
        "wrong": sorted(wrong)[:5],
    }
    return Proof("in transit and suspense are explained", not wrong, figures)


def _held(session: Session) -> dict[tuple[str, Cell], int]:
    """(kind of account, cell): what waits there by the books, without its sign."""
    found: Counter[tuple[str, Cell]] = Counter()
    for one in open_item_sums(session, kinds=set(_ACCOUNTS.values())):
        found[one.kind, one.cell] += abs(one.balance)
    return dict(found)


def _named(session: Session) -> dict[tuple[str, Cell], int]:
    """The same by the bank lines that wait, each with an owner and a reason."""
    place = (contract.c.unit_code, contract.c.programme, contract.c.fund, contract.c.provider)
    rows = session.execute(
        select(suspense_item.c.kind, *place, whole_sum(suspense_item.c.amount).label("total"))
        .join(bank_line, bank_line.c.id == suspense_item.c.bank_line_id)
        .join(contract, (contract.c.provider == bank_line.c.provider)
              & (contract.c.account == bank_line.c.account))
        .where(suspense_item.c.resolved_at.is_(None))
        .where(suspense_item.c.owner != "", suspense_item.c.why != "")
        .group_by(suspense_item.c.kind, *place)
    )  # fmt: skip
    return {(_ACCOUNTS[row.kind], cell_of(row)): abs(int(row.total)) for row in rows}


def _waiting(session: Session) -> int:
    open_ones = select(func.count()).where(suspense_item.c.resolved_at.is_(None))
    return session.scalar(open_ones) or 0


def happenings(session: Session, periods: Iterable[str]) -> dict[str, int]:
    """What happened over these months that no plain month has: how many of each."""
    months = list(periods)
    arrears = select(func.count()).where(obligation.c.period.in_(months), obligation.c.arrears > 0)
    carried = (
        select(func.count())
        .select_from(payroll_line)
        .join(payroll, payroll.c.id == payroll_line.c.payroll_id)
        .where(payroll.c.period.in_(months), payroll_line.c.cause == "carried")
    )
    return {
        "late_returns": sum(_late(session, period) for period in months),
        "deaths": _ended(session, months, "death"),
        "moves": _ended(session, months, "move_out"),
        "carried_over": session.scalar(carried) or 0,
        "arrears": session.scalar(arrears) or 0,
    }


def _late(session: Session, period: str) -> int:
    """Payments of a month whose money came back, and was posted, after that month was closed."""
    last = days_of(period)[1]
    query = (
        select(func.count())
        .select_from(outcome)
        .join(instruction, instruction.c.id == outcome.c.instruction_id)
        .join(obligation, obligation.c.id == instruction.c.obligation_id)
        .where(obligation.c.period == period, outcome.c.state == RETURNED)
        .where(outcome.c.posted_on > last)
    )
    return session.scalar(query) or 0


def _ended(session: Session, months: list[str], cause: str) -> int:
    """People whose allowance in a commune ended in one of these months for this cause."""
    people = select(enrolment.c.person_id, enrolment.c.area_code, enrolment.c.stop_period).where(
        enrolment.c.stop_cause == cause, enrolment.c.stop_period.in_(months)
    )
    return session.scalar(select(func.count()).select_from(people.distinct().subquery())) or 0
