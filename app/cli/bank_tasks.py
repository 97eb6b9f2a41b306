"""`ansinh bank tasks`: what waits between us and the providers, with owner and next step."""

from __future__ import annotations

import click

from app.channels.declared import declared
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.clock import TIME_ZONE
from app.disbursement.tasks import Task, tasks


@click.command(name="tasks")
@with_database
@with_json
def tasks_command(database_url: str | None, as_json: bool) -> None:
    """Việc đang chờ với các đơn vị chi trả: ai làm, làm gì, lúc nào."""
    house = open_house(database_url)
    with house.database.view() as session:
        found = tasks(session, declared(session, house.settings.adapters), moment_of(session))
    values = [
        {"about": one.about, "found": one.found, "what": one.what, "owner": one.owner,
         "at": one.at}
        for one in found
    ]  # fmt: skip
    answer(as_json, {"tasks": values}, "\n".join(map(_line, found)) or "Không có việc nào chờ.")


def _line(one: Task) -> str:
    at = f", {one.at.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}" if one.at else ""
    return f"{one.about}: {one.found}\n  {one.owner}{at}: {one.what}"
