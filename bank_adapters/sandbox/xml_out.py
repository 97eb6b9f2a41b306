"""The bank's own XML writing: text put together by hand, streamed, always escaped."""

from __future__ import annotations

from typing import BinaryIO
from xml.sax.saxutils import escape

SYNTHETIC = "DỮ LIỆU GIẢ LẬP - synthetic"
CHUNK = 1 << 18


class Writer:
    """Collects text and writes it on in large pieces."""

    def __init__(self, out: BinaryIO, message: str) -> None:
        self._out = out
        self._pieces: list[str] = []
        self._size = 0
        self.put(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<!-- {SYNTHETIC} -->\n"
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">\n'
        )

    def put(self, text: str) -> None:
        """Add text that is XML already."""
        self._pieces.append(text)
        self._size += len(text)
        if self._size > CHUNK:
            self._flush()

    def end(self) -> None:
        """Close the document and write the rest."""
        self.put("</Document>\n")
        self._flush()

    def _flush(self) -> None:
        self._out.write("".join(self._pieces).encode("utf-8"))
        self._pieces.clear()
        self._size = 0


def tag(name: str, text: str, limit: int = 140) -> str:
    """`<name>text</name>`, or nothing at all for an empty text."""
    return f"<{name}>{escape(text[:limit])}</{name}>" if text else ""
