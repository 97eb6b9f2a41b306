"""What the adapters of this installation declare of themselves, by provider code."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.units.tables import provider
from bank_adapters.contract import Capabilities
from bank_adapters.discovery import load


def declared(session: Session, adapters: Sequence[str]) -> dict[str, Capabilities]:
    """Capabilities by provider; `adapters` are those that the settings name. A provider whose
    adapter is not there is left out: nothing is assumed of it."""
    loaded = load(adapters)
    rows = session.execute(select(provider.c.code, provider.c.adapter))
    known = {row.code: loaded.get(row.adapter) for row in rows}
    return {code: one.capabilities for code, one in known.items() if one is not None}
