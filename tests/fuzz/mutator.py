"""Seeded, structure-aware damage to files of banks: tags, lengths, encodings, containers.

`mutated(number)` is the same bytes for the same number for ever, so a failure is named by its
number and kept as a case of its own.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import lru_cache
from random import Random

from bank_adapters.formats.zips import BROKEN
from tests.fuzz.samples import samples

Mutation = Callable[[Random, bytes], bytes]
_TAGS = re.compile(rb"<[^<>]{1,200}>")
_TEXTS = re.compile(rb">([^<>]{0,200})<")
_FIELDS = re.compile(rb"(?m)^:[0-9]{2}[A-Z]?:.*$")
_NASTY = (
    b"", b" ", b"0", b"-1", b"1e9", b"NaN", b"Infinity", b"9" * 18, b"9" * 19, b"9" * 5000, b"0.5",
    b"\xd9\xa5", b"2026-02-30", b"0000-00-00", b"9999-12-31T24:00:00", b"99999999999-01-01",
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", "Đ\u0301".encode(), b"&x;",
    b"&amp;", b"&#0;", b"&#xD800;", b"<![CDATA[<x>]]>", b"<!-- x -->", b"<?x y?>", b"]]>", b"<",
    b">", b'"',
    b"=1+1", b"\r", b"\n:61:", b"A" * 70_000, b"NOTPROVIDED", b"CRDT", b"DBIT", b"BOOK", b"EUR",
)  # fmt: skip
_HEADS = (
    b'<!DOCTYPE a [<!ENTITY b "c">]>', b'<!doctype a SYSTEM "http://127.0.0.1:9/x">',
    b'<?xml version="1.0" encoding="UTF-16"?>', b'<?xml version="1.0" encoding="x"?>',
    b'<?xml version="1.1"?>', b"\xef\xbb\xbf", b"\xff\xfe", b"\n", b"PK\x03\x04", b"\x00\x00",
)  # fmt: skip
_CODECS = ("utf-16", "utf-16-le", "utf-32", "latin-1", "cp1258", "utf-7", "utf-8-sig", "cp037")


def _place(rng: Random, data: bytes) -> int:
    return rng.randrange(len(data) + 1)


def _flip(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _cut(rng: Random, data: bytes) -> bytes:
    first, last = sorted((_place(rng, data), _place(rng, data)))
    return rng.choice((data[:first], data[first:], data[:first] + data[last:]))


def _repeat(rng: Random, data: bytes) -> bytes:
    first, last = sorted((_place(rng, data), _place(rng, data)))
    part = data[first:last][:2_000]
    return data[:last] + part * rng.choice((1, 2, 50)) + data[last:]


def _insert(rng: Random, data: bytes) -> bytes:
    at = _place(rng, data)
    return data[:at] + rng.choice(_NASTY) + data[at:]


def _head(rng: Random, data: bytes) -> bytes:
    return rng.choice(_HEADS) + data


def _span(rng: Random, data: bytes, shape: re.Pattern[bytes], group: int = 0) -> tuple[int, int]:
    spans = [found.span(group) for found in shape.finditer(data)]
    return rng.choice(spans) if spans else (0, 0)


def _text(rng: Random, data: bytes) -> bytes:
    first, last = _span(rng, data, _TEXTS, 1)
    return data[:first] + rng.choice(_NASTY) + data[last:]


def _tag(rng: Random, data: bytes) -> bytes:
    """A tag taken out, doubled, replaced by another or written wrong."""
    first, last = _span(rng, data, _TAGS)
    other = data[slice(*_span(rng, data, _TAGS))]
    mine = data[first:last]
    return data[:first] + rng.choice((b"", mine + mine, other, mine.lower())) + data[last:]


def _element(rng: Random, data: bytes) -> bytes:
    """A whole element taken out, doubled, or put elsewhere."""
    first, last = _span(rng, data, _TAGS)
    name = data[first + 1 : last - 1].split(b" ")[0]
    end = data.find(b"</" + name + b">", last)
    if end < 0:
        return data
    end += len(name) + 3
    whole, rest = data[first:end], data[:first] + data[end:]
    at = rng.choice((first, _span(rng, rest, _TAGS)[0]))
    return rest[:at] + whole * rng.choice((0, 1, 2, 30)) + rest[at:]


def _deep(rng: Random, data: bytes) -> bytes:
    at = _span(rng, data, _TAGS)[0]
    depth = rng.choice((10, 61, 300, 5_000))
    closing = rng.choice((b"", b"</a>" * depth))
    return data[:at] + b"<a>" * depth + closing + data[at:]


def _field(rng: Random, data: bytes) -> bytes:
    """A SWIFT field taken out, doubled, cut or filled with something else."""
    first, last = _span(rng, data, _FIELDS)
    mine = data[first:last]
    changes = (b"", mine + b"\n" + mine, mine[: rng.randrange(len(mine) + 1)],
               mine[:4] + rng.choice(_NASTY), (mine + b"\n") * 40)  # fmt: skip
    return data[:first] + rng.choice(changes) + data[last:]


def _recode(rng: Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(rng.choice(_CODECS), "replace")


def _line_ends(rng: Random, data: bytes) -> bytes:
    ends = (b"\n", b"\r", b"\r\n", b"\n\n", b"\x0b", b"\xc2\x85")
    return data.replace(b"\n", rng.choice(ends))


def _zip(rng: Random, data: bytes) -> bytes:
    """A part of the container damaged, renamed, left out, blown up or written twice."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(one.filename, archive.read(one)) for one in archive.infolist()]
    except BROKEN:
        return _flip(rng, data)
    if not parts:
        return data
    at = rng.randrange(len(parts))
    name, content = parts[at]
    change = rng.randrange(6)
    if change < 3:
        content = rng.choice((_text, _tag, _element, _flip, _cut, _deep))(rng, content)
    elif change == 3:
        content = content + bytes(rng.choice((100_000, 5_000_000)))
    parts[at] = (rng.choice((name, "../x", "xl/x.xml")) if change == 4 else name, content)
    if change == 5:
        del parts[at]
    out = io.BytesIO()
    method = rng.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    with zipfile.ZipFile(out, "w", method) as archive:
        for filename, body in parts:
            archive.writestr(zipfile.ZipInfo(filename), body)
    return out.getvalue()


_ANY: tuple[Mutation, ...] = (_flip, _cut, _repeat, _insert, _head, _recode)
_XML: tuple[Mutation, ...] = (_text, _text, _tag, _element, _element, _deep, *_ANY)
_SWIFT: tuple[Mutation, ...] = (_field, _field, _field, _line_ends, *_ANY)
_LIST: tuple[Mutation, ...] = (_line_ends, *_ANY)
_BOOK: tuple[Mutation, ...] = (_zip, _zip, _zip, _zip, _flip, _cut)


def _ways(name: str) -> tuple[Mutation, ...]:
    if name.startswith("mt"):
        return _SWIFT
    if name.startswith("csv"):
        return _LIST
    return _BOOK if name.startswith("xlsx") else _XML


@lru_cache(maxsize=1)
def _samples() -> list[tuple[str, bytes]]:
    return sorted(samples().items())


def mutated(number: int) -> tuple[str, bytes]:
    """(name of the sample, damaged bytes) of a number; up to four changes one after another."""
    rng = Random(number)  # to be repeated, not to be secret
    name, data = rng.choice(_samples())
    for _ in range(rng.choice((1, 1, 2, 4))):
        data = rng.choice(_ways(name))(rng, data)
    return name, data
