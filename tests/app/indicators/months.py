"""A September for the indicators: four people, of whom each fared differently."""

from __future__ import annotations

from bank_adapters.contract import LineKind, ReportKind
from tests.factories import BANK, POST, SEPTEMBER, House, booked, in_cash, listed, report, row


def september_paid(house: House) -> None:
    """1 is credited on the due day, 2 comes back on the 20th, 3 signs on the 12th, 4 never."""
    house.register(SEPTEMBER, row(1), row(2, sex="M"), in_cash(3), row(4, group="P2"))
    house.on("2026-09-10")
    house.paid_out(SEPTEMBER)
    account = house.account(BANK)
    one, two = house.reference(1, SEPTEMBER), house.reference(2, SEPTEMBER)
    debits = [booked(each, -500_000, "2026-09-10") for each in (one, two)]
    house.receives(BANK, report(ReportKind.STATEMENT, account, *debits, opening=2_000_000))
    house.on("2026-09-12", "17:00")
    cash = listed(LineKind.PAID_CASH, house.reference(3, SEPTEMBER), 500_000, "2026-09-12")
    house.receives(POST, report(ReportKind.SETTLEMENT, house.account(POST), cash))
    house.on("2026-09-20", "09:00")
    back = booked(two, 500_000, "2026-09-20", reason="AC04")
    house.receives(BANK, report(ReportKind.STATEMENT, account, back, opening=1_000_000))
    house.on("2026-11-02", "09:00")
