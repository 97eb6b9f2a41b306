"""Taking one payment: refused, executed, queued, forgotten, and what comes of it later."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from .. import behaviours as endings
from . import moving
from .book import ADVANCE, OURS, Book
from .moving import Money, When
from .orders import Order
from .plan import CALLBACK
from .settings import WRONG_BY, Settings
from .switches import Switches

REJECTS = ("AC04", "AC01", "BE01", "AC06")
RETURNS = ("AC04", "AC06", "MD07")
INSERT_PAYMENT = (
    "INSERT INTO payment(reference, attempt, digest, message_id, batch_id, account_id, amount,"
    " paid_amount, payee_name, account, bank_bin, remark, taken_at, fate, status, reason,"
    " told_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_CALLBACK = (
    "INSERT INTO callback(payment_id, nature, status, reason, at, due, owed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
INSERT_AGENDA = "INSERT INTO agenda(due, kind, payment_id, reason) VALUES (?, ?, ?, ?)"
EARLIER = "SELECT * FROM payment WHERE reference = ? AND taken_at > ? ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Taken:
    """What the bank holds of a payment now: final `status` from `told_at` on, ACSP before."""

    payment_id: int
    reference: str
    amount: int
    status: str
    reason: str
    told_at: int
    repeated: bool = False
    other_body: bool = False

    def status_at(self, at: int) -> str:
        """The status that is told at this moment."""
        return self.status if at >= self.told_at else "ACSP"


class Teller:
    """Takes payments, one by one, inside the caller's transaction."""

    def __init__(self, book: Book, settings: Settings, switches: Switches) -> None:
        self._book, self._settings, self._switches = book, settings, switches
        self._plan = settings.faults
        self._accounts: dict[str, int] = {}

    def take(
        self, order: Order, attempt: int, when: When, batch_id: int = 0, execute_at: int = 0
    ) -> Taken:
        """Take one payment; `execute_at` above 0 queues it until then."""
        digest = order.digest
        if self._settings.dedupe and (found := self._earlier(order.reference, when.at)):
            other = found["digest"] != digest
            return taken_of(found, repeated=not other, other_body=other)
        account_id = self._account(order.debtor_account)
        fate = self._fate(order, attempt)
        reason = self._refusal(order, account_id, fate, attempt)
        status, told_at = self._last_word(fate, reason, execute_at or when.at)
        amount = self._paid_amount(order.amount, fate)
        row = (order.reference, attempt, digest, order.message_id, batch_id, account_id)
        text = (order.payee_name, order.account, order.bank_bin, order.remark)
        word = (when.at, fate, status, reason, told_at)
        inserted = self._book.sql.execute(
            INSERT_PAYMENT, (*row, order.amount, amount, *text, *word)
        )
        payment_id = int(inserted.lastrowid or 0)
        taken = Taken(payment_id, order.reference, amount, status, reason, told_at)
        if reason or fate == "dropped":
            return self._untouched(taken, fate, attempt)
        if execute_at:
            self.plan(execute_at, "execute", payment_id)
            return taken
        money = Money(payment_id, order.reference, account_id, amount)
        return self.execute(taken, money, fate, attempt, when, order.account)

    def _earlier(self, reference: str, at: int) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._book.sql.execute(
            EARLIER, (reference, at - self._settings.dedupe_seconds)
        ).fetchone()
        return found

    def _account(self, number: str) -> int:
        """The account that pays; 0 when the bank does not hold it."""
        if number not in self._accounts:
            if self._settings.overdraft:
                kind = ADVANCE if self._settings.holds_advance else OURS
                self._book.open_account(number, "", kind)
            account = self._book.account(number)
            if account is None or account["kind"] not in (OURS, ADVANCE):
                return 0
            self._accounts[number] = account["id"]
        return self._accounts[number]

    def _fate(self, order: Order, attempt: int) -> str:
        if self._settings.endings:
            ending = order.account[-endings.ENDING_LENGTH :]
            if ending in endings.REJECTS:
                return "reject"
            if ending in endings.RETURNS or ending in endings.LATE_RETURNS:
                return "return"
        fate = self._plan.fate(order.reference, attempt)
        if fate:
            self._book.note(fate, order.reference, attempt)
        elif self._switches.on("amount_changed"):
            fate = "amount_changed"
        return fate

    def _refusal(self, order: Order, account_id: int, fate: str, attempt: int) -> str:
        if order.currency != "VND":
            return "AM03"
        if order.amount <= 0:
            return "AM12"
        if not account_id:
            return "AC02"
        if fate not in ("reject", "reject_later"):
            return ""
        by_ending = endings.REJECTS.get(order.account[-endings.ENDING_LENGTH :], "")
        chosen = self._plan.coin("reject reason", order.reference, attempt, len(REJECTS))
        return by_ending or REJECTS[chosen]

    def _last_word(self, fate: str, reason: str, at: int) -> tuple[str, int]:
        if reason:
            return "RJCT", at + self._settings.settle_seconds * (fate == "reject_later")
        if fate == "dropped" or not self._settings.settles:
            return "ACSP", at
        return self._settings.settles, at + self._settings.settle_seconds

    def _paid_amount(self, amount: int, fate: str) -> int:
        if fate != "amount_changed":
            return amount
        return amount - WRONG_BY if amount > WRONG_BY else amount + WRONG_BY

    def _untouched(self, taken: Taken, fate: str, attempt: int) -> Taken:
        """No money moves. A refusal at once was said in the answer, a later one is called out."""
        if fate == "reject_later":
            self.call_back(taken, attempt)
        return taken

    def execute(
        self, taken: Taken, money: Money, fate: str, attempt: int, when: When, account: str
    ) -> Taken:
        """Book a payment and plan what comes of it; without enough money it is refused."""
        overdraft = self._settings.overdraft
        if not moving.pay(self._book, when, money, "payment", overdraft):
            return self._refuse(taken, when.at)
        if fate == "executed_twice":
            moving.pay(self._book, when, money, "again", overdraft)
        if fate == "return":
            self._plan_return(money, attempt, when, account)
        self.call_back(taken, attempt)
        return taken

    def _refuse(self, taken: Taken, at: int) -> Taken:
        change = "UPDATE payment SET status = 'RJCT', reason = ?, told_at = ? WHERE id = ?"
        self._book.sql.execute(change, (endings.NO_MONEY, at, taken.payment_id))
        return Taken(taken.payment_id, taken.reference, taken.amount, "RJCT", endings.NO_MONEY, at)

    def _plan_return(self, money: Money, attempt: int, when: When, account: str) -> None:
        ending = account[-endings.ENDING_LENGTH :]
        chosen = self._plan.coin("return reason", money.reference, attempt, len(RETURNS))
        by_ending = {**endings.RETURNS, **endings.LATE_RETURNS}.get(ending, "")
        reason = by_ending or RETURNS[chosen]
        if self._switches.on("return_first"):
            moving.give_back(self._book, when, money, reason)
        else:
            self.plan(when.at + self._settings.return_seconds, "return", money.payment_id, reason)

    def plan(self, due: int, kind: str, payment_id: int, reason: str = "") -> None:
        """Put an act on the agenda."""
        self._book.sql.execute(INSERT_AGENDA, (due, kind, payment_id, reason))

    def call_back(self, taken: Taken, attempt: int) -> None:
        """Owe the client a callback about a payment, and whatever the plan adds to it."""
        plays = {
            fault: self._plan.plays(fault, taken.reference, attempt)
            for fault in CALLBACK
            if fault in self._plan.per_mille
        }
        for fault in plays:
            if plays[fault]:
                self._book.note(fault, taken.reference, attempt)
        due = taken.told_at + self._delay(taken, attempt, plays.get("callback_late", False))
        if not plays.get("callback_lost"):
            owed = 2 if plays.get("callback_twice") else 1
            self._owe(taken, "true", due, owed)
        if self._switches.on("duplicate_acknowledgement"):
            self._owe(taken, "again", due, 1)
        if plays.get("callback_lies"):
            self._owe(taken, "lie", due, 1)
        if plays.get("callback_forged"):
            self._owe(taken, "forged", taken.told_at, 1)

    def _delay(self, taken: Taken, attempt: int, late: bool) -> int:
        """How late a callback comes: each by a span of its own, so that some overtake others."""
        longest = self._settings.callback_late_seconds
        if self._switches.on("return_first"):
            return longest
        return 1 + self._plan.coin("late", taken.reference, attempt, longest) if late else 0

    def _owe(self, taken: Taken, nature: str, due: int, owed: int) -> None:
        word = (taken.status, taken.reason, taken.told_at)
        self._book.sql.execute(INSERT_CALLBACK, (taken.payment_id, nature, *word, due, owed))


def taken_of(row: sqlite3.Row, repeated: bool = False, other_body: bool = False) -> Taken:
    """What the book holds of a payment."""
    return Taken(
        row["id"],
        row["reference"],
        row["paid_amount"],
        row["status"],
        row["reason"],
        row["told_at"],
        repeated,
        other_body,
    )
