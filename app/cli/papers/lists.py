"""`ansinh papers payroll`, `sign-for`, `posting`: lists of a payroll without numbers in clear."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.options import moment_of
from app.cli.papers.common import PDF, XLSX, Writer, with_paper, write_paper
from app.statements.payroll_document import write_payroll_list, write_payroll_workbook
from app.statements.posting_document import write_posting_pdf, write_posting_xlsx
from app.statements.sign_for_document import write_sign_for_pdf, write_sign_for_xlsx

_LIST: dict[str, Writer] = {PDF: write_payroll_list, XLSX: write_payroll_workbook}
_POSTING: dict[str, Writer] = {PDF: write_posting_pdf, XLSX: write_posting_xlsx}
_SIGN_FOR: dict[str, Writer] = {
    PDF: lambda session, number, out, synthetic: write_sign_for_pdf(
        session, number, moment_of(session), out, synthetic
    ),
    XLSX: lambda session, number, out, synthetic: write_sign_for_xlsx(
        session, number, moment_of(session), out, synthetic
    ),
}


@click.command(name="payroll")
@with_paper
def payroll_command(
    payroll_id: int, form: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Danh sách chi trả: từng người, tăng giảm so với tháng trước, số tiền bằng chữ, chữ ký."""
    write_paper(_LIST, payroll_id, form, output, database_url, as_json)


@click.command(name="sign-for")
@with_paper
def sign_for_command(
    payroll_id: int, form: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Danh sách ký nhận tiền mặt theo thôn: chữ to, ai nhận thay, chỗ ký hoặc điểm chỉ."""
    write_paper(_SIGN_FOR, payroll_id, form, output, database_url, as_json)


@click.command(name="posting")
@with_paper
def posting_command(
    payroll_id: int, form: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Danh sách niêm yết công khai theo thôn: không có ai mà pháp luật yêu cầu giữ bí mật."""
    write_paper(_POSTING, payroll_id, form, output, database_url, as_json)


COMMANDS = (payroll_command, sign_for_command, posting_command)
