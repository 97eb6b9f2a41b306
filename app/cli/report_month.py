"""`ansinh report month`: the leader's month on one A4 page, the tables after it, as PDF."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.exports import draft_of
from app.cli.options import answer, moment_of, open_house, with_database, with_json
from app.cli.report_rates import PERIOD, require_list
from app.indicators.declared import declared
from app.indicators.leader import leader
from app.indicators.leader_printed import page
from app.indicators.readiness import board
from app.indicators.said import said
from app.printing.documents.leader_page import render_leader_page
from app.units.lookup import facts


@click.command()
@PERIOD
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Tệp PDF sẽ ghi.")
@with_database
@with_json
def month(period: str, output: Path, database_url: str | None, as_json: bool) -> None:
    """Báo cáo tháng cho lãnh đạo: một trang A4 và các bảng, để in hoặc gửi."""
    house = open_house(database_url)
    with house.database.snapshot() as session:
        now = moment_of(session)
        found = leader(session, period, now)
        require_list(found.answer)
        lights = board(session, period, found.communes, now)
        people = said(session, period, now)
        fields = sum(one.vouched for one in declared(session).values())
        synthetic = bool(facts(session).get("training"))
    shown = page(found, lights, fields, people, synthetic=synthetic)
    with draft_of(output) as draft, draft.open("wb") as out:
        render_leader_page(shown, out)
    answer(as_json, {"file": str(output), "period": period}, f"Đã ghi {output}.")
