"""The statistics as data: forms, blocks, rows (`app/statements/data/statistics.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from app.benefits.groups import MASKED, all_groups
from app.errors import InputError

BESIDE_MIN = 5
"""Other groups that must share the row of those whose name tells of a person's health."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """People of these groups aged `begin` or more and below `end` years (None: no bound)."""

    label: str
    groups: tuple[str, ...]
    begin: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that share out some people. `money`: what they are owed is told; `open`: a pen fills
    the block in."""

    title: str
    rows: tuple[FormRow, ...]
    money: bool
    open: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the decree; not `confirmed` where its official rows were not at hand."""

    code: str
    title: str
    confirmed: bool
    blocks: tuple[Block, ...]


@cache
def all_forms() -> Mapping[str, Form]:
    """Every form by its code. Raises ValueError for rows that would tell of a person's health."""
    text = files("app.statements").joinpath("data/statistics.toml").read_text("utf-8")
    forms = [_form(one) for one in tomllib.loads(text)["forms"]]
    return {one.code: one for one in forms}


def form_named(code: str) -> Form:
    """The form of that code. Raises InputError."""
    found = all_forms().get(code)
    if found is None:
        raise InputError(f"Không có biểu “{code}”.", f"Chọn: {', '.join(all_forms())}.")
    return found


def _form(told: Mapping[str, Any]) -> Form:
    blocks = tuple(_block(one) for one in told["blocks"])
    return Form(told["code"], told["title"], bool(told["confirmed"]), blocks)


def _block(told: Mapping[str, Any]) -> Block:
    rows = tuple(
        FormRow(one["label"], tuple(one["groups"]), one.get("from"), one.get("below"))
        for one in told["rows"]
    )
    block = Block(told["title"], rows, told.get("money", True), told.get("open", False))
    require_hidden(block)
    return block


def require_hidden(block: Block) -> None:
    """Raise ValueError where a row, or the difference of two, tells of a person's health."""
    for row in block.rows:
        of = set(row.groups)
        if unknown := of - set(all_groups()):
            raise ValueError(f"{block.title}: no such groups: {sorted(unknown)}")
        if not of & MASKED:
            continue
        alone = not of >= MASKED or len(of - MASKED) < BESIDE_MIN
        if alone or (row.begin, row.end) != (None, None):
            raise ValueError(f"{block.title}: {row.label}: hidden groups do not stand apart")


@dataclass(frozen=True, slots=True)
class Half:
    """The half-year of a month: its first month, and by when whom it is due."""

    period: str
    first: str
    name: str
    commune_due: date
    province_due: date

    @classmethod
    def of(cls, period: str) -> Half:
        """The half-year that a month lies in, told up to that month."""
        year = int(period[:4])
        if period[5:] <= "06":
            due = date(year, 6, 15), date(year, 7, 15)
            return cls(period, f"{year}-01", f"6 tháng đầu năm {year}", *due)
        due = date(year, 12, 15), date(year + 1, 1, 15)
        return cls(period, f"{year}-07", f"6 tháng cuối năm {year}", *due)
