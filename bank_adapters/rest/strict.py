"""The strict reader of our own JSON lines, by the letter: a gate, not a parser.

It shares nothing with the writer but the wire: own patterns, own constants, no JSON library. Head,
payments and foot stand in one order with one way of writing each value, without one byte between
them. Memory holds one window of the file.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bank_adapters.contract import FileHead, Method, PaymentInstruction
from bank_adapters.errors import Unreadable

WINDOW = 1 << 20
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
        self._head, self._payment = _head(form), _payment(form)

    def read(self, source: BinaryIO) -> tuple[FileHead, Iterator[PaymentInstruction]]:
        """The head, and the payments in file order; the last step sees to the foot, the end of
        the file, the number of payments and their sum. Raises Unreadable."""
        windows = _windows(source)
        text = next(windows, "")
        found = self._head.match(text)
        if found is None or found.end() > LONGEST_HEAD:
            raise Unreadable("tệp lệnh chi: đầu tệp không đúng từng chữ như phải có")
        _plain(found["name"], 0)
        head = FileHead(
            message_id=found["message"],
            debtor_account=found["account"],
            requested_on=_day(found["day"]),
            currency="VND",
            count=int(found["count"]),
            total=int(found["total"]),
        )
        return head, self._payments(windows, text[found.end() :], head)

    def _payments(
        self, windows: Iterator[str], text: str, head: FileHead
    ) -> Iterator[PaymentInstruction]:
        count = total = 0
        while True:
            place = 0
            for found in self._payment.finditer(text):
                if found.start() != place:
                    break
                place = found.end()
                count += 1
                item = _instruction(found, count)
                total += item.amount
                yield item
            rest, text = text[place:], next(windows, "")
            if not text or len(rest) > LONGEST_PAYMENT:
                break
            text = rest + text
        if text or rest != f'{{"kind":"foot","count":{count},"total":{total}}}\n':
            raise Unreadable(f"tệp lệnh chi: có chữ lạ sau lệnh thứ {count}, hoặc cuối tệp sai")
        if (count, total) != (head.count, head.total):
            raise Unreadable(f"tệp lệnh chi: có {count} lệnh, tổng {total}, khác đầu tệp")


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


def _windows(source: BinaryIO) -> Iterator[str]:
    """The file as text, a window at a time; a letter cut in two waits for the next one."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := source.read(WINDOW):
            if text := decoder.decode(block):
                yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable("tệp lệnh chi: không phải UTF-8") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"tệp lệnh chi: ngày chi “{text}” không có trong lịch") from error
