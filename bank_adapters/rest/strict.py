"""The strict reader of our own JSON lines, by the letter: a gate, not a parser.

It shares nothing with the writer but the wire: own patterns, own constants, no JSON library. There
is one way of writing each value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from bank_adapters.contract import FileHead, Method, PaymentInstruction
from bank_adapters.errors import Unreadable
from bank_adapters.formats import strict_text

LONGEST_HEAD = 1_500
LONGEST_PAYMENT = 3_000
_WHOLE = "[1-9][0-9]{0,15}"
# A text as JSON: only a quote and a backslash are escaped, and only in this one way.
_TEXT = r'(?:[^"\\\x00-\x1f\x7f-\x9f]|\\["\\])'
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Form:
    """What one provider calls the fields of head and payment; said by the adapter."""

    fields: Mapping[str, str]


def _head(form: Form) -> re.Pattern[str]:
    name = {key: re.escape(value) for key, value in form.fields.items()}
    return re.compile(
        rf'\{{"kind":"head","{name["message_id"]}":"(?P<message>[A-Za-z0-9-]{{1,35}})",'
        rf'"{name["debtor_account"]}":"(?P<account>[A-Za-z0-9]{{4,34}})",'
        rf'"{name["debtor_name"]}":"(?P<name>{_TEXT}{{1,200}})",'
        rf'"{name["requested_on"]}":"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})",'
        rf'"{name["currency"]}":"VND","count":(?P<count>{_WHOLE}),"total":(?P<total>{_WHOLE})\}}\n'
    )


def _payment(form: Form) -> re.Pattern[str]:
    """One payment: reference, amount, name, account, bank, remark."""
    name = {key: re.escape(value) for key, value in form.fields.items()}
    return re.compile(
        rf'\{{"kind":"payment","{name["reference"]}":"([A-Z0-9]{{16}})",'
        rf'"{name["amount"]}":({_WHOLE}),"{name["payee_name"]}":"({_TEXT}{{1,200}})",'
        rf'"{name["account"]}":"([A-Za-z0-9]{{4,34}})","{name["bank_bin"]}":"([A-Z0-9]{{3,35}})",'
        rf'"{name["remark"]}":"({_TEXT}{{0,200}})"\}}\n'
    )


class StrictRest:
    """Reads sealed documents of one form; a `StrictReader`."""

    def __init__(self, form: Form) -> None:
        self._shape = strict_text.Shape(
            head=_head(form),
            payment=_payment(form),
            made=_instruction,
            foot=_foot,
            longest_head=LONGEST_HEAD,
            longest_payment=LONGEST_PAYMENT,
            encoding="utf-8",
        )

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head, and the payments in file order, as `strict_text.read`. Raises Unreadable."""
        return strict_text.read(source, self._shape, lambda head: _plain(head["name"], 0))


def _foot(count: int, total: int) -> str:
    return f'{{"kind":"foot","count":{count},"total":{total}}}\n'


def _instruction(found: re.Match[str], number: int) -> PaymentInstruction:
    reference, amount, name, account, bank_bin, remark = found.groups()
    return PaymentInstruction(
        reference,
        int(amount),
        _plain(name, number),
        Method.ACCOUNT,
        account,
        bank_bin,
        "",
        "",
        _plain(remark, number),
    )


def _plain(text: str, number: int) -> str:
    """A text without its escapes; one with hidden letters or loose accents is refused."""
    plain = _ESCAPED.sub(r"\1", text) if "\\" in text else text
    if not (plain.isascii() or (plain.isprintable() and unicodedata.is_normalized("NFC", plain))):
        raise Unreadable(f"tệp lệnh chi: lệnh thứ {number} có ký tự ẩn hoặc dấu rời")
    return plain
