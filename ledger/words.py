"""Amounts in words, as Vietnamese vouchers and English readers have them.

Own rules: the usual libraries drop "không trăm" or misspell "lẻ", which a Treasury
clerk sends back. Style: linh (not lẻ), mốt, tư and lăm after mươi, tỷ (not tỉ); an empty
group is left out ("một triệu không trăm linh năm").
"""

from __future__ import annotations

from ledger.money import MAXIMUM_AMOUNT, MoneyError

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_BILLION = 10**9

_ONES_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS_EN = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS_EN = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES_EN = (
    (10**15, "quadrillion"),
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (1000, "thousand"),
)


def in_words_vi(amount: int) -> str:
    """Đồng in Vietnamese words: 3012000 -> "ba triệu không trăm mười hai nghìn đồng".

    Takes 0 to 10**15; anything else raises `MoneyError`.
    """
    _require_readable(amount)
    return f"{' '.join(_number_vi(amount)) or 'không'} đồng"


def in_words_vi_document(amount: int) -> str:
    """The same with a capital letter, as documents print it after "Bằng chữ:"."""
    words = in_words_vi(amount)
    return words[0].upper() + words[1:]


def in_words_en(amount: int) -> str:
    """Đồng in English words: 540000 -> "five hundred and forty thousand dong"."""
    _require_readable(amount)
    return f"{_number_en(amount)} dong"


def _number_vi(number: int) -> list[str]:
    # A billion ("tỷ") counts like a unit of its own: 10**12 is "một nghìn tỷ".
    billions, rest = divmod(number, _BILLION)
    words = [*_number_vi(billions), "tỷ"] if billions else []
    for size, name in ((10**6, ["triệu"]), (1000, ["nghìn"]), (1, [])):
        group, rest = divmod(rest, size)
        if group:
            words += _group_vi(group, full=bool(words)) + name
    return words


def _group_vi(group: int, *, full: bool) -> list[str]:
    """Words of 1 to 999; `full` says the hundreds even when there are none."""
    hundreds, below = divmod(group, 100)
    tens, ones = divmod(below, 10)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    if tens == 0:
        return words + (["linh"] if words and ones else []) + ([_DIGITS[ones]] if ones else [])
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones:
        words.append("lăm" if ones == 5 else _ones_vi(tens, ones))
    return words


def _ones_vi(tens: int, ones: int) -> str:
    return _DIGITS[ones] if tens == 1 else _AFTER_TENS.get(ones, _DIGITS[ones])


def _number_en(number: int) -> str:
    if number < 1000:
        return _group_en(number)
    words = []
    for size, name in _SCALES_EN:
        group, number = divmod(number, size)
        if group:
            words.append(f"{_group_en(group)} {name}")
    if number:
        words.append(f"and {_group_en(number)}" if number < 100 else _group_en(number))
    return " ".join(words)


def _group_en(group: int) -> str:
    hundreds, below = divmod(group, 100)
    if hundreds:
        rest = f" and {_group_en(below)}" if below else ""
        return f"{_ONES_EN[hundreds]} hundred{rest}"
    tens, ones = divmod(below, 10)
    if tens == 0:
        return _ONES_EN[ones]
    if tens == 1:
        return _TEENS_EN[ones]
    return _TENS_EN[tens - 2] + (f"-{_ONES_EN[ones]}" if ones else "")


def _require_readable(amount: int) -> None:
    if type(amount) is not int or not 0 <= amount <= MAXIMUM_AMOUNT:
        raise MoneyError(f"words are for whole amounts from 0 to {MAXIMUM_AMOUNT}, not {amount!r}")
