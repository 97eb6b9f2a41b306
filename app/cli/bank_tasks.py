"""`ansinh bank tasks`: what waits between us and the providers, with owner and next step."""

from __future__ import annotations

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.options import House, answer, moment_of, open_house, with_database, with_json
from app.clock import TIME_ZONE
from app.disbursement.tasks import Task, tasks
from app.units.tables import provider
from bank_adapters.contract import Capabilities
from bank_adapters.discovery import load


@click.command(name="tasks")
@with_database
@with_json
def tasks_command(database_url: str | None, as_json: bool) -> None:
    """Việc đang chờ với các đơn vị chi trả: ai làm, làm gì, lúc nào."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = tasks(session, _declared(session, house), moment_of(session))
    values = [
        {"about": one.about, "found": one.found, "what": one.what, "owner": one.owner,
         "at": one.at}
        for one in found
    ]  # fmt: skip
    answer(as_json, {"tasks": values}, "\n".join(map(_line, found)) or "Không có việc nào chờ.")


def _declared(session: Session, house: House) -> dict[str, Capabilities]:
    """What the adapters of this installation declare, by provider code."""
    loaded = load(house.settings.adapters)
    rows = session.execute(select(provider.c.code, provider.c.adapter))
    known = {row.code: loaded.get(row.adapter) for row in rows}
    return {code: one.capabilities for code, one in known.items() if one is not None}


def _line(one: Task) -> str:
    at = f", {one.at.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}" if one.at else ""
    return f"{one.about}: {one.found}\n  {one.owner}{at}: {one.what}"
