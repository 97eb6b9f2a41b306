"""Which format a file is in, by its first bytes and not by its name."""

from __future__ import annotations

import re
from typing import BinaryIO, cast

HEAD = 65_536
_XML = re.compile(
    rb"<(?:[\w.-]+:)?(CstmrPmtStsRpt|pain\.002|BkToCstmr|camt\.05[234]|CstmrCdtTrfInitn|Stmt|"
    rb"Ntfctn|Rpt)"
)
_MT940 = re.compile(rb"(?:^|[\r\n{])[ \t]*:(?:20|25|28C?|60[FM]):", re.MULTILINE)


class Rewound:
    """A source whose first bytes were read already and are given out again."""

    def __init__(self, head: bytes, source: BinaryIO) -> None:
        self._head = head
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes (all for a negative size), the head first."""
        if size < 0:
            head, self._head = self._head, b""
            return head + self._source.read()
        if self._head:
            head, self._head = self._head[:size], self._head[size:]
            return head
        return self._source.read(size)


def sniff(source: BinaryIO) -> tuple[str, BinaryIO]:
    """("camt" | "pain.002" | "pain.001" | "xlsx" | "mt940" | "", the whole source)."""
    head = source.read(HEAD)
    while len(head) < HEAD and (more := source.read(HEAD - len(head))):
        head += more
    return kind_of(head), cast(BinaryIO, Rewound(head, source))


def kind_of(head: bytes) -> str:
    """The format of a file that starts with `head`."""
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    plain = head.replace(b"\0", b"")  # UTF-16 of a Latin text
    if found := _XML.search(plain):
        mark = found[1].decode("ascii")
        if mark in ("CstmrPmtStsRpt", "pain.002"):
            return "pain.002"
        return "pain.001" if mark == "CstmrCdtTrfInitn" else "camt"
    return "mt940" if _MT940.search(plain) else ""
