"""`ansinh take-over compare`: the older system's month beside ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from app.cli.options import answer, with_database, with_json
from app.cli.signing import keyring_of, opened
from app.clock import SystemClock
from app.errors import InputError
from app.months import in_words
from app.printing.spreadsheet import SheetColumn, SheetWriter, open_workbook
from app.takeover.parallel import (
    DIFFERS,
    KINDS,
    ONLY_HERE,
    ONLY_THERE,
    SAME,
    Compared,
    Line,
    compare,
)
from app.takeover.parallel_file import ParallelRow, read_parallel
from ledger.money import format_vnd

SHOWN = 50
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_WORDS = {SAME: "giống nhau", DIFFERS: "khác số tiền", ONLY_THERE: "chỉ hệ thống cũ có",
          ONLY_HERE: "chỉ ở đây có"}  # fmt: skip
_COLUMNS = (("So sánh", 20), ("Mã", 12), ("Họ và tên", 28), ("Số CCCD", 16), ("Chương trình", 14),
            ("Cũ: tháng này", 14), ("Cũ: truy lĩnh", 14), ("Ở đây: tháng này", 16),
            ("Ở đây: truy lĩnh", 16), ("Lệch", 14), ("Vì sao", 80))  # fmt: skip


@click.command("compare")
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--period", required=True, help="Tháng đã chi ở hệ thống cũ, ví dụ 2026-10.")
@click.option("--area", default="", help="Chỉ so với người của xã này (mã xã).")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
              help="Ghi mọi dòng ra tệp Excel.")  # fmt: skip
@with_database
@with_json
def compare_command(
    files: tuple[Path, ...], period: str, area: str, output: Path | None,
    database_url: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Tháng chạy song song: so từng dòng với danh sách chi của hệ thống cũ. Không ghi gì vào sổ.

    Tệp Excel có các cột Số CCCD, Họ và tên, Chương trình, Số tiền, Truy lĩnh. Mã thoát 1 khi còn
    dòng khác nhau.
    """
    rows = _rows(files)
    with opened(database_url) as house, house.database.snapshot() as session:
        found = compare(session, keyring_of(house), rows, period, area)
    if output is not None:
        _write(output, found, period)
    answer(as_json, _value(found), "\n".join(_text(found, period)))
    if not found.agrees:
        sys.exit(1)


def _rows(files: tuple[Path, ...]) -> list[ParallelRow]:
    read = [read_parallel(one) for one in files]
    errors = [error for one in read for error in one.errors]
    if errors:
        more = f"\n… và {len(errors) - SHOWN} lỗi khác" if len(errors) > SHOWN else ""
        raise InputError("\n".join(errors[:SHOWN]) + more, "Sửa tệp rồi chạy lại; chưa so sánh gì.")
    return [row for one in read for row in one.rows]


def _value(found: Compared) -> dict[str, Any]:
    lines = [
        {"kind": one.kind, "person": one.person_id, "name": one.name, "citizen_id": one.citizen,
         "programme": one.programme, "theirs": one.theirs._asdict(), "ours": one.ours._asdict(),
         "why": one.why}
        for one in found.lines if one.kind != SAME
    ]  # fmt: skip
    return {
        "counts": {kind: found.counts.get(kind, 0) for kind in KINDS},
        "theirs": found.theirs,
        "ours": found.ours,
        "difference": found.ours - found.theirs,
        "lines": lines,
    }


def _text(found: Compared, period: str) -> Iterator[str]:
    yield f"Kỳ {in_words(period)}: {len(found.lines)} dòng"
    for kind in KINDS:
        yield f"  {_WORDS[kind]}: {found.counts.get(kind, 0)}"
    yield (f"  Hệ thống cũ {format_vnd(found.theirs)}, ở đây {format_vnd(found.ours)},"
           f" lệch {format_vnd(found.ours - found.theirs)}")  # fmt: skip
    apart = [one for one in found.lines if one.kind != SAME]
    yield from map(_said, apart[:SHOWN])
    if len(apart) > SHOWN:
        yield f"… và {len(apart) - SHOWN} dòng khác; ghi hết ra Excel bằng -o."


def _said(one: Line) -> str:
    who = f"AS-{one.person_id:06}" if one.person_id else "(chưa có mã)"
    amounts = f"cũ {format_vnd(one.theirs.total)}, ở đây {format_vnd(one.ours.total)}"
    return f"{_WORDS[one.kind]}: {who} {one.name} {one.citizen}: {amounts}. {one.why}"


def _write(output: Path, found: Compared, period: str) -> None:
    if output.exists():
        raise InputError(f"Đã có tệp {output}.", "Chọn tên khác; tệp cũ không bị ghi đè.")
    title = f"So sánh tháng chạy song song {in_words(period)}"
    with output.open("wb") as out:
        book = open_workbook(out, title, SystemClock().now(), streaming=True)
        columns = [SheetColumn(*one) for one in _COLUMNS]
        sheet = SheetWriter(book, "So sánh", columns, title=title)
        for one in found.lines:
            sheet.row(
                [_WORDS[one.kind], f"AS-{one.person_id:06}" if one.person_id else "", one.name,
                 one.citizen, one.programme, *one.theirs, *one.ours,
                 one.ours.total - one.theirs.total, one.why]
            )  # fmt: skip
        sheet.row(["Cộng", "", "", "", "", found.theirs, None, found.ours, None,
                   found.ours - found.theirs], bold=True)  # fmt: skip
        book.close()
