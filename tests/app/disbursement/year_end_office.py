"""A tiny province whose 2026 is over, and its officers at work on the year's end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.access.together import Signer
from app.disbursement.proofs import Evidence, prove_everything
from app.disbursement.year_end import carrying, handing_back, refunds
from app.disbursement.year_end.carrying import Decision
from app.disbursement.year_end.figures import figures
from app.disbursement.year_end.handing_back import Accepted
from app.disbursement.year_end.plan import Plan, plan
from app.disbursement.year_end.refunds import Refunded, Slip
from app.disbursement.year_end.settling import Preview, Settled, preview
from app.jobs.month_end import close_month
from app.jobs.year_end import settle_year
from bank_adapters.contract import LineKind, ReportKind
from ledger.balances import cell_balances
from ledger.chart import Cell
from tests.factories import (
    BANK,
    COMMUNE,
    POST,
    SEPTEMBER,
    House,
    booked,
    in_cash,
    listed,
    report,
    row,
)

AT_BANK = Cell("local", "pension", COMMUNE, BANK)
AT_POST = Cell("local", "pension", COMMUNE, POST)
TWO = ("finance.one", "finance.two")


def autumn_paid(house: House) -> None:
    """September: 1 is paid by bank, 2's money came back, 3 took his cash, 4 did not."""
    house.register(SEPTEMBER, row(1), row(2), in_cash(3), in_cash(4))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    one, two, three, four = (house.reference(number, SEPTEMBER) for number in (1, 2, 3, 4))
    lines = (
        booked(one, -500_000, "2026-09-10"),
        booked(two, -500_000, "2026-09-10"),
        booked(two, 500_000, "2026-09-11", is_return=True),
    )
    account = house.account(BANK)
    told = report(ReportKind.STATEMENT, account, *lines, opening=1_000_000, closing=500_000)
    house.receives(BANK, told)
    cash = listed(LineKind.PAID_CASH, three, 500_000, "2026-09-12", voucher="BD1")
    unpaid = listed(LineKind.UNPAID, four, 500_000, "2026-09-18")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash, unpaid))


def year_over(house: House) -> None:
    """Every month of 2026 is closed; 500,000 are left at the bank and as much at the post."""
    autumn_paid(house)
    for period, last in (("09", 30), ("10", 31), ("11", 30), ("12", 31)):
        house.on(f"2026-{period}-{last}", "20:00")
        close_month(house.runtime, f"2026-{period}")
    house.on("2027-01-05")


def all_handed_back(house: House) -> None:
    """200,000 at the bank are carried over; the rest of 2026 is owed to the Treasury."""
    year_over(house)
    carry(house, 200_000)
    hand_back(house)


def signers(house: House, names: Sequence[str] = TWO) -> list[Signer]:
    """Officers with the code of the next minute."""
    house.later()
    return [Signer(house.officer(name), house.code()) for name in names]


def planned(house: House) -> Plan:
    """The plan of 2026 as it stands."""
    with house.work() as session:
        return plan(session, 2026, house.clock.now(), figures(session, 2026))


def carry(
    house: House, amount: int, cell: Cell = AT_BANK, number: str = "12/QĐ-UBND", year: int = 2026
) -> bool:
    """One officer records a decision of the last day of the year."""
    (who,) = signers(house, TWO[:1])
    one = Decision(cell, year, number, date(2026, 12, 31), amount)
    with house.work() as session:
        return carrying.write_decision(session, house.keyring, who, one, house.clock.now())


def hand_back(house: House, names: Sequence[str] = TWO, digest: str = "") -> Accepted:
    """Two officers accept what the plan hands back."""
    shown = digest or planned(house).digest
    two = signers(house, names)
    with house.work() as session:
        return handing_back.accept(session, house.keyring, two, shown, 2026, house.clock.now())


def slip(number: str, amount: int, on: str, cell: Cell = AT_POST) -> Slip:
    """A Treasury slip of 2026's money."""
    return Slip(cell, 2026, number, date.fromisoformat(on), amount)


def refund(house: House, one: Slip, names: Sequence[str] = TWO) -> Refunded:
    """Two officers record a slip."""
    two = signers(house, names)
    with house.work() as session:
        return refunds.refund(session, house.keyring, two, one, house.clock.now())


def shown(house: House) -> Preview:
    """What settling 2026 would do."""
    with house.work() as session:
        return preview(session, 2026)


def settle(house: House, names: Sequence[str] = TWO, digest: str = "") -> Settled:
    """Two officers settle and close 2026."""
    code = digest or shown(house).digest
    return settle_year(house.runtime, signers(house, names), code, 2026)


def balances(house: House, cell: Cell, *kinds: str) -> tuple[int, ...]:
    """Today's balances of a cell."""
    with house.work() as session:
        found = cell_balances(session, kinds, cell)
    return tuple(found[kind] for kind in kinds)


def broken(house: House) -> dict[str, Any]:
    """The proofs that do not hold, with their figures."""
    with house.work() as session:
        found = prove_everything(session, Evidence(keyring=house.keyring))
    return {one.name: one.figures for one in found if not one.ok}
