"""`ansinh report items`: the lines between the exported books and the rates, for an auditor."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

import click

from app.cli.exports import new_path
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import MOMENT, PERIOD, aware
from app.errors import NotFound
from app.indicators.cashless import evidence_until
from app.indicators.items import COLUMNS, item_rows
from app.indicators.rates import cut_offs
from ledger.money import format_number


@click.command()
@PERIOD
@click.option("--as-of", type=MOMENT, help="Như lúc đó; bỏ trống là bây giờ.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Tệp CSV sẽ ghi.")
@with_database
@with_json
def items(
    period: str, as_of: datetime | None, output: Path, database_url: str | None, as_json: bool
) -> None:
    """Từng khoản của tháng, không tên, không số định danh, để tính lại tỷ lệ từ sổ đã kết xuất."""
    house = open_house(database_url)
    with house.database.snapshot() as session, new_path(output) as draft:
        until = evidence_until(cut_offs(period), aware(as_of, moment_of(session)))
        with draft.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            count = 0
            for row in item_rows(session, period, until):
                writer.writerow(row)
                count += 1
        if not count:
            raise NotFound(
                f"Tháng {period} chưa có danh sách nào được duyệt.", "Kiểm tra --period."
            )
    value = {"file": str(output), "period": period, "lines": count, "until": until}
    answer(as_json, value, f"Đã ghi {output}: {format_number(count)} khoản.")
