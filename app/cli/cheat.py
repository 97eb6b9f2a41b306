"""`ansinh cheat`: twelve frauds on a copy of the demo database."""

from __future__ import annotations

import click

from app.cli.options import with_database, with_json


@click.command()
@with_database
@with_json
def cheat(database_url: str | None, as_json: bool) -> None:
    """Thử mười hai cách gian lận trên bản sao; mỗi cách phải bị chặn hoặc bị phát hiện."""
    raise click.ClickException("chưa có")
