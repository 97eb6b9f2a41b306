"""`ansinh payroll`: a month's lists from opening to approval: changes, doubts, money, ways back.

Each file of this folder names its commands in `COMMANDS`.
"""

from __future__ import annotations

import click

from app.cli.payroll import acting, answering, back, ladder, money, opening, reading

COMMANDS = (
    *opening.COMMANDS,
    *reading.COMMANDS,
    *answering.COMMANDS,
    *money.COMMANDS,
    *acting.COMMANDS,
    *back.COMMANDS,
    *ladder.COMMANDS,
)


@click.group()
def payroll() -> None:
    """Bảng chi trả: lập, cầu nối, cảnh báo, tiền, trình, duyệt, trả lại, rút lại, huỷ duyệt."""


for _command in COMMANDS:
    payroll.add_command(_command)
