"""The feed: its rows have the shape of the schema, and a watermark brings only news."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import update

from app.clock import TIME_ZONE
from app.errors import InputError
from app.indicators.feed import COLUMNS, document, news, read_watermark, rows, watermark
from app.indicators.tie_out import differences, tie_out
from app.schema import drop_rules, install_rules
from ledger.schema import metadata
from tests.app.indicators.months import september_paid
from tests.factories import SEPTEMBER, House, row
from tests.support.commands import ansinh

pytestmark = pytest.mark.stage(of=september_paid)
THEN = datetime(2026, 9, 19, 20, tzinfo=TIME_ZONE)
TYPES = {"string": str, "integer": int, "boolean": bool, "null": type(None)}


def test_rows_have_the_shape_that_the_schema_tells(house: House) -> None:
    schema = json.loads(files("app.indicators").joinpath("data/feed.schema.json").read_text())
    row = schema["$defs"]["row"]
    assert tuple(row["properties"]) == tuple(row["required"]) == COLUMNS
    with house.database.view() as session:
        told = list(rows(session, SEPTEMBER, THEN))
        whole = document(SEPTEMBER, watermark(session, THEN), told, synthetic=True)
    assert sorted(whole) == sorted(schema["properties"])
    for one in whole["rows"]:
        for name, value in one.items():
            shape = row["properties"][name]
            if "enum" in shape:
                assert value in shape["enum"]
            else:
                kinds = [shape["type"]] if isinstance(shape["type"], str) else shape["type"]
                assert isinstance(value, tuple(TYPES[kind] for kind in kinds)), name


def test_few_people_are_not_published_but_the_whole_is(house: House) -> None:
    with house.database.view() as session:
        open_rows = list(rows(session, SEPTEMBER, THEN))
        inside = list(rows(session, SEPTEMBER, THEN, internal=True))
    assert {one.withheld for one in open_rows if one.breakdown == "all"} == {False}
    of_people = [one for one in open_rows if (one.breakdown, one.code) == ("sex", "R1")]
    assert [(one.n, one.d, one.percent) for one in of_people] == [(None, None, None)] * 2
    assert not any(one.withheld for one in inside)


def test_a_watermark_brings_only_news(house: House) -> None:
    with house.database.view() as session:
        first = watermark(session, THEN)
        later = THEN + timedelta(hours=1)
        assert list(news(session, SEPTEMBER, later, first, internal=True)) == []
        final = datetime(2026, 9, 20, 12, tzinfo=TIME_ZONE)
        assert watermark(session, final).sequence > first.sequence
        told = list(news(session, SEPTEMBER, house.clock.now(), first, internal=True))
    assert {one.state for one in told} == {"final"}  # all are judged at another cut-off now
    with pytest.raises(InputError, match="ở sau lúc này"), house.database.view() as session:
        list(news(session, SEPTEMBER, THEN - timedelta(days=1), first))


def test_only_what_a_new_fact_touches_is_news(house: House) -> None:
    now = house.clock.now()
    house.on("2026-11-02", "10:00")
    with house.database.view() as session:
        mark = read_watermark(str(watermark(session, now)))
        assert list(news(session, SEPTEMBER, house.clock.now(), mark, internal=True)) == []
    house.register("2026-11", row(1))
    with house.database.view() as session:
        told = list(news(session, SEPTEMBER, house.later(), mark, internal=True))
    assert {one.breakdown for one in told} >= {"commune", "sex"}
    assert not {one.breakdown for one in told} & {"all", "programme", "provider"}


@pytest.mark.parametrize("text", ["", "x/1", "2026-10-01T00:00:00/1", "2026-10-01/x"])
def test_a_broken_watermark_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="mốc"):
        read_watermark(text)


def test_a_figure_that_the_books_do_not_bear_out_is_named(house: House) -> None:
    payments = metadata.tables["instruction"]
    with house.owner.engine.begin() as connection:
        drop_rules(connection)
        connection.execute(update(payments).where(payments.c.id == 1).values(amount=600_000))
        install_rules(connection)
    with house.database.view() as session:
        wrong = differences(tie_out(session, SEPTEMBER, THEN))
    assert [(one.part, one.difference) for one in wrong] == [("sent", 100_000), ("paid", 100_000)]
    told = ansinh(house, "report", "tie-out", "--period", SEPTEMBER)
    assert told.exit_code == 1


def test_the_commands_write_the_same_rows(house: House, tmp_path: Path) -> None:
    target = tmp_path / "feed"
    args = ("report", "feed", "--period", SEPTEMBER, "--output")
    assert ansinh(house, *args, f"{target}.json").exit_code == 0
    assert ansinh(house, *args, f"{target}.csv", "--format", "csv").exit_code == 0
    told = json.loads(Path(f"{target}.json").read_text())
    with Path(f"{target}.csv").open(encoding="utf-8-sig") as file:
        written = list(csv.DictReader(file))
    assert len(written) == len(told["rows"])
    again = ansinh(house, *args, f"{target}.json", "--since", told["watermark"])
    assert again.exit_code == 0
