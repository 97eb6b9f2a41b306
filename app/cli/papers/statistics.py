"""`ansinh papers statistics`: forms 10a to 10d of a half-year."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.cashless.common import is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, with_database, with_json
from app.cli.signing import opened
from app.statements.statistics.document import PDF, XLSX, Asked, write_statistics
from app.statements.statistics.forms import all_forms


@click.command(name="statistics")
@with_area
@click.option("--period", required=True, help="Số liệu theo danh sách tháng nào, ví dụ 2026-12.")
@click.option(
    "--form", "code", type=click.Choice(tuple(all_forms())), default=None, help="Chỉ một biểu."
)
@click.option("--format", "form", type=click.Choice((PDF, XLSX)), default=PDF, show_default=True)
@with_output
@with_database
@with_json
def statistics_command(
    area: str,
    period: str,
    code: str | None,
    form: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Biểu thống kê 10a, 10b, 10c, 10d của một xã; không có --area là cả tỉnh."""
    asked = Asked(period, area, code or "")
    with (
        opened(database_url) as house,
        house.database.snapshot() as session,
        new_file(output) as out,
    ):
        now, synthetic = moment_of(session), is_training(session)
        forms = write_statistics(session, out, asked, now, form, synthetic=synthetic)
    told = f"Đã ghi {output}: {forms} biểu. Đối chiếu chỉ tiêu với mẫu gốc trước khi gửi."
    answer(as_json, {"file": str(output), "forms": forms}, told)


COMMANDS = (statistics_command,)
