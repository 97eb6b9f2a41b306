"""`ansinh take-over`: balances and unpaid obligations of an older system, accepted by two."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, with_database, with_json
from app.cli.signing import keyring_of, opened, signed, signer, with_officer
from app.clock import TIME_ZONE, SystemClock, local_date
from app.errors import InputError
from app.privacy import Keyring
from app.takeover.accepting import TakenOver
from app.takeover.accepting import accept as accept_file
from app.takeover.checking import check as check_file
from app.takeover.content import Content
from app.takeover.loaded import Loaded, known, waiting_or_done
from app.takeover.loading import load as load_file
from app.takeover.reading import read_take_over
from app.takeover.rows import TakeOverFile
from app.takeover.template import write_template
from ledger.money import format_vnd

SHOWN = 50
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("take-over")
def take_over() -> None:
    """Tiếp nhận số dư và khoản chưa trả của hệ thống cũ; hai người xác nhận."""


@take_over.command()
@click.option("--output", required=True, type=_FILE, help="Tệp Excel sẽ ghi.")
@with_json
def template(output: Path, as_json: bool) -> None:
    """Ghi tệp mẫu trống."""
    if output.exists():
        raise InputError(f"Đã có tệp {output}.", "Chọn tên khác; tệp cũ không bị ghi đè.")
    output.parent.mkdir(parents=True, exist_ok=True)
    write_template(output)
    answer(as_json, {"file": str(output)}, f"Đã ghi tệp mẫu {output}.")


@take_over.command()
@click.argument("file", type=_FILE)
@with_database
@with_json
def check(file: Path, database_url: str | None, as_json: bool) -> None:
    """Kiểm tra tệp, không ghi gì. Mã thoát 1 khi có lỗi, mỗi lỗi một dòng."""
    with opened(database_url) as house, house.database.view() as session:
        read, content = _checked(session, keyring_of(house), file)
        before = None if content is None else known(session, content.digest)
    _tell(as_json, read, content, before)


def _checked(session: Session, keyring: Keyring, path: Path) -> tuple[TakeOverFile, Content | None]:
    read = read_take_over(path)
    today = local_date(SystemClock().now())
    return read, check_file(session, keyring, read, today)


def _tell(
    as_json: bool, read: TakeOverFile, content: Content | None, before: Loaded | None = None
) -> None:
    errors = [
        {"row": one.row, "column": one.column, "heading": one.heading, "message": one.message}
        for one in read.errors
    ]
    value: dict[str, Any] = {"file": read.name, "ok": content is not None, "errors": errors}
    if content is None:
        lines = [f"{read.name}: {len(errors)} lỗi, chưa nhận được."]
        lines += [f"  {one['message']}" for one in errors[:SHOWN]]
        lines += [f"  … và {len(errors) - SHOWN} lỗi khác"] if len(errors) > SHOWN else []
        answer(as_json, value, "\n".join(lines))
        sys.exit(1)
    value |= {**_figures(content), "accepted": before is not None and before.accepted}
    says = f"\n{_loaded(before)}" if before else ""
    answer(as_json, value, f"{read.name}: đúng.\n{_content_text(content)}{says}")


def _figures(content: Content) -> dict[str, Any]:
    return {
        "balances_on": content.balances_on.isoformat(),
        "cells": len(content.cells),
        "balances": len(content.balances),
        "total": content.total,
        "unpaid": len(content.unpaid),
        "unpaid_total": content.unpaid_total,
        "digest": content.digest,
    }


def _content_text(content: Content) -> str:
    return (
        f"  Số dư đến hết ngày {content.balances_on:%d/%m/%Y}: {len(content.balances)} dòng,"
        f" {len(content.cells)} nơi, cộng {format_vnd(content.total)}\n"
        f"  Chưa trả: {len(content.unpaid)} khoản, {format_vnd(content.unpaid_total)}\n"
        f"  Mã nội dung: {content.digest[:16]}"
    )


@take_over.command()
@click.argument("file", type=_FILE)
@with_officer
@with_database
@with_json
def load(file: Path, officer: str, code: str, database_url: str | None, as_json: bool) -> None:
    """Người thứ nhất nạp tệp đã kiểm tra; chưa có gì vào sổ."""
    with opened(database_url) as house, house.database.signed_work() as session:
        keyring = keyring_of(house)
        read, content = _checked(session, keyring, file)
        done = None if content is None else _load(session, keyring, officer, code, file, content)
    if content is None or done is None:
        _tell(as_json, read, content)
        return
    value = {**_figures(content), "take_over": done.take_over_id, "is_new": done.is_new,
             "accepted": done.accepted}  # fmt: skip
    answer(as_json, value, f"{_loaded(done)}\n{_content_text(content)}")


def _load(
    session: Session, keyring: Keyring, officer: str, code: str, file: Path, content: Content
) -> Loaded:
    who, now = signer(session, officer, code), SystemClock().now()
    return load_file(session, keyring, who, file.name, content, now)


def _loaded(done: Loaded) -> str:
    if done.accepted:
        return f"Nội dung này đã tiếp nhận từ trước, số {done.take_over_id}. Không đổi gì."
    if not done.is_new:
        return f"Nội dung này đã nạp, số {done.take_over_id}, còn chờ người thứ hai."
    return f"Đã nạp, số {done.take_over_id}. Người thứ hai: ansinh take-over accept --digest …"


@take_over.command()
@with_database
@with_json
def show(database_url: str | None, as_json: bool) -> None:
    """Các tệp đã nạp: số liệu, mã nội dung, ai nạp, đã tiếp nhận chưa."""
    with opened(database_url) as house, house.database.view() as session:
        rows = session.execute(waiting_or_done()).all()
    values = [
        {"take_over": row.id, "name": row.name, "balances_on": row.balances_on,
         "balances": row.balance_rows, "total": row.balance_total, "unpaid": row.unpaid_rows,
         "unpaid_total": row.unpaid_total, "digest": row.digest, "loaded_by": row.username,
         "loaded_at": row.loaded_at, "accepted_at": row.accepted_at}
        for row in rows
    ]  # fmt: skip
    text = "\n".join(_shown(row) for row in rows) or "Chưa nạp tệp nào."
    answer(as_json, {"take_overs": values}, text)


def _shown(row: Any) -> str:
    done = row.accepted_at
    state = (
        f"đã tiếp nhận {done.astimezone(TIME_ZONE):%H:%M %d/%m/%Y}" if done else "CHỜ NGƯỜI THỨ HAI"
    )
    return (
        f"{row.id}  {row.name}: số dư đến {row.balances_on:%d/%m/%Y}, {row.balance_rows} dòng cộng"
        f" {format_vnd(row.balance_total)}; chưa trả {row.unpaid_rows} khoản"
        f" {format_vnd(row.unpaid_total)}\n   {row.username} nạp; {state}; mã nội dung"
        f" {row.digest[:16]}"
    )


@take_over.command()
@click.option("--digest", required=True, help="Ít nhất 12 ký tự đầu của mã nội dung đã đọc.")
@with_officer
@with_database
@with_json
def accept(digest: str, officer: str, code: str, database_url: str | None, as_json: bool) -> None:
    """Người thứ hai tiếp nhận; số dư và khoản chưa trả vào sổ."""
    now = SystemClock().now()

    def work(session: Session, keyring: Keyring) -> TakenOver:
        return accept_file(session, keyring, signer(session, officer, code), digest, now)

    done = signed(database_url, work)
    value = {"take_over": done.take_over_id, "digest": done.digest, "entries": done.entries,
             "obligations": done.obligations, "is_new": done.is_new}  # fmt: skip
    text = (
        f"Đã tiếp nhận: {done.entries} bút toán, {done.obligations} khoản chưa trả."
        " Kiểm chứng: ansinh ledger verify"
        if done.is_new
        else f"Nội dung này đã tiếp nhận từ trước, số {done.take_over_id}. Không đổi gì."
    )
    answer(as_json, value, text)
