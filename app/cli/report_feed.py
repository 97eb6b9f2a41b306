"""`ansinh report feed`: one versioned feed for warehouse, operations centre and open data."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import click

from app.cli.exports import draft_of
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import PERIOD
from app.indicators.feed import COLUMNS, Row, document, news, read_watermark, watermark
from app.indicators.feed import rows as all_rows
from app.units.lookup import facts
from ledger.export.cells import inert
from ledger.money import format_number

CSV, JSON = "csv", "json"


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
        now = moment_of(session)
        at = watermark(session, now)
        synthetic = bool(facts(session).get("training"))
        found = (
            news(session, period, now, read_watermark(since), internal=internal)
            if since
            else all_rows(session, period, now, internal=internal)
        )
        told = list(found)
    with draft_of(output) as draft:
        if form == CSV:
            _write_csv(draft, told)
        else:
            value = document(period, at, told, synthetic=synthetic)
            draft.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    said = {"file": str(output), "watermark": str(at), "rows": len(told)}
    answer(as_json, said, f"Đã ghi {output}: {format_number(len(told))} dòng, mốc {at}.")


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for one in rows:
            values = one.as_json().values()
            writer.writerow(inert(cell) if isinstance(cell, str) else cell for cell in values)
