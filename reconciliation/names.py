"""What a line says of us beside its reference: another reference of ours, a message, a count.

Only movements are searched, and only those without a reference of ours where it belongs. A
reference that is found is a guess until the amount agrees; the check character lets 1 of 32 chance
strings through.
"""

from __future__ import annotations

import re

from bank_adapters.contract import BankLine, LineKind
from bank_adapters.references import find_reference, is_reference

_MESSAGE = re.compile(r"(?<![0-9A-Z])AS[0-9A-F]{32}(?![0-9A-Z])")
_NOTHING = ("", "", 0, 0)
NONE = "-"
"""Instead of a reference, where a movement has none of ours anywhere."""


def names_of(line: BankLine) -> tuple[str, str, int, int]:
    """(reference found elsewhere, our message, payments in the movement, charge) of a line.

    The charge is in minor units; what is not said is "" or 0. A movement without any reference of
    ours has `NONE`.
    """
    if line.kind is not LineKind.BOOKED:
        return _NOTHING
    if is_reference(line.reference):
        return "", "", 0, line.charge
    count = line.batch_count or 0
    return _other_reference(line), _message(line), count, line.charge


def _other_reference(line: BankLine) -> str:
    """The id that only we and the bank know comes first, then what free text holds."""
    ours = line.instruction_id.strip().upper()
    if is_reference(ours):
        return ours
    return find_reference(f"{line.reference} {line.remittance}") or NONE


def _message(line: BankLine) -> str:
    """The block of payments, else the message, else one that stands in the text."""
    stated = (line.payment_information_id or line.message_id).strip().upper()
    if stated:
        return stated
    found = _MESSAGE.search(f"{line.reference} {line.remittance}".upper())
    return found[0] if found else ""
