"""`ansinh papers prepare` and `accept`: a file to be signed, and the signed one that comes back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.officers import officer_named
from app.cli.cashless.common import FILE, new_file, with_output
from app.cli.options import House, answer, moment_of, with_database, with_json
from app.cli.papers.numbered import order_for, tell
from app.cli.signing import opened
from app.clock import TIME_ZONE
from app.errors import InputError
from app.signing.accepting import (
    Judged,
    Received,
    compare_names,
    judge,
    read_file,
    require_open,
    write_down,
)
from app.signing.kinds import KINDS
from app.signing.making import prepare
from app.signing.register import Issued, document_of
from app.signing.trust import read_trust


@click.command(name="prepare")
@click.option("--payroll", "payroll_id", type=click.IntRange(1), required=True,
              help="Số bảng chi trả.")  # fmt: skip
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người lập.")
@with_output
@with_database
@with_json
def prepare_command(
    payroll_id: int, username: str, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Cấp số và chuẩn bị danh sách để ký số: mỗi người một ô, ký lần lượt trên cùng một tệp."""
    with opened(database_url) as house, new_file(output) as out:

        def work(session: Session) -> tuple[Issued, Path]:
            order = order_for(house, session, payroll_id, username)
            return prepare(session, order, secrets.token_bytes, house.home)

        made, kept = house.database.serializable(work)
        out.write(kept.read_bytes())
    tell(as_json, made, output, "Đã chuẩn bị để ký")


@click.command(name="accept")
@click.argument("file", type=FILE)
@click.option("--document", "told", required=True, help="Mã tra cứu in trên văn bản.")
@click.option("--officer", "username", required=True, help="Tên đăng nhập của người nhận.")
@click.option(
    "--signer", "names", multiple=True,
    help="Tên người ký từng ô, theo thứ tự các ô; chưa ghi thì chỉ xem ai đã ký.",
)  # fmt: skip
@with_database
@with_json
def accept_command(
    file: Path,
    told: str,
    username: str,
    names: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nhận tệp đã ký: đúng tệp của ta, không bị sửa, chứng thư còn hiệu lực, đúng người."""
    with opened(database_url) as house:
        made, judged = _receive(house, file, told, username, names)
    if judged.fault is not None:
        raise judged.fault
    _tell(as_json, made, judged, bool(names))


def _receive(
    house: House, file: Path, told: str, username: str, names: tuple[str, ...]
) -> tuple[Issued, Judged]:
    trust = read_trust(house.settings.signing_trust)
    content = read_file(file)

    def work(session: Session) -> tuple[Issued, Judged]:
        made = document_of(session, told)
        received = Received(content, officer_named(session, username), moment_of(session))
        require_open(session, made, received.officer_id, received.now)
        judged = judge(session, made, trust, received, house.home)
        if judged.fault is None and names:
            fault = compare_names(made, judged.found, _by_field(made, names))
            judged = replace(judged, fault=fault)
        if judged.fault is not None or names:
            write_down(session, made, received, judged, house.home)
        return made, judged

    return house.database.serializable(work)


def _by_field(made: Issued, names: tuple[str, ...]) -> Mapping[str, str]:
    fields = KINDS[made.kind].signers
    if len(names) != len(fields):
        raise InputError(
            f"Có {len(names)} --signer nhưng văn bản có {len(fields)} ô ký.",
            f"Ghi tên theo thứ tự: {', '.join(fields.values())}.",
        )
    return dict(zip(fields, names, strict=True))


def _tell(as_json: bool, made: Issued, judged: Judged, is_kept: bool) -> None:
    roles = KINDS[made.kind].signers
    signers: list[dict[str, Any]] = [
        {"field": one.field, "role": roles[one.field], "signer": one.signer, "serial": one.serial,
         "issuer": one.issuer, "at": one.signed_at, "stamped": one.stamped}
        for one in judged.found
    ]  # fmt: skip
    lines = [f"  {one['role']}: {one['signer']} ({one['issuer']}){_at(one)}" for one in signers]
    said = f"Đã nhận bản ký của văn bản số {made.title}:"
    if not is_kept:
        said = f"Chữ ký của văn bản số {made.title} đúng, CHƯA nhận:"
        named = " ".join(f'--signer "{one["signer"]}"' for one in signers)
        lines.append(f"Đúng người thì chạy lại với {named}")
    value = {"number": made.title, "accepted": is_kept, "signers": signers}
    answer(as_json, value, "\n".join([said, *lines]))


def _at(one: Mapping[str, Any]) -> str:
    if one["at"] is None:
        return ""
    by = "theo dấu thời gian" if one["stamped"] else "theo máy người ký"
    return f", {one['at'].astimezone(TIME_ZONE):%H:%M %d/%m/%Y} {by}"


COMMANDS = (prepare_command, accept_command)
