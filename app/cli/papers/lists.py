"""`ansinh papers payroll`: the list of a payroll."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.papers.common import PDF, XLSX, Writer, with_paper, write_paper
from app.statements.payroll_document import write_payroll_list, write_payroll_workbook

_LIST: dict[str, Writer] = {PDF: write_payroll_list, XLSX: write_payroll_workbook}


@click.command(name="payroll")
@with_paper
def payroll_command(
    payroll_id: int, form: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Danh sách chi trả: từng người, tăng giảm so với tháng trước, số tiền bằng chữ, chữ ký."""
    write_paper(_LIST, payroll_id, form, output, database_url, as_json)


COMMANDS = (payroll_command,)
