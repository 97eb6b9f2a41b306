"""`ansinh db upgrade`: bring a database to this version, rules included."""

from __future__ import annotations

import click

from app.cli.options import answer, with_database, with_json
from app.config import load_settings
from app.db import Database
from app.migrations.upgrade import upgrade as upgrade_database


@click.group()
def db() -> None:
    """Cơ sở dữ liệu."""


@db.command()
@with_database
@with_json
def upgrade(database_url: str | None, as_json: bool) -> None:
    """Tạo hoặc nâng cấp cơ sở dữ liệu; chạy lại không sao."""
    settings = load_settings(database_url=database_url)
    database = Database(settings.database_url, settings.schema)
    try:
        version = upgrade_database(database.engine)
    finally:
        database.close()
    answer(as_json, {"version": version}, f"Cơ sở dữ liệu ở phiên bản {version}.")
