"""From a figure of money of a settlement or of a month's identity to the journal lines behind it.

The address names the figure, its cell and its days; which lines that are is said where the figure
is (`app.disbursement.settling.terms`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row

from app.access.viewer import Viewer
from app.disbursement.settling.terms import MONTH, SETTLEMENT, lines_of
from app.units.tables import contract
from app.web.reading.settling import chosen
from app.web.site import Page
from app.web.typed import read_day
from ledger.chart import Cell
from ledger.counting import Lines
from ledger.periods import days_of

PLACE = ("fund", "programme", "unit", "provider")
READS = ("releaser", "auditor")
"""Finance and auditors read the books."""
Drill = Callable[[str], str | None]
"""The address of the lines behind a figure, by its name; None for who may not read the books."""


class Asked(NamedTuple):
    """A figure of which the lines are asked for: of a MONTH or a SETTLEMENT, its name, its days."""

    of: str
    name: str
    first: date
    last: date
    lines: tuple[Lines, ...]

    @property
    def words(self) -> str:
        """What it is called on the page that it stands on."""
        if self.name in ("came", "went"):
            return f"closings.{self.name}"
        return f"term.{self.name}" if self.of == MONTH else f"settling.term.{self.name}"


def asked(arguments: Mapping[str, str], viewer: Viewer) -> Asked | None:
    """The figure that the query string names, None where it names none."""
    of, _, name = arguments.get("term", "").partition(".")
    first, last = (read_day(arguments.get(day, "")) for day in ("since", "until"))
    if first is None or last is None:
        return None
    lines = lines_of(of, name, first, last, _contracts(arguments, viewer))
    return Asked(of, name, first, last, lines) if lines else None


def _contracts(arguments: Mapping[str, str], viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    fund = arguments.get("fund")
    return (*chosen(viewer, arguments), *([contract.c.fund == fund] if fund else []))


def of_month(page: Page, period: str, place: Mapping[str, Any]) -> Drill:
    """The figures of a month's identity, of a cell or of what a list is narrowed to."""
    return _drill(page, MONTH, place, *days_of(period))


def of_settlement(page: Page, cell: Cell | Row[Any], since: date, until: date | None) -> Drill:
    """The figures of a settlement; it has none while no day of its account is closed."""
    place = {name: getattr(cell, name) for name in PLACE}
    return _drill(page, SETTLEMENT, place, since, until)


def _drill(page: Page, of: str, place: Mapping[str, Any], first: date, last: date | None) -> Drill:
    where = {name: place[name] for name in PLACE if place.get(name)}
    may = page.officer.is_one_of(*READS) and last is not None

    def address(name: str) -> str | None:
        days = {"since": first, "until": last}
        return page.link("journal.index", term=f"{of}.{name}", **where, **days) if may else None

    return address
