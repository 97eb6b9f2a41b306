"""Our identifiers at a provider: the reference of an instruction and the id of a message.

A reference must survive upper-casing, padding, 16-character fields (MT940 `:61:`) and being
buried in free text, so it is 16 characters of A-Z and 2-7, the last one a check character.
It is a function of the obligation and the attempt alone: the same input after a restore
gives the same reference, and the provider's de-duplication then catches a repetition.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from uuid import UUID

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LENGTH = 16
_SHAPE = re.compile(r"[A-Z2-7]{16}")
_TOKEN = re.compile(r"(?<![A-Z0-9])[A-Z2-7]{16}(?![A-Z0-9])")
_RUN = re.compile(r"[A-Z2-7]{16,}")


def _times_two(element: int) -> int:
    """Multiply by x in GF(32) with the polynomial x^5 + x^2 + 1."""
    doubled = element << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _weight_tables() -> tuple[bytes, ...]:
    """For each of the 15 places, the weighted value of an ASCII character.

    Weights are distinct non-zero elements of GF(32), so one wrong character and any two
    exchanged characters always change the check character.
    """
    tables = []
    values = list(range(32))
    for _ in range(LENGTH - 1):
        values = [_times_two(value) for value in values]
        table = bytearray(128)
        for place, letter in enumerate(ALPHABET):
            table[ord(letter)] = values[place]
        tables.append(bytes(table))
    return tuple(tables)


_TABLES = _weight_tables()


def _check(body: bytes) -> str:
    total = 0
    for table, letter in zip(_TABLES, body, strict=True):
        total ^= table[letter]
    return ALPHABET[total]


def reference(obligation_id: int, attempt: int) -> str:
    """The end-to-end id of one attempt to pay one obligation: 16 characters."""
    digest = sha256(b"v1|%d|%d" % (obligation_id, attempt)).digest()
    body = b32encode(digest[:10])[: LENGTH - 1]
    return body.decode("ascii") + _check(body)


def uetr_of(reference: str) -> str:
    """The unique end-to-end transaction reference (UETR) that goes with a reference.

    A UUID of version 4 by RFC 9562 whose random bits come from the reference, so that the same
    payment has the same one after a restore.
    """
    bits = int.from_bytes(sha256(b"uetr|" + reference.encode("ascii")).digest()[:16], "big")
    return str(UUID(int=bits, version=4))


def is_reference(text: str) -> bool:
    """True when `text` has the shape of a reference and its check character fits."""
    if not _SHAPE.fullmatch(text):
        return False
    return _check(text[:-1].encode("ascii")) == text[-1]


def _windows(text: str) -> Iterator[str]:
    """Every valid reference inside the longer runs of `text`."""
    for run in _RUN.findall(text):
        for start in range(len(run) - LENGTH + 1):
            candidate = run[start : start + LENGTH]
            if is_reference(candidate):
                yield candidate


def find_reference(free_text: str) -> str:
    """The one reference inside a remittance text, "" when there is none or more than one.

    A word of its own comes first; then one glued to other letters; then one broken by
    spaces or line ends. The check character lets 1 of 32 chance strings through, so the
    caller still compares the amount and looks the reference up.
    """
    text = free_text.upper()
    for found in (
        {word for word in _TOKEN.findall(text) if is_reference(word)},
        set(_windows(text)),
        set(_windows("".join(text.split()))),
    ):
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def message_id(parts: Iterable[object]) -> str:
    """The id of a message from what it holds: "AS" and 32 hexadecimal digits.

    Each part is taken with its length, so `("ab", "c")` and `("a", "bc")` differ. Hexadecimal
    digits keep 16 characters of it from looking like a reference.
    """
    digest = sha256()
    for part in parts:
        text = str(part).encode("utf-8")
        digest.update(b"%d:" % len(text))
        digest.update(text)
    return "AS" + digest.hexdigest()[:32].upper()
