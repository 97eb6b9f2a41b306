"""`ansinh register`: the people, how they come in, what changes, who looked."""

from __future__ import annotations

import click

from app.cli import register_people


@click.group()
def register() -> None:
    """Sổ người hưởng: tìm, xem, sửa, xuất, xoá dữ liệu của một người."""


for command in (register_people.search_command,):
    register.add_command(command)
