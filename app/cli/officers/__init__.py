"""`ansinh officers`: who may do what here, granted by two persons, for a time."""

from __future__ import annotations

import click

from app.cli.officers.identities import identity
from app.cli.officers.lending import lend_command, return_command
from app.cli.officers.people import add, list_command, show
from app.cli.officers.roles import end_command, grant_command
from app.cli.officers.switching import disable_command, enable_command
from app.cli.officers.tokens import link_command, re_enrol_command, tokens


@click.group()
def officers() -> None:
    """Cán bộ: lập tài khoản, cấp quyền có hạn do hai người ký, giao thay, kết thúc, khoá."""


for _command in (
    add, list_command, show, grant_command, end_command, lend_command, return_command,
    disable_command, enable_command, re_enrol_command, link_command,
    tokens, identity,
):  # fmt: skip
    officers.add_command(_command)
