"""`ansinh report month`: the leader's month on one A4 page, the tables after it, as PDF."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.exports import draft_of
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import PERIOD
from app.indicators.papers import write_month


@click.command()
@PERIOD
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Tệp PDF sẽ ghi.")
@with_database
@with_json
def month(period: str, output: Path, database_url: str | None, as_json: bool) -> None:
    """Báo cáo tháng cho lãnh đạo: một trang A4 và các bảng, để in hoặc gửi."""
    house = open_house(database_url)
    with (
        house.database.snapshot() as session,
        draft_of(output) as draft,
        draft.open("wb") as out,
    ):
        write_month(session, period, moment_of(session), out)
    answer(as_json, {"file": str(output), "period": period}, f"Đã ghi {output}.")
