"""`ansinh papers insurance`: health-insurance cards that begin and end in a month."""

from __future__ import annotations

from pathlib import Path

import click

from app.access.scope import scope_of
from app.beneficiaries.revealing import ROLES, require_reason
from app.cli.cashless.common import is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, with_database, with_json
from app.cli.signing import keyring_of, opened
from app.errors import InputError
from app.statements.insurance.document import (
    PDF,
    XLSX,
    record_insurance_list,
    write_insurance_list,
)
from ledger.money import format_number


@click.command(name="insurance")
@with_area
@click.option("--period", required=True, help="Tháng, ví dụ 2026-10.")
@click.option("--format", "form", type=click.Choice((PDF, XLSX)), default=PDF, show_default=True)
@click.option("--officer", required=True, help="Tên đăng nhập.")
@click.option("--reason", required=True, help="Vì sao lập; danh sách có số căn cước đầy đủ.")
@with_output
@with_database
@with_json
def insurance_command(
    area: str,
    period: str,
    form: str,
    officer: str,
    reason: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Danh sách tăng, giảm thẻ bảo hiểm y tế của một xã, gửi cơ quan bảo hiểm xã hội."""
    if not area:
        raise InputError("Danh sách là của một xã.", "Thêm --area, ví dụ --area 01321.")
    kept = require_reason(reason)
    # The file gets its name only when its making stands in the audit trail.
    with opened(database_url) as house, new_file(output) as out:
        keyring = keyring_of(house)
        with house.database.snapshot() as session:
            now, synthetic = moment_of(session), is_training(session)
            scope_of(session, officer, now, ROLES).require(area)
            people = write_insurance_list(
                session, keyring, out, area, period, now, form, synthetic=synthetic
            )
        with house.database.unit_of_work() as session:
            record_insurance_list(session, officer, area, people, kept, now)
    told = f"Đã ghi {output}: {format_number(people)} người."
    answer(as_json, {"file": str(output), "people": people}, told)


COMMANDS = (insurance_command,)
