"""Text of lists: with accents or in plain letters, and in code pages that set tones apart."""

from __future__ import annotations

import unicodedata

from bank_adapters.contract import PaymentInstruction
from bank_adapters.formats.charset import fold, fold_name
from bank_adapters.formats.xlsx_sheet import nfc

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_SET_APART = frozenset({"cp1258", "windows-1258"})


def as_listed(item: PaymentInstruction, letters: str) -> PaymentInstruction:
    """What a list carries of an instruction: its texts precomposed or plain, and no BIC."""
    is_plain = letters == "plain"
    text = fold if is_plain else nfc
    return PaymentInstruction(
        reference=item.reference,
        amount=item.amount,
        payee_name=fold_name(item.payee_name) if is_plain else nfc(item.payee_name),
        method=item.method,
        account=item.account,
        bank_bin=item.bank_bin,
        place=text(item.place),
        remark=text(item.remark),
    )


def for_code_page(text: str, encoding: str) -> str:
    """`text` as the code page writes it: Windows 1258 has the tones as letters of their own."""
    if encoding.lower() not in _SET_APART:
        return text
    return "".join(_apart(letter) for letter in text)


def _apart(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in marks if mark in _TONES)
    rest = "".join(mark for mark in marks if mark not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones
