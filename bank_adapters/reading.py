"""`ansinh bank read`: what a bank's file says, as one JSON object, whoever the bank is.

Nothing is repaired: what is odd becomes a warning, what does not add up puts the file in
quarantine, what cannot be read becomes an error. There is never a traceback. A file is walked
twice: once to judge it, once to write it out, so that its length needs no memory and nothing
of a file that is refused half way is shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bank_adapters.errors import BankError
from bank_adapters.reading_parts import Part, Told, parts_of


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a file: refused with `error`, in quarantine with its reason, or read."""

    file: str
    error: str = ""
    format: str = ""
    warnings: tuple[str, ...] = ()
    quarantine: str = ""

    @property
    def code(self) -> int:
        """0 when it was read, 1 in quarantine, 2 when it was refused."""
        return 2 if self.error else 1 if self.quarantine else 0


def look(path: Path | str) -> Verdict:
    """Walk a file to its end without keeping it; never raises for what stands in the file."""
    name = str(path).encode("utf-8", "replace").decode()
    try:
        with Path(path).open("rb") as source:
            return _judged(name, source)
    except BankError as error:
        return Verdict(name, str(error))
    except OSError as error:
        return Verdict(name, f"không mở được tệp: {error.strerror or error}")
    except Exception as error:
        # A bank's file may be odd in a way that nobody has thought of yet: the reason is told.
        return Verdict(name, f"tệp không đọc được: {type(error).__name__}: {error}"[:500])


def _judged(name: str, source: BinaryIO) -> Verdict:
    told = Told()
    for part in parts_of(source, told):
        for _ in part.entries:
            pass
        part.tail()
    return Verdict(name, "", told.format, tuple(told.warnings), "; ".join(told.faults))


def pieces(path: Path | str, verdict: Verdict) -> Iterator[str]:
    """The JSON of a file that `look` has judged, in pieces: one object without a line end."""
    if verdict.error:
        yield json.dumps({"file": verdict.file, "error": verdict.error}, ensure_ascii=False)
        return
    head = json.dumps({"file": verdict.file, "format": verdict.format}, ensure_ascii=False)
    yield f'{head[:-1]}, "reports": ['
    with Path(path).open("rb") as source:
        for number, part in enumerate(parts_of(source, Told())):
            yield ", " if number else ""
            yield from _report(part)
    end = {"warnings": verdict.warnings, "quarantine": verdict.quarantine or None}
    yield f"], {json.dumps(end, ensure_ascii=False)[1:]}"


def _report(part: Part) -> Iterator[str]:
    """One report: what stands above its entries, the entries, what they add up to."""
    yield f'{json.dumps(part.head, ensure_ascii=False)[:-1]}, "entries": ['
    yield from _separated(json.dumps(entry, ensure_ascii=False) for entry in part.entries)
    yield f"], {json.dumps(part.tail(), ensure_ascii=False)[1:]}"


def _separated(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield f", {text}" if number else text
