"""`ansinh papers vouchers`: the entries of a period for an accounting program."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from app.cli.cashless.common import is_training, new_file, with_output
from app.cli.exports import span_of
from app.cli.options import answer, with_database, with_json
from app.cli.signing import opened
from app.errors import InputError
from app.statements.vouchers.document import CSV, XLSX, Written, write_vouchers
from app.statements.vouchers.profile import Profile, read_profile
from ledger.chart import public_chart
from ledger.export import whole_span
from ledger.money import format_number

_EMPTY = InputError("Sổ chưa có bút toán nào.", "Kiểm tra --database.")


@click.command(name="vouchers")
@click.option(
    "--profile",
    default="thong-dung",
    show_default=True,
    help="Mẫu cột: thong-dung, hai-cot, hoặc đường dẫn tệp .toml của đơn vị.",
)
@click.option("--format", "form", type=click.Choice((CSV, XLSX)), default=CSV, show_default=True)
@click.option("--period", help="Một kỳ, ví dụ 2026-10; 2026-13 là kỳ điều chỉnh.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="Từ ngày, cùng với --to.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Đến hết ngày.")
@with_output
@with_database
@with_json
def vouchers_command(
    profile: str,
    form: str,
    period: str | None,
    first: datetime | None,
    last: datetime | None,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Tệp chứng từ cho phần mềm kế toán, theo mẫu cột (CSV, XLSX); không kỳ là toàn bộ sổ."""
    chosen, span = read_profile(profile), span_of(period, first, last)
    with (
        opened(database_url) as house,
        house.database.snapshot() as session,
        new_file(output) as out,
    ):
        days = span or whole_span(session)
        if days is None:
            raise _EMPTY
        public = public_chart(house.settings.public_chart)
        synthetic = is_training(session)
        written = write_vouchers(session, out, days, chosen, public, form, synthetic=synthetic)
    facts = {"file": str(output), "confirmed": chosen.confirmed, **asdict(written)}
    answer(as_json, facts, _told(output, chosen, written))


def _told(output: Path, profile: Profile, written: Written) -> str:
    total = f"tổng Nợ {format_number(written.debit)}, tổng Có {format_number(written.credit)}"
    lines = [f"Đã ghi {output}: {format_number(written.lines)} dòng, {total}."]
    if written.unnumbered:
        count = format_number(written.unnumbered)
        lines.append(f"{count} dòng chưa có số chứng từ: bút toán chưa được niêm phong.")
    if not profile.confirmed:
        lines.append("Mẫu cột cần đối chiếu với phần mềm kế toán trước khi nhập.")
    return "\n".join(lines)


COMMANDS = (vouchers_command,)
