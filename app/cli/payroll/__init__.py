"""`ansinh payroll`: a month's lists from draft to approval, and the ways back.

Each file of this folder names its commands in `COMMANDS`.
"""

from __future__ import annotations

import click

from app.cli.payroll import acting, back, ladder

COMMANDS = (*acting.COMMANDS, *back.COMMANDS, *ladder.COMMANDS)


@click.group()
def payroll() -> None:
    """Bảng chi trả: trình, kiểm tra, duyệt, trả lại, rút lại, loại dòng, huỷ duyệt."""


for _command in COMMANDS:
    payroll.add_command(_command)
