"""What the values of a breakdown are called: words of ours, names of units, codes of the state."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.benefits.groups import all_groups
from app.indicators.definitions import Words, rows_of
from app.reference.areas import commune
from app.units.tables import fund, paying_unit, programme, provider

_TABLES: Mapping[str, Any] = MappingProxyType(
    {"programme": programme, "fund": fund, "unit": paying_unit, "provider": provider}
)


@cache
def _words() -> Mapping[tuple[str, str], Words]:
    rows = rows_of("values.csv")
    return {(row["breakdown"], row["value"]): Words(row["name_vi"], row["name_en"]) for row in rows}


def words_of(breakdown: str, value: str) -> Words:
    """A value's own words; the value itself where the data file has none."""
    return _words().get((breakdown, value), Words(value, value))


class Names:
    """The names of a database's units, programmes, funds and providers, read once."""

    def __init__(self, session: Session) -> None:
        self._known = {
            code: {
                row.code: row.name for row in session.execute(select(table.c.code, table.c.name))
            }
            for code, table in _TABLES.items()
        }

    def of(self, breakdown: str, value: str) -> Words:
        """A value's name in both languages; names of places and bodies are Vietnamese in both."""
        if (words := _words().get((breakdown, value))) is not None:
            return words
        name = self._known.get(breakdown, {}).get(value) or _of_state(breakdown, value) or value
        return Words(name, name)


def _of_state(breakdown: str, value: str) -> str:
    if breakdown == "commune" and (area := commune(value)) is not None:
        return area.name
    found = all_groups().get(value) if breakdown == "group" else None
    return found.public_name if found else ""
