"""Names around the cells of settlements and closes, and the choice of contracts on these pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.access.viewer import Viewer
from app.units.tables import contract, fund, paying_unit, programme, provider
from ledger.chart import Cell

CHOICES = ("unit", "programme", "provider")


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called; a code that nothing is called by stands for itself."""

    units: Mapping[str, str]
    programmes: Mapping[str, str]
    providers: Mapping[str, str]
    funds: Mapping[str, str]

    def unit(self, code: str) -> str:
        return self.units.get(code, code)

    def programme(self, code: str) -> str:
        return self.programmes.get(code, code)

    def provider(self, code: str) -> str:
        return self.providers.get(code, code)

    def fund(self, code: str) -> str:
        return self.funds.get(code, code)


def names(session: Session, units: Iterable[str]) -> Names:
    """The names of these units, and of every programme, provider and fund."""
    mine = select(paying_unit.c.code, paying_unit.c.name).where(paying_unit.c.code.in_(set(units)))
    told = [
        {row[0]: row[1] for row in session.execute(query)}
        for query in (mine, *(select(t.c.code, t.c.name) for t in (programme, provider, fund)))
    ]
    return Names(*told)


def chosen(viewer: Viewer, arguments: Mapping[str, str]) -> tuple[ColumnElement[bool], ...]:
    """The contracts that a page's filter names, within the officer's units, as conditions."""
    c = contract.c
    columns = {"unit": c.unit_code, "programme": c.programme, "provider": c.provider}
    named = tuple(columns[name] == arguments[name] for name in CHOICES if arguments.get(name))
    return named if viewer.units is None else (*named, viewer.within_units(c.unit_code))


def place(cell: Cell) -> dict[str, str]:
    """A cell in the address of its page."""
    return {"unit": cell.unit, "programme": cell.programme, "provider": cell.provider}
