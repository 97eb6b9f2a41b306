"""`ansinh hooks run`: the receiver of providers' calls, a process of its own."""

from __future__ import annotations

from dataclasses import replace

import click

from app.cli.options import open_house, with_database
from app.hooks.server import serve
from app.units.lookup import is_training

PORT = 8001


@click.group()
def hooks() -> None:
    """Nhận tin báo mà đơn vị chi trả gọi tới."""


@hooks.command()
@with_database
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
def run(database_url: str | None, port: int) -> None:
    """Nhận tin báo có chữ ký của đơn vị chi trả; để sau máy chủ HTTPS của đơn vị."""
    house = open_house(database_url)
    with house.database.view() as session:
        training = is_training(session, house.settings)
    settings = replace(house.settings, home=house.home, training=training, port=port)
    click.echo(f"An Sinh nhận tin báo: http://{settings.host}:{port} (Ctrl+C để dừng)")
    serve(settings)
