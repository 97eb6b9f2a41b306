"""What the strict readers of our own text files share; it shares nothing with any writer.

A file is a head, payments and a foot without one byte between them. Each reader brings its own
patterns; here is the walk through the file, the counting and the adding up. Memory holds one
window of the file.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bank_adapters.contract import FileHead, PaymentInstruction
from bank_adapters.errors import Unreadable

WINDOW = 1 << 20


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of file looks: the patterns of its head and of one payment, the longest each
    may be in characters, its encoding.

    `made` makes the payment of a match, numbered from 1; `foot` is the text that must end the file
    after so many payments of so much. The head's pattern names message, account, day, count, total.
    """

    head: re.Pattern[str]
    payment: re.Pattern[str]
    made: Callable[[re.Match[str], int], PaymentInstruction]
    foot: Callable[[int, int], str]
    longest_head: int
    longest_payment: int
    encoding: str


def read(
    source: BinaryIO, shape: Shape, look: Callable[[re.Match[str]], object]
) -> tuple[FileHead, Iterator[PaymentInstruction]]:
    """The head, and the payments in file order; the last step sees to the foot, the end of the
    file, the number of payments and their sum. `look` judges what else the head says.

    Raises Unreadable.
    """
    windows = _windows(source, shape.encoding)
    text = next(windows, "")
    found = shape.head.match(text)
    if found is None or found.end() > shape.longest_head:
        raise Unreadable("tệp lệnh chi: đầu tệp không đúng từng chữ như phải có")
    look(found)
    head = FileHead(
        message_id=found["message"],
        debtor_account=found["account"],
        requested_on=_day(found["day"]),
        currency="VND",
        count=int(found["count"]),
        total=int(found["total"]),
    )
    return head, _payments(windows, text[found.end() :], shape, head)


def _payments(
    windows: Iterator[str], text: str, shape: Shape, head: FileHead
) -> Iterator[PaymentInstruction]:
    made, count, total = shape.made, 0, 0
    while True:
        place = 0
        for found in shape.payment.finditer(text):
            if found.start() != place:
                break
            place = found.end()
            count += 1
            item = made(found, count)
            total += item.amount
            yield item
        rest, text = text[place:], next(windows, "")
        if not text or len(rest) > shape.longest_payment:
            break
        text = rest + text
    if text or rest != shape.foot(count, total):
        raise Unreadable(f"tệp lệnh chi: có chữ lạ sau lệnh thứ {count}, hoặc cuối tệp sai")
    if (count, total) != (head.count, head.total):
        raise Unreadable(f"tệp lệnh chi: có {count} lệnh, tổng {total}, khác đầu tệp")


def _windows(source: BinaryIO, encoding: str) -> Iterator[str]:
    """The file as text, a window at a time; a letter cut in two waits for the next one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := source.read(WINDOW):
            if text := decoder.decode(block):
                yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable(f"tệp lệnh chi: có ký tự ngoài bảng mã {encoding.upper()}") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"tệp lệnh chi: ngày chi “{text}” không có trong lịch") from error
