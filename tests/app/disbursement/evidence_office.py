"""What banks say in the tests of evidence, and the officers who act on it."""

from __future__ import annotations

from typing import Any

from app.access.together import Signer
from app.disbursement.promises import Promise, declare
from bank_adapters.contract import BankLine, BankReport, LineKind, ReportKind
from tests.factories import BANK, House, booked, listed, report, status

DAY, NEXT, SENT = "2026-09-10", "2026-09-11", 500_000
AGAIN = "DUPL"
LISTED = {"paid_list": LineKind.PAID, "unpaid_list": LineKind.UNPAID}


def debit(reference: str, amount: int = -SENT, key: str = "FT", **more: Any) -> BankLine:
    return booked(reference, amount, DAY, bank_reference=f"{key}-{reference}", **more)


def back(reference: str, amount: int = SENT, key: str = "RT", **more: Any) -> BankLine:
    """A credit that brings a payment back."""
    values = {"is_return": True, "reason": "AC04", **more}
    return booked(reference, amount, NEXT, bank_reference=f"{key}-{reference}", **values)


def told(
    house: House, reference: str, word: str, provider: str = BANK, key: str = ""
) -> BankReport:
    """A report with one word about a payment: a source of money, or an ISO status."""
    account, more = house.account(provider), {"report_id": key}
    movement = {"key": key} if key else {}
    if word == "booked_debit":
        return report(ReportKind.ADVICE, account, debit(reference, **movement), **more)
    if word == "booked_credit":
        return report(ReportKind.ADVICE, account, back(reference, **movement), **more)
    if word in LISTED:
        line = listed(LISTED[word], reference, SENT, DAY)
        return report(ReportKind.SETTLEMENT, account, line, **more)
    code, reason = ("RJCT", word) if word == AGAIN else (word, "")
    return report(ReportKind.STATUS, "", status(reference, code, reason), **more)


def said(house: House, reference: str, word: str, provider: str = BANK, key: str = "") -> None:
    """The provider says it in a file of its own."""
    house.receives(provider, told(house, reference, word, provider, key))


def refused_file(house: House, batch_id: int, code: str, reason: str) -> None:
    """A status of a whole file, which names none of its payments."""
    message = str(house.ask(f"select message_id from batch where id = {batch_id}"))
    one = report(ReportKind.STATUS, "", message_id=message, group_status=code, group_reason=reason)
    house.receives(BANK, one)


def two(house: House) -> list[Signer]:
    """The two finance officers, a minute later."""
    house.later()
    return [Signer(house.officer(name), house.code()) for name in ("finance.one", "finance.two")]


def signer(house: House) -> Signer:
    """One finance officer, a minute later."""
    house.later()
    return Signer(house.officer("finance.one"), house.code())


def office_promises(
    house: House, provider: str, promise: str, *, is_made: bool = True, days: int = 0
) -> None:
    """Two finance officers record what a provider declared."""
    signers = two(house)
    with house.work() as session:
        one = Promise(provider, promise, is_made, days, "hợp đồng 1/2026")
        declare(session, house.keyring, signers, one, house.clock.now())
