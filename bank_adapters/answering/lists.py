"""Providers of lists: paid and unpaid lines as an answer profile describes them, CSV or Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from bank_adapters.answering.facts import Fact, Message, Word
from bank_adapters.contract import FileHead, Method, ReportKind
from bank_adapters.formats.answer_profile import PAID, UNPAID, AnswerProfile
from bank_adapters.formats.list_text import for_code_page

# What a profile may call each: our own name of it, or an ISO status that settles or refuses.
_MEANT = {Word.PAID: (PAID, "ACCC"), Word.REJECTED: (UNPAID, "RJCT", "CANC")}
Value = str | int
Row = list[Value]


@dataclass(frozen=True, slots=True)
class ListAnswerer:
    """One provider's pen."""

    profile: AnswerProfile
    kinds: frozenset[ReportKind] = frozenset({ReportKind.SETTLEMENT})

    def write(self, message: Message) -> tuple[str, bytes]:
        """A file of the profile's form."""
        name = f"{_head(message).message_id}-{message.number:06d}.{self.profile.format}"
        return name, self._csv(message) if self.profile.format == "csv" else self._xlsx(message)

    def _csv(self, message: Message) -> bytes:
        told, text = self.profile, io.StringIO(newline="")
        rows = csv.writer(text, delimiter=told.delimiter, quoting=csv.QUOTE_ALL)
        rows.writerows(_grid(told, message, message.facts))
        return for_code_page(text.getvalue(), told.encoding).encode(told.encoding)

    def _xlsx(self, message: Message) -> bytes:
        out = io.BytesIO()
        book = xlsxwriter.Workbook(out, {"in_memory": True})
        # The same message has the same bytes, however often it is written.
        book.set_properties({"created": message.at.replace(tzinfo=None)})
        for name, result in self.profile.sheets:
            words = [word for word, meant in _MEANT.items() if result in ("", *meant)]
            facts = [fact for fact in message.facts if fact.word in words]
            _fill(book.add_worksheet(name or None), _grid(self.profile, message, facts))
        book.close()
        return out.getvalue()


def _head(message: Message) -> FileHead:
    assert message.head is not None  # a settlement answers a list
    return message.head


def _fill(sheet: Any, rows: Sequence[Row]) -> None:
    """Codes and accounts stay text, so that no zero is lost in front."""
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(row, column, value)
            elif value:
                sheet.write_string(row, column, value)


def _grid(profile: AnswerProfile, message: Message, facts: Sequence[Fact]) -> list[Row]:
    """Labels with values, headings, one row a fact, and the totals where the profile has any."""
    rows = _above(profile, message)
    rows.append([heading for heading, _ in profile.columns])
    for number, fact in enumerate(facts, 1):
        told = _line(profile, message, fact)
        first: Value = number if not profile.columns[0][1] else ""
        cells: Row = [told.get(name, "") for _, name in profile.columns]
        rows.append([first or cells[0], *cells[1:]])
    if profile.totals:
        # The bank may state its sums wrong, here as above the lines.
        off = message.opening - sum(fact.amount for fact in message.facts)
        total = _amount(profile, sum(fact.amount for fact in facts) + off)
        below: Row = [total if name == "amount" else "" for _, name in profile.columns]
        rows.append([profile.totals[0], *below[1:]])
    return rows


def _above(profile: AnswerProfile, message: Message) -> list[Row]:
    """The rows above the headings: a pair in each where there is room, else all in the first."""
    head = _head(message)
    values: Mapping[str, Value] = {
        "message_id": head.message_id,
        "debtor_account": message.account,
        "count": len(message.facts),
        "total": _amount(profile, message.opening),
        "unspent": _amount(profile, message.closing),
    }
    pairs: list[Row] = [[label, values.get(name, "")] for label, name in profile.head]
    room = profile.heading_row - 1
    if len(pairs) > room:
        pairs = [[cell for pair in pairs for cell in pair]]
    return [*pairs, *([] for _ in range(room - len(pairs)))]


def _line(profile: AnswerProfile, message: Message, fact: Fact) -> Mapping[str, Value]:
    """Every field that a column may name."""
    assert fact.payment is not None  # every line of a list is one of ours
    is_paid = fact.word is Word.PAID
    return {
        "reference": fact.payment.reference,
        "amount": _amount(profile, fact.amount),
        "result": _word(profile, fact.word),
        "reason": _known_as(profile.reasons, fact.reason),
        "method": _method(profile, fact.payment.method),
        "day": fact.day.strftime(profile.day) if is_paid else "",
        "voucher": fact.key if is_paid else "",
        "payee_name": fact.payment.payee_name,
        "message_id": _head(message).message_id,
        "debtor_account": message.account,
    }


def _word(profile: AnswerProfile, word: Word) -> str:
    """The first of the bank's words that means this."""
    meant = _MEANT[word]
    return next((told for told, result in profile.results.items() if result in meant), "")


def _known_as(words: Mapping[str, str], code: str) -> str:
    return next((told for told, known in words.items() if known == code), code)


def _method(profile: AnswerProfile, method: Method) -> str:
    return next((told for told, known in profile.methods.items() if known is method), "")


def _amount(profile: AnswerProfile, amount: int) -> Value:
    """A number, or a text with the bank's own marks."""
    if profile.format == "xlsx" and not profile.text_amounts:
        return amount
    text = f"{amount:,}".replace(",", profile.thousands)
    return f"{text}{profile.decimal}00" if profile.decimal else text
