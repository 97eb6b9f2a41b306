"""The last look at a payment file before it is sealed: does it say what was approved?

The lines are counted on their way into the adapter, and read back out of the file by the strict
reader, which shares nothing with the writer. Head, count, sum and every line must agree: message,
debtor account, day and currency; reference, amount, method, account, bank, name, place and remark.
A file carries names either with their accents or in the bank's letters, so it must agree with one
of the two throughout.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any, BinaryIO, NamedTuple

from sqlalchemy import Row

from app.errors import Refused
from bank_adapters.contract import BankAdapter, FileHead, PaymentInstruction
from bank_adapters.errors import Unreadable

CURRENCY = "VND"
_MARKS = re.compile("[\u0300-\u036f]+")
# The letters that do not decompose, and the marks that banks take in one form only.
_OTHERS = str.maketrans("đĐð\u00d0‐‑‒–—―−‘’ʼ′", "dDdD-------''''")
_HEAD_WORDS = {
    "message_id": "mã lô",
    "debtor_account": "tài khoản nguồn",
    "requested_on": "ngày chi",
    "currency": "loại tiền",
    "count": "số dòng",
    "total": "tổng tiền",
}


class Figures(NamedTuple):
    """How many lines, their sum, and a digest over every line."""

    lines: int
    total: int
    digest: str


def plain(text: str) -> str:
    """`text` in the bank's letters, by other code than the adapters': accents gone, one space.

    What has no plain letter stays as it is, and then agrees with nothing that a bank takes.
    """
    text = unicodedata.normalize("NFKD", text.translate(_OTHERS))
    return " ".join(_MARKS.sub("", text).split()).lstrip(":- ")


def whole(text: str) -> str:
    """`text` with its accents, precomposed, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _told(item: PaymentInstruction, name: str, place: str, remark: str) -> bytes:
    """One line as it is digested; no field can hold the separator, which is white space."""
    fields = (item.reference, str(item.amount), item.method, item.account, item.bank_bin,
              item.bank_bic, name, place, remark)  # fmt: skip
    return ("\x1f".join(fields) + "\n").encode()


class Approved:
    """The lines of a batch, counted on their way into its file."""

    def __init__(self) -> None:
        self._count = self._total = 0
        self._accented, self._plain = sha256(), sha256()

    def passing(self, items: Iterable[PaymentInstruction]) -> Iterator[PaymentInstruction]:
        """The same items, each counted before the adapter has it."""
        for item in items:
            self._count, self._total = self._count + 1, self._total + item.amount
            name, remark = whole(item.payee_name), whole(item.remark)
            self._accented.update(_told(item, name, whole(item.place), remark))
            self._plain.update(_told(item, plain(name).upper(), "", plain(remark)))
            yield item

    def figures(self) -> tuple[Figures, Figures]:
        """What a file with accents and one in the bank's letters must come to."""
        return (
            Figures(self._count, self._total, self._accented.hexdigest()),
            Figures(self._count, self._total, self._plain.hexdigest()),
        )


def figures_of(items: Iterable[PaymentInstruction]) -> Figures:
    """What was read out of a file comes to, letter for letter."""
    count, total, digest = 0, 0, sha256()
    for item in items:
        count, total = count + 1, total + item.amount
        digest.update(_told(item, item.payee_name, item.place, item.remark))
    return Figures(count, total, digest.hexdigest())


def head_of(row: Row[Any], asked: date) -> FileHead:
    """What the head of a batch's file must say; `asked` is the day the provider is to pay on."""
    return FileHead(
        message_id=row.message_id,
        debtor_account=row.account,
        requested_on=asked,
        currency=CURRENCY,
        count=row.lines,
        total=row.total,
    )


def require_same(
    name: str, source: BinaryIO, adapter: BankAdapter, wanted: FileHead, approved: Approved
) -> None:
    """Refuse a file that does not say what was approved, or that the strict reader does not know
    to the last byte. Raises Refused."""
    try:
        head, items = adapter.strict_reader().read(source)
        if other := _differing(head, wanted):
            raise _refusal(name, f"đầu tệp khác lô đã duyệt ở {other}")
        found = figures_of(items)
    except Unreadable as error:
        raise _refusal(name, str(error)) from error
    if found not in approved.figures():
        raise _refusal(name, "các dòng khác dòng đã duyệt")
    if (found.lines, found.total) != (wanted.count, wanted.total):
        raise _refusal(name, "số dòng hoặc tổng tiền khác lô đã duyệt")


def _differing(head: FileHead, wanted: FileHead) -> str:
    """Which parts of the head differ, in words; the values stay unsaid."""
    other = [word for name, word in _HEAD_WORDS.items()
             if getattr(head, name) != getattr(wanted, name)]  # fmt: skip
    return ", ".join(other)


def _refusal(name: str, why: str) -> Refused:
    return Refused(f"Tệp {name} không khớp với các dòng đã duyệt: {why}.", "Dừng lô, báo kỹ thuật.")
