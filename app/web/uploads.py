"""Files that officers send with a form: looked at in a folder of their own, and then gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import request

from app.web import catalogue
from app.web.posting import Faulty, Problem
from app.web.site import asked_language

BYTES_MAX = 10_000_000
_STEM_MAX = 50
"""Letters of a name before its ending; a folder takes names of 255 bytes."""


def content_of(name: str, suffixes: tuple[str, ...]) -> tuple[str, bytes]:
    """Name and content of a file that was sent. Raises Faulty for none, for one of another kind
    and for one that is too large."""
    sent = request.files.get(name)
    told = _named(sent.filename or "") if sent else ""
    if sent is None or not told:
        raise _fault(name, "uploads.none")
    if Path(told).suffix.lower() not in suffixes:
        raise _fault(name, "uploads.kind", kinds=", ".join(suffixes))
    content = sent.stream.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise _fault(name, "uploads.large")
    return told, content


@contextmanager
def as_file(name: str, content: bytes) -> Iterator[Path]:
    """The content under its name, in a folder that only this process reads, while it is needed."""
    with TemporaryDirectory(prefix="ansinh-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path


def _named(filename: str) -> str:
    """The name of a file as a folder takes it: without a path, cut before its ending."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    plain = Path("".join(one for one in last if one.isprintable()))
    return f"{plain.stem[:_STEM_MAX]}{plain.suffix[:_STEM_MAX]}"


def _fault(name: str, key: str, **values: str) -> Faulty:
    return Faulty([Problem(name, catalogue.say(asked_language(), key, **values))])
