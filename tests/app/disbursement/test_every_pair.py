"""What is done with every word about a payment in every state: one table, written by hand.

Each cell tells: the payment's state afterwards, the verdict on the line, what was posted, the case
that was opened or grew, and whose money was stopped; "-" for nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.disbursement.collection import process
from app.disbursement.evidence_tables import bank_case, bank_case_line
from app.disbursement.recall import Request, ask_recall
from app.disbursement.tables import hold, instruction
from bank_adapters.contract import BankReport, ReportKind
from ledger.tables import entry
from reconciliation import intake, lines
from reconciliation.tables import bank_line, line_match
from tests.app.disbursement.evidence_office import AGAIN, NEXT, SENT, back, said, signer, told
from tests.app.disbursement.test_horizon import confirm, proven
from tests.factories import (
    BANK,
    LIST_BANK,
    OTHER_COMMUNE,
    SEPTEMBER,
    House,
    booked,
    report,
    september_sent,
    status,
)
from tests.support.standing import nothing_broken

pytestmark = pytest.mark.stage(of=september_sent)

OTHER_REASON = "RJCT AC01"


def _credit(**more: object) -> Callable[[House, str, str], BankReport]:
    """A credit that names the payment, but is not its exact return."""

    def made(house: House, one: str, key: str) -> BankReport:
        unit = {"unit": OTHER_COMMUNE} if more.get("elsewhere") else {}
        account = house.account(BANK, **unit)
        line = back(one, int(str(more.get("amount", SENT))), key=key)
        return report(ReportKind.ADVICE, account, line, report_id=key)

    return made


def _refused(reason: str) -> Callable[[House, str, str], BankReport]:
    def made(_: House, one: str, key: str) -> BankReport:
        return report(ReportKind.STATUS, "", status(one, "RJCT", reason), report_id=key)

    return made


EVIDENCE: dict[str, Callable[[House, str, str], BankReport]] = {
    **{
        word: (lambda house, one, key, word=word: told(house, one, word, key=key))
        for word in ("booked_debit", "booked_credit", "paid_list", "unpaid_list", "ACSP", "ACSC",
                     "ACCC", "CANC", AGAIN, "PDNG")
    },
    "RJCT AC04": _refused("AC04"),
    OTHER_REASON: _refused("AC01"),
    "credit larger": _credit(amount=SENT + 1),
    "credit partial": _credit(amount=SENT - 1),
    "credit elsewhere": _credit(elsewhere=True),
    "other bank": lambda _, one, key: report(
        ReportKind.STATUS, "", status(one, "ACCC"), report_id=key
    ),
}  # fmt: skip

SUSPENSE = "credit_unknown park_credit - -"
ODD = {
    "credit larger": SUSPENSE, "credit partial": SUSPENSE, "credit elsewhere": SUSPENSE,
    "other bank": "noted - - -", "PDNG": "noted - - -",
}  # fmt: skip
CONFLICT, DOUBLE = "conflict - conflict instruction", "conflict - duplicate instruction"
TWICE = "debit_unknown claim_double duplicate provider"
LATE = "debit_unknown park_debit late_settlement instruction"
NOTED = "noted - - -"

OPEN = {
    **ODD, "booked_debit": "> settled settled settle_bank - -", "booked_credit": SUSPENSE,
    "paid_list": "> settled credited - - -", "ACCC": "> settled credited - - -",
    "unpaid_list": "> rejected carried_over carry_over - -",
    "RJCT AC04": "> rejected rejected reject - -", OTHER_REASON: "> rejected rejected reject - -",
    "CANC": "> rejected rejected reject - -", AGAIN: DOUBLE,
    "ACSP": "> accepted accepted - - -", "ACSC": "> accepted accepted - - -",
}  # fmt: skip
PAID = {
    **ODD, "booked_debit": TWICE, "booked_credit": "> returned returned return_bank - -",
    "unpaid_list": CONFLICT, "RJCT AC04": CONFLICT, OTHER_REASON: CONFLICT, "CANC": CONFLICT,
    **dict.fromkeys(("paid_list", "ACSP", "ACSC", "ACCC", AGAIN), NOTED),
}  # fmt: skip
UNPAID = {
    **ODD, "booked_debit": LATE, "booked_credit": SUSPENSE, "paid_list": CONFLICT,
    "ACSC": CONFLICT, "ACCC": CONFLICT, AGAIN: DOUBLE,
    **dict.fromkeys(("unpaid_list", "RJCT AC04", OTHER_REASON, "CANC", "ACSP"), NOTED),
}  # fmt: skip
BACK = {
    **ODD, "booked_debit": TWICE, "booked_credit": SUSPENSE,
    **dict.fromkeys(("unpaid_list", "RJCT AC04", OTHER_REASON, "CANC", "paid_list"), NOTED),
    **dict.fromkeys(("ACSP", "ACSC", "ACCC", AGAIN), NOTED),
}  # fmt: skip
WANTED: dict[str, dict[str, str]] = {
    "ready": OPEN,
    "accepted": {**OPEN, "ACSP": NOTED, "ACSC": NOTED},
    # Settled on the bank's word alone: nothing was debited, so nothing can have come back.
    "credited": {
        **PAID, "booked_debit": "settled settle_bank - -", "booked_credit": SUSPENSE,
    },
    "settled": PAID,
    # Executed twice, the claim stands: the first credit pays it, the payee keeps his money. The
    # case grows, and a claim has stopped the provider already.
    "claimed": {
        **PAID, "booked_credit": "fee_back claim_paid - -",
        **dict.fromkeys(("unpaid_list", "RJCT AC04", OTHER_REASON, "CANC"),
                        "conflict - +conflict -"),
        "booked_debit": "debit_unknown claim_double +duplicate provider",
    },
    "recall due": {**PAID, "booked_credit": "> recalled recalled recall_due - -"},
    "recall not due": {**PAID, "booked_credit": "> recalled recalled_not_due recall_not_due - -"},
    # Refused for AC04: the same again says nothing new, another reason is another thing to do.
    "rejected": {**UNPAID, OTHER_REASON: CONFLICT},
    "contradicted": {
        **UNPAID, OTHER_REASON: "conflict - +conflict -", "paid_list": "conflict - +conflict -",
        "ACSC": "conflict - +conflict -", "ACCC": "conflict - +conflict -",
        AGAIN: "conflict - +duplicate -",
        "booked_debit": "debit_unknown park_debit +late_settlement -",
    },
    "not_received": UNPAID,
    "returned": BACK,
    "recalled": BACK,
}  # fmt: skip


def _asked(still_due: bool) -> Callable[[House, str], None]:
    def ask(house: House, one: str) -> None:
        said(house, one, "booked_debit")
        who = signer(house)
        with house.work() as session:
            request = Request(one, "trả nhầm kỳ", still_due)
            ask_recall(session, house.keyring, who, request, house.clock.now())

    return ask


def _words(*words: str) -> Callable[[House, str], None]:
    def say(house: House, one: str) -> None:
        for at, word in enumerate(words):
            said(house, one, word, key=f"B{at}")

    return say


def _refused_first(*then: str) -> Callable[[House, str], None]:
    def say(house: House, one: str) -> None:
        house.receives(BANK, _refused("AC04")(house, one, "R"))
        _words(*then)(house, one)

    return say


def _claimed(house: House, one: str) -> None:
    """With money on the account for a third execution."""
    stray = booked("KHAC", 2 * SENT, NEXT, bank_reference="STRAY")
    house.receives(BANK, report(ReportKind.ADVICE, house.account(BANK), stray))
    _words("booked_debit", "booked_debit")(house, one)


def _never_came(house: House, _: str) -> None:
    proven(house)
    confirm(house)


def _recalled(house: House, one: str) -> None:
    _asked(True)(house, one)
    said(house, one, "booked_credit")


BEFORE: dict[str, Callable[[House, str], None]] = {
    "ready": _words(),
    "accepted": _words("ACSP"),
    "credited": _words("ACCC"),
    "settled": _words("booked_debit"),
    "claimed": _claimed,
    "recall due": _asked(True),
    "recall not due": _asked(False),
    "rejected": _refused_first(),
    "contradicted": _refused_first("ACCC"),
    "not_received": _never_came,
    "returned": _words("booked_debit", "booked_credit"),
    "recalled": _recalled,
}
IS = {"credited": "settled", "claimed": "settled", "contradicted": "rejected",
      "recall due": "settled", "recall not due": "settled"}  # fmt: skip


def _newest(session: Session, column: object, table: object, after: int) -> str:
    found = session.scalars(select(column).where(table.c.id > after).order_by(table.c.id))  # type: ignore[call-overload, attr-defined]
    return ",".join(map(str, found)) or "-"


def _tried(house: House, one: str, word: str) -> str:
    """What a word does, which is then taken back, as if it had never been said."""
    now = house.later()
    name, provider = f"try-{now:%H%M%S}", LIST_BANK if word == "other bank" else BANK
    state = select(instruction.c.state).where(instruction.c.reference == one)
    verdict = (
        select(line_match.c.verdict)
        .join(bank_line, bank_line.c.id == line_match.c.bank_line_id)
        .order_by(bank_line.c.id.desc())
    )
    with house.work() as session, session.begin_nested() as trial:
        before = [
            session.scalar(select(func.coalesce(func.max(table.c.id), 0)))
            for table in (entry, bank_case, hold)
        ]
        lines_before = session.scalar(select(func.count()).select_from(bank_case_line))
        was = session.scalar(state)
        intake.receive(session, provider, name, f"{name:0>64}", 1, now)
        (file_id, *_) = intake.waiting(session, "received")[-1]
        made = EVIDENCE[word](house, one, name)
        assert lines.read_reports(session, file_id, provider, iter([made]), now.date()) == ""
        process(session, file_id, now)
        became, said_so = session.scalar(state), session.scalar(verdict)
        recipes, kinds, scopes = (
            _newest(session, column, table, after or 0)
            for (column, table), after in zip(
                ((entry.c.kind, entry), (bank_case.c.kind, bank_case), (hold.c.scope, hold)),
                before,
                strict=True,
            )
        )
        grown = session.scalars(
            select(bank_case_line.c.kind).order_by(bank_case_line.c.bank_line_id)
        ).all()[lines_before or 0 :]
        trial.rollback()
    moved = "" if became == was else f"> {became} "
    return f"{moved}{said_so} {recipes} {','.join(f'+{one}' for one in grown) or kinds} {scopes}"


@pytest.mark.parametrize("state", WANTED)
def test_every_word_in_every_state(house: House, state: str) -> None:
    """Each word on a fresh payment in this state; what was done is taken back after each."""
    assert set(WANTED[state]) == set(EVIDENCE)
    one = house.reference(1, SEPTEMBER)
    BEFORE[state](house, one)
    assert house.state(one) == IS.get(state, state)
    found = {word: _tried(house, one, word) for word in EVIDENCE}
    assert found == WANTED[state]
    nothing_broken(house)
