"""Amounts of bank files: decimal text to integer minor units and back, never a float.

Exponents are those of ISO 4217, list one; every currency not named here has two decimals.
"""

from __future__ import annotations

import re

from bank_adapters.errors import Unreadable

EXPONENTS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
MAX_AMOUNT = 10**15
"""The largest amount of one payment or one sum of ours, in minor units."""
_DIGITS = 18
_DECIMAL = re.compile(rf"\+?([0-9]{{1,{_DIGITS}}})(?:\.([0-9]{{0,17}}))?")
_BARE_FRACTION = re.compile(r"\+?\.([0-9]{1,17})")


def exponent(currency: str) -> int:
    """How many decimals ISO 4217 gives the currency."""
    return EXPONENTS.get(currency, 2)


def to_minor(text: str, currency: str, where: str) -> int:
    """Minor units of an unsigned decimal text: `("500000.00", "VND")` is 500000.

    Zeros beyond the currency's decimals are accepted, other digits there are not.
    `where` names the field in the error. Raises Unreadable.
    """
    text = text.strip()
    if not currency:
        raise Unreadable(f"{where}: số tiền “{text[:40]}” không ghi loại tiền")
    places = exponent(currency)
    if not places and len(text) <= _DIGITS and text.isascii() and text.isdecimal():
        return int(text)  # as nearly all are
    if found := _DECIMAL.fullmatch(text):
        whole, fraction = found[1], found[2] or ""
    elif found := _BARE_FRACTION.fullmatch(text):
        whole, fraction = "0", found[1]
    else:
        raise Unreadable(f"{where}: “{text[:40]}” không phải số tiền (chỉ chữ số và dấu chấm)")
    if fraction[places:].strip("0"):
        raise Unreadable(f"{where}: “{text[:40]}” có phần lẻ nhỏ hơn đơn vị của {currency or '?'}")
    return int(whole + fraction[:places].ljust(places, "0"))


def to_text(amount: int, currency: str) -> str:
    """Signed decimal text of minor units: `(-150, "EUR")` is "-1.50"."""
    places = exponent(currency)
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits
