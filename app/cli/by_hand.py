"""`ansinh bank handover` and `ansinh bank answer`: files that officers carry."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli.options import House, answer, moment_of, with_database, with_json
from app.cli.signing import signed, signed_in, signer, with_officer
from app.disbursement.handover import Taken, bring_answer, confirm_handover, take
from app.errors import InputError
from app.privacy import Keyring
from ledger.money import format_vnd


@click.command(name="handover")
@click.option("--batch", "batch_id", type=int, required=True, help="Số lô.")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), help="Thư mục để chép tệp vào."
)
@click.option("--reason", default="", help="Mang đi đâu, vì sao; cho người nhận tệp.")
@click.option("--receipt", default="", help="Biên nhận của ngân hàng; cho người thứ hai xác nhận.")
@with_officer
@with_database
@with_json
def handover_command(
    batch_id: int,
    into: Path | None,
    reason: str,
    receipt: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nhận tệp của lô để mang đến ngân hàng; người thứ hai xác nhận đã bàn giao."""
    if (into is None) == (not receipt):
        raise InputError(
            "Ghi --into và --reason để nhận tệp, hoặc --receipt để xác nhận đã bàn giao.",
            "Mỗi lần một việc.",
        )
    if into is None:
        _confirm(batch_id, receipt, officer, code, database_url)
        done = {"batch": batch_id, "confirmed": True}
        answer(as_json, done, f"Đã xác nhận bàn giao lô {batch_id}.")
        return
    target, taken = _take(batch_id, into, reason, officer, code, database_url)
    told = {"batch": batch_id, "file": str(target), "sha256": taken.sha256,
            "lines": taken.lines, "total": taken.total}  # fmt: skip
    said = (
        f"{target}: {taken.lines} dòng, {format_vnd(taken.total)}\nSHA-256 {taken.sha256}\n"
        "Tệp có số tài khoản: giao xong thì xoá. Người thứ hai xác nhận bằng --receipt."
    )
    answer(as_json, told, said)


def _take(
    batch_id: int, into: Path, reason: str, officer: str, code: str, database_url: str | None
) -> tuple[Path, Taken]:
    if not into.is_dir():
        raise InputError(f"Không có thư mục {into}.", "Tạo thư mục trước.")

    def work(house: House, session: Session, keyring: Keyring) -> Taken:
        who, now = signer(session, officer, code), moment_of(session)
        return take(session, keyring, house.home, who, batch_id, reason, now)

    taken = signed_in(database_url, work)
    target = into / taken.path.name
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError(f"Không ghi được {target}.", "Chọn thư mục khác bằng --into.") from error
    # Nobody else reads it: names and accounts stand in it in clear.
    with os.fdopen(handle, "wb") as out, taken.path.open("rb") as file:
        shutil.copyfileobj(file, out)
    return target, taken


def _confirm(
    batch_id: int, receipt: str, officer: str, code: str, database_url: str | None
) -> None:
    def work(session: Session, keyring: Keyring) -> None:
        who = signer(session, officer, code)
        confirm_handover(session, keyring, who, batch_id, receipt, moment_of(session))

    signed(database_url, work)


@click.command(name="answer")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--provider", required=True, help="Mã đơn vị chi trả.")
@with_officer
@with_database
@with_json
def answer_command(
    file: Path,
    provider: str,
    officer: str,
    code: str,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Nộp tệp trả lời mang từ ngân hàng về; việc thu nhận sẽ đọc ở lần chạy tới."""

    def work(house: House, session: Session, keyring: Keyring) -> str:
        who, now = signer(session, officer, code), moment_of(session)
        return bring_answer(session, keyring, house.home, who, provider, file, now)

    digest = signed_in(database_url, work)
    told = {"provider": provider, "file": file.name, "sha256": digest}
    answer(as_json, told, f"Đã nhận {file.name} của {provider}. SHA-256 {digest}")
