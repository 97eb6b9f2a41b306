"""`ansinh access`: who may do what, and who used it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from app.access.review import IDLE_DAYS, HeldRole, Reviewed, review
from app.cli.options import answer, open_house, with_database, with_json
from app.clock import TIME_ZONE, SystemClock, local_date
from app.errors import InputError
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook

_COLUMNS = (("Tên đăng nhập", 22), ("Họ và tên", 26), ("Vai trò", 34), ("Dùng gần nhất", 16),
            ("Số lần hiện số", 14), ("Cần xem lại", 44))  # fmt: skip


@click.group()
def access() -> None:
    """Quyền truy cập: ai có quyền gì, dùng đến đâu."""


@access.command(name="review")
@click.option("--days", type=click.IntRange(1, 3650), default=IDLE_DAYS, show_default=True,
              help="Đếm số lần hiện số trong bấy nhiêu ngày.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Ghi thêm tệp Excel.")  # fmt: skip
@with_database
@with_json
def review_command(days: int, output: Path | None, database_url: str | None, as_json: bool) -> None:
    """Rà soát: vai trò và hạn, lần dùng gần nhất, số lần hiện số, xung đột, bỏ không."""
    house, now = open_house(database_url), SystemClock().now()
    with house.database.view() as session:
        found = review(session, now, now - timedelta(days=days))
    if output is not None:
        _write(output, found, f"{local_date(now):%d/%m/%Y}")
    lines = map(_line, found)
    answer(as_json, {"officers": [asdict(one) for one in found]}, "\n".join(lines))


def _line(one: Reviewed) -> str:
    used = _used(one) or "chưa"
    look = _to_look_at(one, "; CẦN XEM LẠI: ")
    return f"{one.username}: {_roles(one)}; dùng gần nhất {used}; hiện số {one.reveals} lần{look}"


def _write(output: Path, found: list[Reviewed], day: str) -> None:
    if output.exists():
        raise InputError(f"Đã có tệp {output}.", "Chọn tên khác; tệp cũ không bị ghi đè.")
    with output.open("wb") as out:
        title = f"Rà soát quyền truy cập ngày {day}"
        book = open_workbook(out, title, SystemClock().now(), streaming=False)
        columns = [SheetColumn(*one) for one in _COLUMNS]
        sheet = SheetWriter(book, "Quyền", columns, title=title)
        for one in found:
            sheet.row([one.username, one.name, _roles(one), _used(one), one.reveals,
                       _to_look_at(one)])  # fmt: skip
        book.close()


def _roles(one: Reviewed) -> str:
    return ", ".join(map(told_role, one.roles)) or "không"


def told_role(one: HeldRole) -> str:
    """'checker (01273, health, đến 31/12/2026)'."""
    place = one.unit or "toàn tỉnh"
    family = f", {one.department}" if one.department else ""
    return f"{one.role} ({place}{family}, đến {one.until.astimezone(TIME_ZONE):%d/%m/%Y})"


def _used(one: Reviewed) -> str:
    return f"{one.last_use.astimezone(TIME_ZONE):%d/%m/%Y}" if one.last_use else ""


def _to_look_at(one: Reviewed, before: str = "") -> str:
    said = [f"vai trò xung đột {pair}" for pair in one.conflicts]
    said += [f"{role} sắp hết hạn, cấp lại nếu còn cần" for role in one.expiring]
    said += [f"không dùng {IDLE_DAYS} ngày, thu quyền"] if one.idle and one.roles else []
    said += ["tài khoản khoá còn vai trò"] if one.disabled and one.roles else []
    return f"{before}{'; '.join(said)}" if said else ""
