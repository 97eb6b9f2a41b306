"""`ansinh db retention`: how long each class of record is kept, and what is past its time."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from app import schema  # noqa: F401  # every table is known
from app.audit.retention import Count, counts
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.clock import local_date
from app.printing.values import day
from ledger.money import format_number


@click.command()
@with_database
@with_json
def retention(database_url: str | None, as_json: bool) -> None:
    """Thời hạn lưu giữ từng loại tài liệu; không xoá gì cả."""
    house = open_house(database_url)
    with closing(house.database), house.database.view() as session:
        today = local_date(moment_of(session))
        found = counts(session, today)
    value = {"today": today.isoformat(), "classes": [_value(one) for one in found]}
    told = [
        f"Tính đến {day(today)}; quá hạn là đã giữ đủ thời gian tối thiểu.",
        *(_line(one) for one in found),
        "Phần mềm không xoá sổ hay chứng từ; tiêu huỷ là quyết định của đơn vị.",
    ]
    answer(as_json, value, "\n".join(told))


def _value(one: Count) -> dict[str, Any]:
    kept = one.record_class
    return {
        "class": kept.code,
        "name": kept.name_vi,
        "kept_years": kept.kept_years,
        "counted_from": kept.counted_from,
        "source": kept.source,
        "afterwards": kept.afterwards,
        "rows": one.rows,
        "over": one.over,
    }


def _line(one: Count) -> str:
    kept = one.record_class
    years = f"{kept.kept_years} năm" if kept.kept_years else "tạm"
    rows = f"{format_number(one.rows):>11} dòng, quá hạn {format_number(one.over)}"
    return f"  {kept.name_vi:<34} {years:>7}  {rows if kept.tables else f'tệp: {kept.files}'}"
