"""`ansinh report feed`: one versioned feed for warehouse, operations centre and open data."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.exports import draft_of
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import PERIOD
from app.indicators.papers import CSV, JSON, write_feed
from app.indicators.papers import feed as read
from ledger.money import format_number


@click.command()
@PERIOD
@click.option("--format", "form", type=click.Choice([JSON, CSV]), default=JSON)
@click.option("--since", default="", help="Trường watermark của lần đọc trước: chỉ đưa ra tin mới.")
@click.option("--internal", is_flag=True, help="Cho kho dữ liệu nội bộ: không che ô nhỏ.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Tệp sẽ ghi.")
@with_database
@with_json
def feed(
    period: str,
    form: str,
    since: str,
    internal: bool,
    output: Path,
    database_url: str | None,
    as_json: bool,
) -> None:
    """Ghi các chỉ số cho kho dữ liệu, trung tâm điều hành và dữ liệu mở; ô dưới 5 người bị che."""
    house = open_house(database_url)
    with house.database.snapshot() as session:
        found = read(session, period, moment_of(session), since, internal=internal)
    with draft_of(output) as draft, draft.open("wb") as into:
        write_feed(found, form, into)
    said = {"file": str(output), "watermark": str(found.at), "rows": len(found.rows)}
    count = format_number(len(found.rows))
    answer(as_json, said, f"Đã ghi {output}: {count} dòng, mốc {found.at}.")
