"""What one answer of a provider is worth: a word, a doubt, or certainty that nothing was taken.

Believed is only what names the payment that was asked for, with its very amount. Everything that
is not plainly a yes, plainly a no or plainly "not taken" is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bank_adapters.contract import PaymentInstruction
from bank_adapters.formats.amounts import MAX_AMOUNT
from bank_adapters.formats.events import Event
from bank_adapters.rest.profile import NO_ANSWER, NOT_SENT, REFUSALS, RestProfile
from bank_adapters.transports.https import Answered

NOT_TAKEN = (400, 401, 403)
LOCKED_OUT = (401, 403)
_KEY_REUSED = 409
_TAKEN = (200, 202)
AGAIN = "DUPL"
_BANK_REFERENCE = re.compile(r"[\x21-\x7e]{1,64}")
_ACCOUNT = re.compile("[A-Za-z0-9]{4,34}")


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of one payment. `why` is for people, in logs and errors.

    Where nothing was taken, `may_repeat` says that asking again may help, `is_locked_out` that it
    would be the same for every payment.
    """

    status: str
    reason: str = ""
    amount: int = 0
    account: str = ""
    bank_reference: str = ""
    why: str = ""
    may_repeat: bool = False
    is_locked_out: bool = False

    def event(self, reference: str, at: datetime, event_id: str) -> Event:
        """The word on one payment, as it is written down."""
        return Event(
            reference=reference,
            status=self.status,
            reason=self.reason,
            amount=self.amount,
            account=self.account,
            bank_reference=self.bank_reference,
            at=at.isoformat(),
            event_id=event_id,
        )


def doubt(why: str, reason: str = "") -> Word:
    """No clear answer: it may or may not have been taken."""
    return Word(NO_ANSWER, reason, why=why)


def not_sent(why: str, *, may_repeat: bool = False, is_locked_out: bool = False) -> Word:
    """Surely not taken by anybody."""
    return Word(NOT_SENT, why=why, may_repeat=may_repeat, is_locked_out=is_locked_out)


def judged(answer: Answered, item: PaymentInstruction, profile: RestProfile) -> Word:
    """The word of an answer to the request for one payment."""
    told, why = answer.told(), f"HTTP {answer.status}"
    if is_untaken(answer, profile):
        return not_sent(why, may_repeat=True)
    found, ours = word_of(told, profile), _is_about(told, item, profile)
    if found.status != NO_ANSWER and ours and _fits(answer.status, found.status, profile):
        return replace(found, why=why)
    if answer.status == _KEY_REUSED:
        # Another payment went under this key: people look, and the first is not refused by it.
        return doubt(why, AGAIN)
    if answer.status in NOT_TAKEN and answer.status not in profile.refused:
        return not_sent(why, is_locked_out=answer.status in LOCKED_OUT)
    return doubt(why if ours or not told else f"{why}, nói về lệnh khác")


def is_untaken(answer: Answered, profile: RestProfile) -> bool:
    """Whether a refusal to listen says in so many words that nothing was taken."""
    return answer.status in (429, 503) and answer.told().get(profile.untaken) is False


def _fits(status: int, word: str, profile: RestProfile) -> bool:
    """A yes behind a yes, and a no only where the profile says that a no may stand."""
    return status in (profile.refused if word in REFUSALS else _TAKEN)


def _is_about(told: Mapping[str, Any], item: PaymentInstruction, profile: RestProfile) -> bool:
    """Whether an answer names this very payment: its reference, its amount."""
    amount = told.get(profile.answer["amount"])
    is_amount = type(amount) is int and amount == item.amount
    return is_amount and told.get(profile.answer["reference"]) == item.reference


def word_of(told: Mapping[str, Any], profile: RestProfile, *, has_amount: bool = True) -> Word:
    """The word that an object says; a doubt where it is not understood.

    A word on a payment states its amount, or it is none. Whether reference and amount are ours is
    for the matcher to see.
    """
    named = profile.answer
    status = profile.word(told.get(named["status"]))
    amount = told.get(named["amount"]) if has_amount else 0
    if not status or type(amount) is not int or not int(has_amount) <= amount <= MAX_AMOUNT:
        return doubt("từ lạ hoặc thiếu số tiền")
    return Word(
        status,
        profile.reason(told.get(named["reason"])),
        amount,
        _text(told.get(named["account"]), _ACCOUNT),
        _text(told.get(named["bank_reference"]), _BANK_REFERENCE),
    )


def _text(value: object, shape: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and shape.fullmatch(value) else ""
