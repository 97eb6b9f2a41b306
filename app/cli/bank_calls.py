"""`ansinh bank events`: what providers called to say, day by day; never what it says."""

from __future__ import annotations

import click

from app.channels.inbound import counted
from app.cli.options import answer, open_house, with_database, with_json


@click.command(name="events")
@click.option("--provider", default="", help="Chỉ một đơn vị chi trả.")
@with_database
@with_json
def events_command(provider: str, database_url: str | None, as_json: bool) -> None:
    """Tin báo đơn vị chi trả đã gọi tới: mỗi ngày bao nhiêu, còn bao nhiêu chưa vào tệp."""
    with open_house(database_url).database.view() as session:
        rows = counted(session, provider)
    told = [
        {"provider": row.provider, "day": row.day.isoformat(), "events": row.calls,
         "packed": row.calls - row.waiting, "waiting": row.waiting}
        for row in rows
    ]  # fmt: skip
    lines = [
        f"{one['provider']}  {one['day']}  {one['events']} tin, {one['waiting']} chưa vào tệp"
        for one in told
    ]
    answer(as_json, {"events": told}, "\n".join(lines) or "Chưa có tin báo nào.")
