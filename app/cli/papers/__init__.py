"""`ansinh papers`: what is printed of a payroll and of decisions, as PDF or as a spreadsheet.

A file of this folder lists its commands in COMMANDS and is named in `_FILES`.
"""

from __future__ import annotations

import click

from app.cli.papers import (
    decisions,
    insurance,
    lists,
    numbered,
    people,
    signatures,
    statistics,
    treasury,
    vouchers,
)

_FILES = (decisions, insurance, lists, statistics, treasury, vouchers, numbered, signatures, people)


@click.group()
def papers() -> None:
    """Giấy tờ: danh sách chi trả, bảng gửi Kho bạc, ký nhận, niêm yết; cấp số, ký số, kiểm tra."""


for _file in _FILES:
    for _command in _file.COMMANDS:
        papers.add_command(_command)
