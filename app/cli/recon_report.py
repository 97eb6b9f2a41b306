"""`ansinh recon report`: the month's accepted settlements for the Treasury, PDF or XLSX."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.exports import draft_of
from app.cli.options import answer, with_choice, with_database, with_json
from app.cli.signing import opened
from app.disbursement.settling.tables import provider_settlement
from app.errors import InputError
from app.statements.provider_settlement_document import write_report_pdf, write_report_xlsx
from app.units.lookup import facts

_WRITERS = {".pdf": write_report_pdf, ".xlsx": write_report_xlsx}


@click.command(name="report")
@click.option("--period", required=True, help="Tháng, ví dụ 2026-10.")
@with_choice
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="Tệp .pdf hoặc .xlsx.")  # fmt: skip
@with_database
@with_json
def report_command(
    period: str,
    unit: str,
    programme: str,
    provider: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Báo cáo quyết toán gửi Kho bạc: danh sách, đã chi, chưa chi, tiền còn, bằng chữ, chỗ ký."""
    write = _WRITERS.get(output.suffix.lower())
    if write is None:
        raise InputError(f"Không ghi được tệp “{output.suffix}”.", "Dùng đuôi .pdf hoặc .xlsx.")
    s = provider_settlement.c
    named = ((s.unit, unit), (s.programme, programme), (s.provider, provider))
    where = tuple(column == value for column, value in named if value)
    with opened(database_url) as house, house.database.snapshot() as session:
        synthetic = bool(facts(session).get("training"))
        with draft_of(output) as draft, draft.open("wb") as file:
            count = write(session, period, file, synthetic, where)
    value = {"file": str(output), "period": period, "settlements": count}
    answer(as_json, value, f"Đã ghi {count} quyết toán của tháng {period} vào {output}.")
