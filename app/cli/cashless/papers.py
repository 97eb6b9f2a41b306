"""`ansinh accounts visits` and `forms`: what is taken along to a hamlet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import click
from sqlalchemy.orm import Session

from app.cashless.forms import record_forms, require_reason, write_forms
from app.cashless.visits import write_pdf, write_xlsx
from app.cli.cashless.common import is_training, new_file, with_area, with_output
from app.cli.options import answer, moment_of, person_number, with_database, with_json
from app.cli.signing import keyring_of, opened
from app.errors import InputError
from app.printing.values import DocumentError
from app.privacy import Keyring
from ledger.money import format_number

_NOBODY = InputError("Không có ai nhận tiền mặt ở nơi này.", "Kiểm tra --area.")


@click.command()
@with_area
@with_output
@with_database
@with_json
def visits(area: str, output: Path, database_url: str | None, as_json: bool) -> None:
    """Phiếu thăm hộ theo thôn: người còn nhận tiền mặt, lý do, điều cần hỏi (.pdf hoặc .xlsx)."""
    write = {".pdf": write_pdf, ".xlsx": write_xlsx}.get(output.suffix.lower())
    if write is None:
        raise InputError(f"Không biết ghi tệp “{output.suffix}”.", "Đặt tên .pdf hoặc .xlsx.")
    with (
        opened(database_url) as house,
        house.database.view() as session,
        new_file(output) as out,
    ):
        try:
            people = write(session, out, area, moment_of(session), is_training(session))
        except DocumentError as fault:
            raise _NOBODY from fault
    said = f"Đã ghi {output}: {format_number(people)} người còn nhận tiền mặt."
    answer(as_json, {"file": str(output), "people": people}, said)


@click.command()
@with_area
@click.option("--person", default="", help="Chỉ một người, ví dụ AS-000012.")
@click.option("--reason", required=True, help="Vì sao in; phiếu có số căn cước đầy đủ.")
@with_output
@with_database
@with_json
def forms(
    area: str,
    person: str,
    reason: str,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Phiếu đăng ký điền sẵn, mỗi người một trang; điều đã biết không hỏi lại."""
    number = person_number(person) if person else None
    require_reason(reason)
    # The file gets its name only when its making stands in the audit trail.
    with opened(database_url) as house, new_file(output) as out:
        with house.database.view() as session:
            now, keyring = moment_of(session), keyring_of(house)
            count, saved = _written(session, keyring, out, area, now, number)
        with house.database.unit_of_work() as session:
            record_forms(session, count, area, number, now, actor="cli", reason=reason)
    said = (
        f"Đã ghi {output}: {format_number(count)} phiếu, điền sẵn {format_number(saved)} thông tin"
        " không phải khai lại."
    )
    answer(as_json, {"file": str(output), "forms": count, "fields_saved": saved}, said)


def _written(
    session: Session,
    keyring: Keyring,
    out: BinaryIO,
    area: str,
    now: datetime,
    person_id: int | None,
) -> tuple[int, int]:
    try:
        synthetic = is_training(session)
        return write_forms(
            session, keyring, out, area, now, synthetic=synthetic, person_id=person_id
        )
    except DocumentError as fault:
        raise _NOBODY from fault
