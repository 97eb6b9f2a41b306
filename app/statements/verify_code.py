"""The code of a person's statement: whose it is, of which month, and that it is ours, in 80 bits.

Nothing is kept of a statement that is printed. Its code says where to look (person, month) and
proves with a key of this installation that we wrote it; the last bits hang on what was owed and
listed, so that a paper from before a change is told from one of today. A paper shows nothing by
which the code of another could be guessed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from app.months import shift
from app.payroll.digest import SHORT_LETTERS
from app.privacy import Keyring

FIRST_PERIOD = "2020-01"
_PERSON, _MONTH, _PROOF, _CONTENT = 27, 9, 30, 14
_SIGNS = 16
_PERIOD = re.compile(r"(\d{4})-(\d{2})")


class Read(NamedTuple):
    """What a code says: whose statement, of which month, and the bits of what stood in it."""

    person_id: int
    period: str
    content: int


def code_of(keyring: Keyring, person_id: int, period: str, content: str) -> str:
    """The 16 signs of a statement; `content` is whatever must not have changed since.

    Raises ValueError for a person or a month that has no place in a code.
    """
    month = _month(period)
    if not (0 < person_id < 1 << _PERSON and 0 <= month < 1 << _MONTH):
        raise ValueError(f"no code for person {person_id} in {period}")
    number = person_id << _MONTH | month
    number = number << _PROOF | _proof(keyring, person_id, period)
    number = number << _CONTENT | content_bits(keyring, person_id, period, content)
    return "".join(SHORT_LETTERS[number >> at & 31] for at in range(5 * (_SIGNS - 1), -1, -5))


def read(keyring: Keyring, code: str) -> Read | None:
    """What a code of 16 signs says, None for one that this installation did not write."""
    if len(code) != _SIGNS or not set(code) <= set(SHORT_LETTERS):
        return None
    number = 0
    for sign in code:
        number = number << 5 | SHORT_LETTERS.index(sign)
    content, number = number & (1 << _CONTENT) - 1, number >> _CONTENT
    proof, number = number & (1 << _PROOF) - 1, number >> _PROOF
    period, person_id = shift(FIRST_PERIOD, number & (1 << _MONTH) - 1), number >> _MONTH
    if proof != _proof(keyring, person_id, period):
        return None
    return Read(person_id, period, content)


def grouped(code: str) -> str:
    """A code as it is printed: '7F3K-9XQ2-0ABC-M4TN'."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def content_bits(keyring: Keyring, person_id: int, period: str, content: str) -> int:
    """What of a code hangs on the content."""
    return _bits(keyring, f"content|{person_id}|{period}|{content}", _CONTENT)


def _proof(keyring: Keyring, person_id: int, period: str) -> int:
    return _bits(keyring, f"statement|{person_id}|{period}", _PROOF)


def _bits(keyring: Keyring, text: str, count: int) -> int:
    return int(keyring.index("statement.code", text)[:8], 16) >> 32 - count


def _month(period: str) -> int:
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"no month: {period}")
    return 12 * (int(found[1]) - int(FIRST_PERIOD[:4])) + int(found[2]) - 1
