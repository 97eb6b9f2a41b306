"""Reads back the text of the PDFs we write: enough of the format for our own files.

Streams are base-85 and Flate; a font's ToUnicode map turns its one-byte codes into text.
"""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SHOWN = re.compile(
    rb"/(F[\d+]+) ([\d.]+) Tf|\(((?:[^()\\]|\\.)*)\) Tj"
    rb"|1 0 0 1 (-?[\d.]+) (-?[\d.]+) Tm",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass
class Drawn:
    """A string, where it begins (points from the lower left) and how large its letters are."""

    x: float
    y: float
    size: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Pdf:
    """Each page's strings in the order they are drawn, and the embedded fonts' names."""

    placed: list[list[Drawn]]
    fonts: set[str]

    @property
    def pages(self) -> list[list[str]]:
        """The strings of each page."""
        return [[one.text for one in page] for page in self.placed]

    @property
    def text(self) -> str:
        """All strings, one a line."""
        return "\n".join("\n".join(page) for page in self.pages)


def read_pdf(data: bytes) -> Pdf:
    """The pages of a file that `app.printing` wrote.

    reportlab draws a no-break space as a space, and so it reads here.
    """
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    maps = _unicode_maps(objects)
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    contents = [int(re.search(rb"/Contents (\d+)", page)[1]) for page in pages]  # type: ignore[index]
    names = re.findall(rb"/BaseFont /(\S+)", data)
    return Pdf(
        [_strings(_stream(objects[number]), maps) for number in contents],
        {name.decode() for name in names},
    )


def _strings(content: bytes, maps: dict[bytes, dict[int, str]]) -> list[Drawn]:
    current: dict[int, str] = {}
    lines, letters = [Drawn(0, 0)], 0.0
    for font, size, shown, x, y in _SHOWN.findall(content):
        if x:  # each string of ours starts at a position of its own
            lines.append(Drawn(float(x), float(y)))
        elif font:
            current, letters = maps[font], float(size)
        else:
            lines[-1].text += "".join(current.get(code, "?") for code in _unescaped(shown))
            lines[-1].size = letters
    return [line for line in lines if line.text]


def _unicode_maps(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    maps = {}
    for body in objects.values():
        name, reference = re.search(rb"/Name /(\S+)", body), re.search(rb"/ToUnicode (\d+)", body)
        if name and reference:
            cmap = _stream(objects[int(reference[1])])
            found = re.findall(rb"<(\w{2})> <\w{2}> <(\w{4})>|<(\w{2})> <(\w{4})>", cmap)
            pairs = [(a or c, b or d) for a, b, c, d in found]
            maps[name[1]] = {int(code, 16): chr(int(letter, 16)) for code, letter in pairs}
    return maps


def _stream(body: bytes) -> bytes:
    match = _STREAM.search(body)
    assert match, "an object without a stream"
    data = match[1]
    if b"ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _unescaped(text: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        code = match[1]
        return bytes([int(code, 8)]) if len(code) == 3 else _LETTERS.get(code, code)

    return _ESCAPE.sub(one, text)
