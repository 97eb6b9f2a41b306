"""How one provider's list looks, as data: a TOML file that `load` reads and judges.

The same profile drives the CSV and the Excel writer, and the strict reader. A list is a grid:
head (labels with values), headings, one row a payment, and perhaps a trailer. A cell is a field
of the batch or of the payment, or a constant text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bank_adapters.contract import Method
from bank_adapters.errors import Refused
from bank_adapters.formats.amounts import MAX_AMOUNT
from bank_adapters.formats.profile_checks import (
    require_encoding,
    require_faultless,
    require_known,
    table_of,
)

_WHAT = "Hồ sơ danh sách"
FORMATS = ("csv", "xlsx")
# What a bank must be told in every list, in its head, its trailer or every line.
BATCH_FIELDS = frozenset({"message_id", "debtor_account", "requested_on"})
SUMS = frozenset({"count", "total"})
HEAD_FIELDS = BATCH_FIELDS | SUMS | {"debtor_name"}
PAYMENT_FIELDS = frozenset({"reference", "payee_name", "account", "bank_bin", "amount", "remark"})
LINE_FIELDS = PAYMENT_FIELDS | BATCH_FIELDS | {"number", "method", "place"}
MAX_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell holds: a `field`, or a `constant` where the field is ""."""

    field: str = ""
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the lines: its heading, its cell, its width in an Excel sheet."""

    heading: str
    cell: Cell
    width: int = 16


@dataclass(frozen=True, slots=True)
class ListProfile:
    """One provider's list.

    `name` is the pattern of file names with {message_id} and perhaps {day}, a date. `head` is
    pairs of label and cell, each in a row of its own, or all in one row where `head_in_one_row`.
    The headings stand in `heading_row`, counted from 1. `trailer` gives cells for some columns of
    the last row, by the place of the column. `letters` is "accents" or "plain" (as banks write
    names). `max_lines` and the amounts are what the provider takes in one list.
    """

    format: str
    name: str
    head: tuple[tuple[str, Cell], ...]
    columns: tuple[Column, ...]
    heading_row: int
    trailer: Mapping[int, Cell] = field(default_factory=dict)
    head_in_one_row: bool = False
    sheet: str = "DS"
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    day: str = "%d/%m/%Y"
    letters: str = "accents"
    words: Mapping[Method, str] = field(default_factory=dict)
    max_lines: int = MAX_LINES
    max_amount: int = MAX_AMOUNT
    max_total: int = MAX_AMOUNT

    @property
    def method(self) -> Method | None:
        """The one method of a list that has no column for it, None where it has one."""
        has_column = any(column.cell.field == "method" for column in self.columns)
        return None if has_column else Method.ACCOUNT


def load(text: str) -> ListProfile:
    """The profile in a TOML text; raises Refused naming what is missing or unknown."""
    told = table_of(text, _WHAT)
    require_known(told, ListProfile.__slots__, _WHAT)
    plain = told.keys() - {"head", "columns", "trailer", "words"}
    try:
        profile = ListProfile(
            head=tuple((one["label"], _cell(one, HEAD_FIELDS)) for one in told.get("head", [])),
            columns=tuple(_column(one) for one in told["columns"]),
            trailer=_trailer(told),
            words={Method(name): word for name, word in told.get("words", {}).items()},
            **{name: told[name] for name in plain},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{_WHAT} thiếu hoặc sai mục: {error}") from error
    _judge(profile)
    return profile


def _cell(told: Mapping[str, Any], known: frozenset[str]) -> Cell:
    """A cell's field, which must be one of those known there, or its constant."""
    name = told.get("field", "")
    if name and name not in known:
        raise Refused(f"{_WHAT} có trường lạ “{name}”; đang có: {', '.join(sorted(known))}")
    return Cell(name, told.get("constant", ""))


def _column(told: Mapping[str, Any]) -> Column:
    return Column(told["heading"], _cell(told, LINE_FIELDS), told.get("width", 16))


def _trailer(told: Mapping[str, Any]) -> dict[int, Cell]:
    """The cells of the last row by the place of their column, which is named by its heading."""
    headings = [one["heading"] for one in told["columns"]]
    return {
        headings.index(one["column"]): _cell(one, SUMS | BATCH_FIELDS)
        for one in told.get("trailer", [])
    }


def _judge(profile: ListProfile) -> None:
    """Refuse a profile whose lists could not be proved, named or written."""
    line = {column.cell.field for column in profile.columns}
    around = {cell.field for _, cell in profile.head}
    around |= {cell.field for cell in profile.trailer.values()}
    missing = (PAYMENT_FIELDS - line) | (SUMS - around) | (BATCH_FIELDS - around - line)
    if missing:
        raise Refused(f"{_WHAT} phải có: {', '.join(sorted(missing))}")
    head_rows = min(len(profile.head), 1) if profile.head_in_one_row else len(profile.head)
    faults = {
        "format là csv hoặc xlsx": profile.format not in FORMATS,
        "letters là accents hoặc plain": profile.letters not in ("accents", "plain"),
        "name phải có {message_id}": not _names_files(profile.name),
        "heading_row phải đứng sau phần đầu": profile.heading_row <= head_rows,
        "delimiter là một ký tự": len(profile.delimiter) != 1,
        "hai cột trùng tiêu đề": _has_repeated(profile),
        "thiếu words cho cột hình thức": profile.method is None
        and set(profile.words) != set(Method),
    }
    require_faultless(faults, _WHAT)
    require_encoding(profile.encoding, _WHAT)


def _names_files(pattern: str) -> bool:
    """Whether the pattern gives plain file names that differ with the message."""
    return bool(
        re.fullmatch(r"(?:[A-Za-z0-9._-]|\{message_id\}|\{day(?::[%A-Za-z-]+)?\})+", pattern)
        and "{message_id}" in pattern
    )


def _has_repeated(profile: ListProfile) -> bool:
    headings = [column.heading for column in profile.columns]
    return len(set(headings)) < len(headings)
