"""`ansinh register`: the people, how they come in, what changes, who looked."""

from __future__ import annotations

import click

from app.cli import register_changes, register_people, register_reveal, register_rights


@click.group()
def register() -> None:
    """Sổ người hưởng: tìm, xem, sửa, xuất, xoá dữ liệu của một người."""


for command in (
    register_people.search_command,
    register_reveal.show_command,
    register_reveal.reveal_command,
    register_reveal.views_command,
    register_changes.set_command,
    register_changes.reissue_command,
    register_changes.poverty_command,
    register_changes.disability_command,
    register_changes.decision_command,
    register_changes.payee_command,
    register_rights.export_command,
    register_rights.erase_command,
):
    register.add_command(command)
