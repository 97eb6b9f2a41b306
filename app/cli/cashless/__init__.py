"""`ansinh accounts`: from cash to account, person by person and commune by commune."""

from __future__ import annotations

import click

from app.cli.cashless.asking import ask_bank, bank_answer
from app.cli.cashless.changing import add, order, reason
from app.cli.cashless.following import campaign, follow_up, progress
from app.cli.cashless.papers import forms, visits


@click.group()
def accounts() -> None:
    """Từ tiền mặt sang tài khoản: ai còn nhận tiền mặt, vì sao, đề nghị mở tài khoản, tiến độ."""


for _command in (
    add, order, reason, visits, forms, ask_bank, bank_answer, follow_up, campaign, progress
):  # fmt: skip
    accounts.add_command(_command)
