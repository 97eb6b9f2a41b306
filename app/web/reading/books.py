"""What the pages of the books need beside `ledger.browsing`: filters, and what an item is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.beneficiaries.tables import person
from app.benefits.tables import obligation
from app.errors import InputError
from app.months import require_month
from app.units.tables import fund, paying_unit, programme, provider
from app.web.reading.terms import Asked, asked
from app.web.typed import read_day, read_month
from ledger.browsing import Wanted
from ledger.chart import KINDS
from ledger.periods import days_of

FILTERS = ("kind", "fund", "programme", "unit", "provider")


def wanted(arguments: Mapping[str, str], viewer: Viewer) -> Wanted:
    """Which entries the query string asks for, within the units of the viewer.

    `from` and `to` are months ('2026-10'), `on` a day, `upto` a position of the chain; `term` with
    `since` and `until` a figure (`terms.asked`).
    """
    given = {name: arguments.get(name, "") for name in FILTERS}
    if (figure := asked(arguments, viewer)) is not None:
        return _of_figure(figure, given, viewer)
    if given["kind"] not in KINDS:
        given["kind"] = ""
    first, last = (read_month(arguments.get(name, "")) for name in ("from", "to"))
    return Wanted(
        **given,
        account_id=_number(arguments.get("account")) or 0,
        first=_days(first, 0),
        last=read_day(arguments.get("on", "")) or _days(last, 1),
        upto=_number(arguments.get("upto")),
        source=arguments.get("source", ""),
        recipe=arguments.get("recipe", ""),
        lines=(),
        units=viewer.units,
    )


def _of_figure(figure: Asked, given: Mapping[str, str], viewer: Viewer) -> Wanted:
    return Wanted(
        fund=given["fund"],
        programme=given["programme"],
        unit=given["unit"],
        provider=given["provider"],
        first=figure.first,
        last=figure.last,
        lines=figure.lines,
        units=viewer.units,
    )


def _number(text: str | None) -> int | None:
    """A whole number of the query string that a database can hold, else None."""
    whole = text is not None and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if whole and text is not None else None


def _days(month: str, which: int) -> date | None:
    """The first or the last day of a month, None for what is none."""
    try:
        return days_of(require_month(month))[which]
    except InputError:
        return None


def obligations(session: Session, items: Iterable[int]) -> dict[int, Any]:
    """By item, whose allowance of which month an obligation is; one query."""
    asked = list(items)
    rows = session.execute(
        select(obligation.c.id, obligation.c.period, obligation.c.person_id, person.c.name,
               obligation.c.component)
        .join(person, person.c.id == obligation.c.person_id)
        .where(obligation.c.id.in_(asked))
    )  # fmt: skip
    return {row.id: row for row in rows}


def choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What may be chosen in each filter: (code, name)."""
    tables = {"unit": paying_unit, "programme": programme, "provider": provider, "fund": fund}
    found = {
        name: [(row.code, row.name) for row in session.execute(select(of.c.code, of.c.name))]
        for name, of in tables.items()
    }
    units = session.execute(
        select(paying_unit.c.code, paying_unit.c.name).order_by(paying_unit.c.sort_key)
    )
    return {**found, "unit": [(row.code, row.name) for row in units]}
