"""Which format a file is in, by its first bytes and not by its name."""

from __future__ import annotations

import re
from typing import BinaryIO, cast

from bank_adapters.formats.events import is_events

HEAD = 65_536
_XML = re.compile(
    rb"<(?:[\w.-]+:)?(CstmrPmtStsRpt|pain\.002|BkToCstmr|camt\.05[234]|CstmrCdtTrfInitn|"
    rb"RsltnOfInvstgtn|camt\.029|PmtRtr|pacs\.004|Stmt|Ntfctn|Rpt)"
)
_KINDS = {
    "CstmrPmtStsRpt": "pain.002",
    "pain.002": "pain.002",
    "CstmrCdtTrfInitn": "pain.001",
    "RsltnOfInvstgtn": "camt.029",
    "camt.029": "camt.029",
    "PmtRtr": "pacs.004",
    "pacs.004": "pacs.004",
}
_MT940 = re.compile(rb"(?:^|[\r\n{])[ \t]*:(?:20|25|28C?|34F|60[FM]):", re.MULTILINE)


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

    def readline(self, size: int) -> bytes:
        """The rest of a line, of at most `size` bytes (1 or more), the head first."""
        end = self._head.find(b"\n", 0, size) + 1 or min(size, len(self._head))
        line, self._head = self._head[:end], self._head[end:]
        if line.endswith(b"\n") or len(line) == size:
            return line
        return line + self._source.readline(size - len(line))


def sniff(source: BinaryIO) -> tuple[str, BinaryIO]:
    """(kind, the whole source); the kind is as `kind_of` gives it."""
    head = source.read(HEAD)
    while len(head) < HEAD and (more := source.read(HEAD - len(head))):
        head += more
    return kind_of(head), cast(BinaryIO, Rewound(head, source))


def kind_of(head: bytes) -> str:
    """The format of a file that starts with `head`.

    "camt" (052, 053, 054), "camt.029", "pacs.004", "pain.001", "pain.002", "xlsx", "mt940"
    (MT942 too), "events" (words as JSON lines), or "" for none of them.
    """
    if is_events(head):
        return "events"
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    plain = head.replace(b"\0", b"")  # UTF-16 of a Latin text
    if found := _XML.search(plain):
        return _KINDS.get(found[1].decode("ascii"), "camt")
    return "mt940" if _MT940.search(plain) else ""
