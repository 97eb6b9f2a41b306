"""`ansinh papers decision`: decisions about people as letters to be signed."""

from __future__ import annotations

from pathlib import Path

import click

from app.access.scope import scope_of
from app.beneficiaries.revealing import ROLES, require_reason
from app.cli.cashless.common import is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, person_number, with_database, with_json
from app.cli.signing import keyring_of, opened
from app.errors import InputError
from app.statements.letters.document import KINDS, Wanted, Written, record_letters, write_letters
from ledger.money import format_number


@click.command(name="decision")
@with_area
@click.option("--period", required=True, help="Tháng ký quyết định, ví dụ 2026-10.")
@click.option("--kind", type=click.Choice(KINDS), default=None, help="Chỉ một loại quyết định.")
@click.option("--person", default="", help="Chỉ một người, ví dụ AS-000012.")
@click.option("--officer", default="", help="Tên đăng nhập; cần khi có --full-id.")
@click.option("--full-id", default="", help="Lý do ghi số căn cước đầy đủ; được ghi vào nhật ký.")
@with_output
@with_database
@with_json
def decision_command(
    area: str,
    period: str,
    kind: str | None,
    person: str,
    officer: str,
    full_id: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Quyết định hưởng, điều chỉnh, thôi hưởng, thu hồi của một xã trong tháng, để ký (PDF)."""
    if not area:
        raise InputError("Quyết định là của một xã.", "Thêm --area, ví dụ --area 01321.")
    number = person_number(person) if person else None
    wanted = Wanted(area, period, kind or "", number)
    kept = require_reason(full_id) if full_id else ""
    if kept and not officer:
        raise InputError("Ghi số căn cước đầy đủ cần tên cán bộ.", "Thêm --officer.")
    # The file gets its name only when its making stands in the audit trail.
    with opened(database_url) as house, new_file(output) as out:
        with house.database.snapshot() as session:
            now, synthetic = moment_of(session), is_training(session)
            if kept:
                scope_of(session, officer, now, ROLES).require(area)
            keyring = keyring_of(house) if kept else None
            written = write_letters(session, out, wanted, now, synthetic=synthetic, keyring=keyring)
        if kept:
            with house.database.unit_of_work() as session:
                record_letters(session, officer, wanted, written.letters, kept, now)
    answer(as_json, _facts(output, written), _told(output, written))


def _facts(output: Path, written: Written) -> dict[str, object]:
    return {
        "file": str(output),
        "letters": written.letters,
        "unsigned": written.unsigned,
        "unconfirmed": list(written.unconfirmed),
    }


def _told(output: Path, written: Written) -> str:
    lines = [f"Đã ghi {output}: {format_number(written.letters)} quyết định."]
    if written.unsigned:
        count = format_number(written.unsigned)
        lines.append(f"{count} quyết định chưa có số: ghi số và ngày khi ký.")
    if written.unconfirmed:
        lines.append("Căn cứ cần đối chiếu văn bản gốc trước khi ký:")
        lines += [f"- {one}" for one in written.unconfirmed]
    return "\n".join(lines)


COMMANDS = (decision_command,)
