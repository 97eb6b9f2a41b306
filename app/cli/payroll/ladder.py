"""`ansinh payroll ladder`: which steps a payroll needs, set by two persons."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli.options import answer, with_database, with_json
from app.cli.payroll.told import DUTIES
from app.cli.signing import opened, signed, signers, with_officers
from app.clock import SystemClock, local_date
from app.errors import InputError
from app.months import in_words, month_of, require_month
from app.payroll.duties import UNIT
from app.payroll.ladders import (
    Rule,
    ladder_digest,
    read_ladder,
    rule_of,
    rules_in_force,
    set_ladder,
)
from app.privacy import Keyring
from ledger.money import format_vnd

_SIZE_MAX = 1_000_000


@click.group()
def ladder() -> None:
    """Các bước duyệt: ai kiểm tra, ai duyệt, bao nhiêu người, từ mức tiền nào."""


@ladder.command(name="set")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "since", required=True, help="Áp dụng từ kỳ, ví dụ 2026-11.")
@with_officers
@with_database
@with_json
def set_command(
    file: Path,
    since: str,
    officers: tuple[str, ...],
    codes: tuple[str, ...],
    database_url: str | None,
    as_json: bool,
) -> None:
    """Hai người đặt các bước duyệt từ một tệp CSV; thay toàn bộ các bước trước đó."""
    rules, now = read_ladder(_text(file)), SystemClock().now()

    def work(session: Session, keyring: Keyring) -> int:
        two = signers(session, officers, codes)
        return set_ladder(session, keyring, two, since, rules, now)

    joint_id = signed(database_url, work)
    value = {"joint_act": joint_id, "digest": ladder_digest(since, rules), "steps": len(rules)}
    says = f"Đã đặt {len(rules)} bước duyệt, áp dụng từ kỳ {in_words(since)}."
    answer(as_json, value, says)


def _text(file: Path) -> str:
    if file.stat().st_size > _SIZE_MAX:
        raise InputError(f"{file.name} quá lớn.", "Tệp các bước duyệt chỉ vài chục dòng.")
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{file.name} không phải UTF-8.", "Lưu lại dạng CSV UTF-8.") from error


@ladder.command(name="show")
@click.option("--period", default="", help="Kỳ chi trả; bỏ trống là tháng này.")
@with_database
@with_json
def show_command(period: str, database_url: str | None, as_json: bool) -> None:
    """Các bước duyệt đang áp dụng cho một kỳ."""
    month = require_month(period) if period else month_of(local_date(SystemClock().now()))
    with opened(database_url) as house, house.database.view() as session:
        rows = rules_in_force(session, month)
    rules = [rule_of(row) for row in rows]
    value: dict[str, Any] = {"period": month, "rules": [asdict(one) for one in rules]}
    value["from"] = rows[0].from_period if rows else None
    none = f"Chưa đặt các bước duyệt cho kỳ {in_words(month)}; chưa trình được bảng nào."
    answer(as_json, value, "\n".join(map(_line, rules)) or none)


def _line(one: Rule) -> str:
    where = ", ".join(
        f"{name} {told}"
        for name, told in (
            ("chương trình", one.programme),
            ("đơn vị", one.unit),
            ("loại", one.kind),
        )
        if told
    )
    who = "tại đơn vị chi" if one.held_at == UNIT else "cấp tỉnh"
    above = f", khi trên {format_vnd(one.above)}" if one.above else ""
    return (
        f"[{where or 'mọi bảng'}] bước {one.ordinal}: {DUTIES[one.duty]}, {one.quorum} người"
        f" có quyền {one.role} {who}{above}"
    )


COMMANDS = (ladder,)
