"""Pages of a list and the order of its rows, from the query string."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

SIZE = 25
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Paging:
    """Page `number` (from 1) of `total` rows in pages of `size`."""

    number: int
    total: int
    size: int = SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)

    @property
    def shown(self) -> list[int]:
        """The page numbers to link to: the ends and the neighbours; 0 stands for a gap."""
        near = range(self.number - _NEAR, self.number + _NEAR + 1)
        chosen = sorted({1, self.pages, *(one for one in near if 1 <= one <= self.pages)})
        found: list[int] = []
        for one in chosen:
            if found and one - found[-1] > 1:
                found.append(0)
            found.append(one)
        return found


def paging(asked: str | None, total: int, size: int = SIZE) -> Paging:
    """The page asked for, moved to the nearest that exists."""
    number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return Paging(min(max(number, 1), Paging(1, total, size).pages), total, size)


@dataclass(frozen=True, slots=True)
class Order:
    """The column a list is sorted by, and which way."""

    key: str
    descending: bool
    columns: Mapping[str, ColumnElement[Any]]

    def by(self, last: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """The ORDER BY, made total by `last`."""
        column = self.columns[self.key]
        return [column.desc() if self.descending else column.asc(), last]

    def aria(self, key: str) -> str:
        """The value of `aria-sort` for a column."""
        if key != self.key:
            return "none"
        return "descending" if self.descending else "ascending"

    def turned(self, key: str) -> str:
        """The value of `sort` that a click on the column's heading asks for."""
        return f"-{key}" if key == self.key and not self.descending else key


def order(asked: str | None, columns: Mapping[str, ColumnElement[Any]], default: str) -> Order:
    """The order asked for ('name', '-total'); the default when it is none of ours."""
    for wanted in (asked or "", default):
        key = wanted.removeprefix("-")
        if key in columns:
            return Order(key, wanted.startswith("-"), columns)
    raise ValueError(f"{default} is no column of the list")
