"""A set of texts that keeps 16 bytes of each: a file may have a million lines, and what is only
asked for later must not fill the memory."""

from __future__ import annotations

from hashlib import blake2b

_BYTES = 16


class Digests:
    """Which texts there are; two texts of one digest do not happen (BLAKE2b, 128 bits)."""

    def __init__(self) -> None:
        self._heaps: dict[bytes, bytes] = {}  # by the first two bytes: the others, side by side

    def add(self, text: str) -> bool:
        """Add a text; True when it was not there yet."""
        digest = _digest(text)
        heap = self._heaps.get(digest[:2], b"")
        if digest[2:] in heap:
            return False
        self._heaps[digest[:2]] = heap + digest[2:]
        return True

    def __contains__(self, text: str) -> bool:
        digest = _digest(text)
        return digest[2:] in self._heaps.get(digest[:2], b"")


class Counted:
    """How often each text came; those that came once are only digests."""

    def __init__(self) -> None:
        self._once = Digests()
        self._again: dict[str, int] = {}

    def before(self, text: str) -> int:
        """Count a text; gives how often it came before."""
        if self._once.add(text):
            return 0
        self._again[text] = self._again.get(text, 0) + 1
        return self._again[text]


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=_BYTES).digest()
