"""What a person may ask of the register: all that is held about him, and to be forgotten."""

from __future__ import annotations

from pathlib import Path

import click

from app.access.scope import scope_of
from app.audit.trail import record
from app.beneficiaries.erasing import erase
from app.beneficiaries.revealing import ROLES, require_reason
from app.cli.options import answer, open_house, person_number, with_database, with_json
from app.cli.signing import keyring_of
from app.clock import SystemClock
from app.db import Database
from app.keeping.sqlite import write_anew
from app.statements.person_export import person_export, write_export


@click.command(name="export")
@click.argument("person")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True,
              help="Thư mục sẽ ghi.")  # fmt: skip
@click.option("--reason", required=True, help="Vì sao xuất; được ghi vào nhật ký.")
@click.option("--officer", required=True, help="Tên đăng nhập.")
@with_database
@with_json
def export_command(
    person: str, output: Path, reason: str, officer: str, database_url: str | None, as_json: bool
) -> None:
    """Xuất mọi dữ liệu đang giữ về một người, cho chính người đó: JSON và Excel."""
    house, number, now = open_house(database_url), person_number(person), SystemClock().now()
    kept = require_reason(reason)
    with house.database.unit_of_work() as session:
        told = person_export(session, number, now)
        scope_of(session, officer, now, ROLES).require(told["area_code"])
        record(session, now, officer, "cli:person:export", f"person:{number}", kept)
    paths = write_export(output, told, now)
    answer(as_json, {"files": [str(one) for one in paths]},
           "\n".join(f"Đã ghi {one}" for one in paths))  # fmt: skip


@click.command(name="erase")
@click.argument("person")
@click.option("--reason", required=True, help="Vì sao xoá; được giữ lại.")
@click.option("--asked-by", required=True, help="Cán bộ đề nghị.")
@click.option("--asked-code", required=True, help="Mã xác thực của người đề nghị.")
@click.option("--confirmed-by", required=True, help="Cán bộ thứ hai.")
@click.option("--confirmed-code", required=True, help="Mã xác thực của người thứ hai.")
@with_database
@with_json
def erase_command(
    person: str, reason: str, asked_by: str, asked_code: str, confirmed_by: str,
    confirmed_code: str, database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Xoá dữ liệu của một người khi đã hết hạn giữ; sổ kế toán và chứng từ còn nguyên."""
    house, number, now = open_house(database_url), person_number(person), SystemClock().now()
    keyring = keyring_of(house)
    signers = [(asked_by, asked_code), (confirmed_by, confirmed_code)]
    house.database.serializable(
        lambda session: erase(session, keyring, number, reason, signers, now)
    )
    left = _clean(house.database)
    answer(as_json, {"person": number, "erased": True, "left": left}, f"Đã xoá. {left}")


def _clean(database: Database) -> str:
    """Write the SQLite file anew, so that no free page keeps what was erased; says what is left."""
    copies = "Các bản sao lưu cũ còn dữ liệu này: xoá chúng khi hết hạn (docs/retention.md)."
    if not database.is_sqlite:
        return (
            "PostgreSQL dọn bản ghi cũ khi VACUUM chạy; nhật ký WAL giữ đến khi được xoay vòng. "
            + copies
        )
    write_anew(database)
    return copies
