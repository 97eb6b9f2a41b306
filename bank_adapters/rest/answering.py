"""A bank of requests: its answers in a profile's own words, calls, and camt files as reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bank_adapters.answering.facts import Fact, Message, Word
from bank_adapters.answering.iso import IsoAnswerer
from bank_adapters.answering.lists import ListAnswerer
from bank_adapters.contract import FileHead, Method, PaymentInstruction, ReportKind
from bank_adapters.rest.profile import PAYMENT_FIELDS, RestProfile

Told = dict[str, Any]
_MEANT = {
    Word.ACCEPTED: ("ACSP", "ACCP", "ACTC", "PDNG", "RCVD"),
    Word.EXECUTED: ("ACSC", "ACCC"),
    Word.REJECTED: ("RJCT", "CANC"),
}


@dataclass(frozen=True, slots=True)
class RestAnswerer:
    """One provider's pen. Reports are files; a word on one payment is an object of JSON."""

    profile: RestProfile

    @property
    def kinds(self) -> frozenset[ReportKind]:
        """Paid lists where the provider holds an advance, else movements of our account."""
        listed = self.profile.paid_list
        return frozenset({ReportKind.STATUS}) | (
            ListAnswerer(listed).kinds if listed else IsoAnswerer().kinds
        )

    def write(self, message: Message) -> tuple[str, bytes]:
        """A report: pain.002, and camt.053 and camt.054 or a paid list."""
        if message.kind is ReportKind.SETTLEMENT and self.profile.paid_list:
            return ListAnswerer(self.profile.paid_list).write(message)
        return IsoAnswerer().write(message)

    def payment(self, body: bytes) -> tuple[FileHead, PaymentInstruction]:
        """What one request asks for, and under which head; raises KeyError for another wire."""
        told, named = json.loads(body), self.profile.fields
        values = {name: told[named[name]] for name in PAYMENT_FIELDS}
        item = PaymentInstruction(method=Method.ACCOUNT, **values)
        day = date.fromisoformat(told[named["requested_on"]])
        account, amount = told[named["debtor_account"]], item.amount
        message = told[named["message_id"]]
        return FileHead(message, account, day, told[named["currency"]], 1, amount), item

    def on_payment(self, fact: Fact) -> Told:
        """The word on one payment, as it answers a request or a question."""
        assert fact.payment is not None
        said = {
            "reference": fact.payment.reference,
            "amount": fact.amount,
            "status": self._word(fact.word),
            "reason": self._reason(fact.reason),
            "account": fact.payment.account,
            "bank_reference": f"NASTY{fact.payment.reference}",
        }
        return {self.profile.answer[name]: value for name, value in said.items()}

    def on_all(self, message_id: str, word: Word, facts: Iterable[Fact] = ()) -> Told:
        """The word on a batch and on its payments."""
        named = self.profile.answer
        told: Mapping[str, Any] = {"message_id": message_id, "status": self._word(word)}
        rows = [self.on_payment(fact) for fact in facts]
        return {**{named[name]: one for name, one in told.items()}, named["payments"]: rows}

    def call(self, fact: Fact, at: datetime) -> bytes:
        """The body of a call about one payment, in the words of docs/banks/callbacks.md."""
        assert fact.payment is not None
        told = {
            "reference": fact.payment.reference,
            "status": _MEANT[fact.word][0],
            "reason": fact.reason,
            "amount": fact.amount,
            "account": fact.payment.account,
            "bank_reference": f"NASTY{fact.payment.reference}",
            "at": at.isoformat(),
        }
        return json.dumps(told).encode()

    def _word(self, word: Word) -> str:
        """The provider's first word that means this."""
        for meant in _MEANT[word]:
            for told, iso in self.profile.words.items():
                if iso == meant:
                    return told
        return ""

    def _reason(self, code: str) -> str:
        known = self.profile.reasons.items()
        return next((told for told, meant in known if meant == code), code)
