"""Reading a pack: its index, its snapshot, its tables row by row, and its books in one go."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

FORMAT = "an-sinh/audit-pack/1"
INDEX, SIGNATURE, ANCHOR_KEY = "index.json", "index.sig", "anchor.pub"

Row = dict[str, str]


class Pack:
    """The folder with its index and snapshot. `notes` collects what is not wrong but must be
    known. Raises OSError, ValueError or KeyError when it is no pack at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index_bytes = (folder / INDEX).read_bytes()
        self.index: dict[str, Any] = json.loads(self.index_bytes)
        self.values: dict[str, Any] = json.loads((folder / "snapshot.json").read_bytes())
        self.listed: dict[str, Any] = {one["path"]: one for one in self.index["files"]}
        self.notes: list[str] = []

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table."""
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)

    def in_month(self, day: str) -> bool:
        """Whether a day lies in the month of the pack."""
        return bool(self.values["first_day"] <= day <= self.values["last_day"])


class Books:
    """Entries with their postings: what is wrong with them, and every sum that is needed.

    `accounts` has [debit, credit] of the month by account, `moved` debit less credit of the
    month by (kind, cell, recipe); both in minor units.
    """

    def __init__(self, pack: Pack) -> None:
        self.unbalanced: list[str] = []
        self.altered: list[str] = []
        self.broken: list[str] = []
        self.entries: dict[str, Row] = {}
        self.accounts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.moved: defaultdict[tuple[str, tuple[str, ...], str], int] = defaultdict(int)
        self._last: dict[tuple[str, str], tuple[int, int]] = {}
        groups = groupby(pack.rows("postings.csv"), key=lambda row: row["entry"])
        number, lines = _next(groups)
        for entry in pack.rows("entries.csv"):
            mine = number == entry["entry"]
            self._read(pack, entry, lines if mine else [])
            if mine:
                number, lines = _next(groups)
        while number:
            self.unbalanced.append(f"postings.csv: {number} không có bút toán / has no entry")
            number, lines = _next(groups)

    def _read(self, pack: Pack, entry: Row, lines: list[Row]) -> None:
        name = f"bút toán / entry {entry['entry']}"
        debit = sum(int(line["debit"]) for line in lines)
        credit = sum(int(line["credit"]) for line in lines)
        if not debit == credit == int(entry["total"]) or len(lines) != int(entry["postings"]):
            self.unbalanced.append(f"{name}: Nợ {debit}, Có {credit}, tổng {entry['total']}")
        in_month = pack.in_month(entry["effective_on"])
        is_said = in_month == (entry["scope"] in ("month", "both"))
        if not is_said or not _is_as_written(entry, lines):
            self.altered.append(name)
        for line in lines:
            self._carry(name, line)
            if in_month:
                self._add(entry["recipe"], line)
        self.entries[entry["entry"]] = entry

    def _carry(self, name: str, line: Row) -> None:
        key, seq, balance = (line["account"], line["item"]), int(line["seq"]), int(line["balance"])
        before = self._last.get(key, (0, 0))
        moved = int(line["credit"]) - int(line["debit"])
        if before[0] + 1 == seq and before[1] + moved != balance:
            self.broken.append(f"{name}: {key[0]} {key[1]}")
        self._last[key] = (seq, balance)

    def _add(self, recipe: str, line: Row) -> None:
        debit, credit = int(line["debit"]), int(line["credit"])
        sums = self.accounts[line["account"]]
        sums[0], sums[1] = sums[0] + debit, sums[1] + credit
        kind, *cell = line["account"].split("/")
        self.moved[kind, tuple(cell), recipe] += debit - credit


def _next(groups: Iterator[tuple[str, Iterator[Row]]]) -> tuple[str, list[Row]]:
    number, rows = next(groups, ("", iter(())))
    return number, list(rows)


def _is_as_written(entry: Row, lines: list[Row]) -> bool:
    """The canonical text gives the digest, and the columns say what the text says."""
    columns = ("line", "account", "item", "debit", "credit")
    text = [entry["header"], *("|".join(line[one] for one in columns) for line in lines)]
    if hashlib.sha256("\n".join(text).encode()).hexdigest() != entry["digest"]:
        return False
    return all(entry[name] == value for name, value in _said(json.loads(entry["header"])).items())


def _said(header: list[Any]) -> Row:
    """What the first line of the canonical text says of the columns beside it."""
    key, recipe, programme, _, effective_on, recorded_at, reverses, source, *_ = header
    more = header[-1] if isinstance(header[-1], dict) else {}
    return {
        "key": key,
        "recipe": recipe,
        "programme": programme,
        "source": source,
        "effective_on": effective_on,
        "recorded_at": recorded_at,
        "reverses": str(reverses or ""),
        "corrects": str(more.get("corrects", "")),
        "fiscal_year": str(more.get("fiscal_year", effective_on[:4])),
    }
