"""`ansinh papers treasury`: the table of payments for the State Treasury, accounts in clear."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.cli.cashless.common import is_training, new_file
from app.cli.options import moment_of
from app.cli.papers.common import PDF, XLSX, tell, with_paper
from app.cli.signing import keyring_of, opened
from app.statements.treasury_document import (
    Slip,
    permit_treasury,
    record_treasury,
    write_treasury_pdf,
    write_treasury_xlsx,
)

_WRITERS = {PDF: write_treasury_pdf, XLSX: write_treasury_xlsx}


@click.command(name="treasury")
@click.option("--officer", required=True, help="Tên đăng nhập; được ghi vào nhật ký.")
@click.option("--reason", required=True, help="Vì sao in; bảng có số tài khoản đầy đủ.")
@click.option("--slip", default="", help="Số giấy rút dự toán; bỏ trống thì ghi tay.")
@click.option(
    "--slip-date",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Ngày của giấy rút dự toán, ví dụ 2026-09-24.",
)
@with_paper
def treasury_command(
    officer: str,
    reason: str,
    slip: str,
    slip_date: datetime | None,
    payroll_id: int,
    form: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Bảng thanh toán cho đối tượng thụ hưởng gửi Kho bạc: số tài khoản đầy đủ, phần tăng giảm."""
    # The file gets its name only when its making stands in the audit trail.
    with opened(database_url) as house, new_file(output) as out:
        told = Slip(slip, slip_date.date() if slip_date else None, house.settings.treasury_form)
        with house.database.snapshot() as session:
            permit_treasury(session, officer, payroll_id, reason, moment_of(session))
            keyring, synthetic = keyring_of(house), is_training(session)
            rows = _WRITERS[form](session, keyring, payroll_id, told, out, synthetic)
        with house.database.unit_of_work() as session:
            record_treasury(session, officer, payroll_id, rows, reason, moment_of(session))
    tell(as_json, output, rows)


COMMANDS = (treasury_command,)
