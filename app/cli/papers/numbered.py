"""`ansinh papers issue`, `register` and `verify`: numbers, who made which paper, is it ours."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.access.tables import officer
from app.cli.cashless.common import FILE, is_training, new_file, with_output
from app.cli.options import House, answer, moment_of, with_database, with_json
from app.cli.signing import opened
from app.clock import TIME_ZONE
from app.errors import InputError, NotFound
from app.signing.codes import shown
from app.signing.making import Order, write_numbered
from app.signing.reading import (
    CHANGED,
    REOPENED,
    STANDS,
    SUPERSEDED,
    VOIDED,
    Told,
    by_code,
    by_file,
)
from app.signing.register import Issued
from app.signing.tables import issued_document, issued_file
from ledger.money import format_number, format_vnd

STANDING = {
    STANDS: "còn hiệu lực",
    SUPERSEDED: "đã được thay bằng văn bản khác",
    VOIDED: "bảng chi trả đã hủy",
    REOPENED: "bảng chi trả đã trả lại để sửa",
    CHANGED: "số tiền hoặc danh sách đã thay đổi từ khi in",
}
PURPOSES = {"printed": "bản in", "prepared": "bản chuẩn bị để ký", "signed": "bản đã ký"}


def order_for(house: House, session: Session, payroll_id: int, username: str) -> Order:
    """What an officer asks for, of a payroll."""
    return Order(
        payroll_id=payroll_id,
        officer_id=officer_named(session, username),
        public_url=house.settings.public_url,
        synthetic=is_training(session),
        now=moment_of(session),
    )


@click.command(name="issue")
@click.option("--payroll", "payroll_id", type=click.IntRange(1), required=True,
              help="Số bảng chi trả.")  # fmt: skip
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người lập.")
@with_output
@with_database
@with_json
def issue_command(
    payroll_id: int, username: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Cấp số và in danh sách của một bảng đã trình (PDF); nội dung không đổi thì số không đổi."""
    with opened(database_url) as house, new_file(output) as out:

        def work(session: Session) -> Issued:
            out.seek(0)
            out.truncate()
            order = order_for(house, session, payroll_id, username)
            return write_numbered(session, order, secrets.token_bytes, out)

        made = house.database.serializable(work)
    tell(as_json, made, output, "Đã in")


def tell(as_json: bool, made: Issued, output: Path, said: str) -> None:
    """Which document a file is."""
    value = {"file": str(output), "number": made.title, "code": made.code, "new": made.is_new,
             "digest": made.digest}  # fmt: skip
    which = "số mới" if made.is_new else "số đã cấp"
    answer(as_json, value, f"{said} {output}: văn bản số {made.title} ({which}), mã tra cứu"
                           f" {shown(made.code)}.")  # fmt: skip


@click.command(name="register")
@click.option("--unit", default="", help="Mã đơn vị chi; bỏ trống là mọi đơn vị.")
@click.option("--year", type=int, help="Năm; bỏ trống là mọi năm.")
@with_database
@with_json
def register_command(unit: str, year: int | None, database_url: str | None, as_json: bool) -> None:
    """Sổ văn bản: số, ngày, nội dung, ai lập tệp nào lúc nào."""
    of = issued_document.c
    query = select(issued_document, issued_file.c.purpose, issued_file.c.sha256,
                   issued_file.c.made_at.label("file_at"), officer.c.username)  # fmt: skip
    query = query.join(issued_file, issued_file.c.document_id == of.id)
    query = query.join(officer, officer.c.id == issued_file.c.made_by)
    conditions = [of.unit_code == unit] if unit else []
    conditions += [of.year == year] if year else []
    with opened(database_url) as house, house.database.view() as session:
        rows = session.execute(query.where(*conditions).order_by(of.id, issued_file.c.id)).all()
    answer(as_json, {"documents": [_row(one) for one in rows]},
           "\n".join(map(_line, rows)) or "Chưa có văn bản nào.")  # fmt: skip


def _row(one: Any) -> dict[str, Any]:
    return {"number": f"{one.number}/{one.symbol}", "unit": one.unit_code, "on": one.dated_on,
            "subject": one.subject, "digest": one.digest, "purpose": one.purpose,
            "sha256": one.sha256, "made_by": one.username, "made_at": one.file_at}  # fmt: skip


def _line(one: Any) -> str:
    at = f"{one.file_at.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}"
    return (
        f"{one.unit_code}  {one.number}/{one.symbol}  {one.dated_on:%d/%m/%Y}  {one.subject}"
        f"  {PURPOSES[one.purpose]} {one.sha256[:12]}, {one.username} lúc {at}"
    )


@click.command(name="verify")
@click.option("--code", "told", default="", help="Mã tra cứu in trên văn bản.")
@click.option("--file", "path", type=FILE, help="Tệp PDF cần so từng byte.")
@with_database
@with_json
def verify_command(told: str, path: Path | None, database_url: str | None, as_json: bool) -> None:
    """Văn bản có phải của ta không: theo mã in trên giấy, hoặc so tệp từng byte."""
    if bool(told) == bool(path):
        raise InputError("Cần đúng một trong hai: --code hoặc --file.", "Ví dụ --code 7F3K-….")
    with opened(database_url) as house, house.database.view() as session:
        if path is not None:
            with path.open("rb") as file:
                found = by_file(session, hashlib.file_digest(file, "sha256").hexdigest())
            document, purpose = found or (None, "")
        else:
            document, purpose = by_code(session, house.keyring, told), ""
    if document is None:
        raise NotFound("Không có văn bản nào như vậy.", "Xem lại mã in trên giấy, hoặc tệp gốc.")
    answer(as_json, _value(document, purpose), _text(document, purpose))


def _value(one: Told, purpose: str) -> dict[str, Any]:
    signers = [{"role": who.role, "name": who.name, "at": who.signed_at, "stamped": who.stamped}
               for who in one.signers]  # fmt: skip
    return {"number": one.title, "kind": one.kind, "unit": one.unit, "period": one.period,
            "on": one.dated_on, "persons": one.persons, "total": one.total,
            "standing": one.standing, "file": purpose, "signers": signers}  # fmt: skip


def _text(one: Told, purpose: str) -> str:
    number = f"Số {one.title}, ngày {one.dated_on:%d/%m/%Y}: " if one.dated_on else ""
    lines = [
        f"{one.name}, {one.unit}, tháng {one.period}.",
        f"{number}{format_number(one.persons)} người, {format_vnd(one.total)}.",
        f"Tình trạng: {STANDING[one.standing]}.",
        *(f"{who.role}: {who.name} đã ký." for who in one.signers),
    ]
    if purpose:
        lines.append(f"Tệp đúng từng byte với {PURPOSES[purpose]}.")
    return "\n".join(lines)


COMMANDS = (issue_command, register_command, verify_command)
