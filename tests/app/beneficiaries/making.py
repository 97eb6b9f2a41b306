"""Ways to make lists: sound ones in every format, and files that only look like one."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import xlwt
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.beneficiaries import headings as h
from tests.app.beneficiaries.conftest import COMMUNE, SOUND, Book

Line = Mapping[str, object]
Change = Callable[[Worksheet], object]
MACHINE = (h.COMMUNE_LABEL, COMMUNE, h.PERIOD_LABEL, "10/2026")


def edited(path: Path, change: Change) -> Path:
    """The same workbook with something done to its sheet."""
    book = load_workbook(path)
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    change(sheet)
    book.save(path)
    return path


def lines(*changes: Line, headings: Sequence[str] = h.HEADINGS) -> list[list[object]]:
    """The template as rows of cells."""
    people = [[{**SOUND, **change}.get(one, "") for one in headings] for change in changes]
    return [["DANH SÁCH"], [h.SYNTHETIC_NOTICE], list(MACHINE), [], list(headings), *people]


def as_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str, separator: str) -> Path:
    """The rows as CSV; `encoding` 'tcvn3' or 'vni' takes text that is in it already."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def as_xls(
    path: Path, rows: Sequence[Sequence[object]], change: Callable[[xlwt.Worksheet], object]
) -> Path:
    """The rows as an old workbook."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(h.SHEET, cell_overwrite_ok=True)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                sheet.write(at, column, value)
    change(sheet)
    book.save(str(path))
    return path


def repacked(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """The same archive with its parts changed."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def patched(path: Path, old: bytes, new: bytes) -> Path:
    """The same bytes with one place overwritten."""
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))
    return path


def archive(path: Path, *members: str) -> Path:
    """A zip with these empty members."""
    with zipfile.ZipFile(path, "w") as target:
        for name in members:
            target.writestr(name, b"<x/>")
    return path


def raw(path: Path, content: bytes) -> Path:
    """A file of just these bytes."""
    path.write_bytes(content)
    return path


def lying(path: Path) -> Path:
    """A zip whose index promises two thousand million bytes: a bomb by its own word."""
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (2_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


Make = Callable[[Book, Path], Path]


def lined(*changes: Line, optional: bool = False) -> Make:
    """A workbook with these lines; `optional` with the columns a list may lack."""
    headings = h.ALL if optional else h.HEADINGS
    return lambda book, _: book(*changes, headings=headings)
