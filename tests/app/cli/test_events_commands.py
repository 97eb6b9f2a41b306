"""`ansinh events` as an officer uses it, on both databases."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from app.cli.main import cli
from app.errors import AnSinhError
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, OTHER_COMMUNE, House, row

MAKER, CHECKER = f"maker.{COMMUNE}", f"checker.{COMMUNE}"


def run(house: House, *words: str) -> Result:
    url = house.database.url.render_as_string(hide_password=False)
    return CliRunner().invoke(cli, ["events", *words, "--database", url])


def answered(house: House, *words: str) -> Any:
    result = run(house, *words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.output)


def test_a_death_from_word_to_decision(house: House) -> None:
    house.register(OCTOBER, row(1))
    event = answered(house, "death", "AS-000001", "--on", "2026-08-10", "--officer", MAKER)["event"]
    assert "Mất ngày 10/08/2026" in run(house, "list", "--area", COMMUNE).output
    own = run(house, "confirm", str(event), "--officer", MAKER, "--decision", "5/QĐ-UBND")
    assert isinstance(own.exception, AnSinhError)
    done = answered(house, "confirm", str(event), "--officer", CHECKER, "--decision", "5/QĐ-UBND")
    assert done == {"event": event, "state": "confirmed"}
    shown = run(house, "show", str(event)).output
    assert "đã xác nhận" in shown
    assert "5/QĐ-UBND" in shown
    for month, told in (("2026-08", "đang hưởng"), ("2026-09", "đã thôi")):
        assert told in run(house, "lines", "1", "--period", month).output
    assert answered(house, "list", "--kind", "funeral")["events"][0]["person_id"] == 1


def test_a_move_is_seen_and_decided_by_both(house: House) -> None:
    house.register(OCTOBER, row(1))
    to = ("--to", OTHER_COMMUNE, "--on", "2026-08-10", "--officer", MAKER)
    event = str(answered(house, "move", "1", *to)["event"])
    for area in (COMMUNE, OTHER_COMMUNE):
        assert len(answered(house, "list", "--area", area)["events"]) == 1
    asked = run(house, "confirm", event, "--officer", "checker.all", "--decision", "1/QĐ")
    assert "--side" in str(asked.exception)
    first = run(house, "confirm", event, "--officer", CHECKER, "--decision", "1/QĐ")
    assert "còn chờ xã kia" in first.output
    assert f"chờ xã {OTHER_COMMUNE}" in run(house, "unanswered", "--days", "0").output
    other = ("--officer", f"checker.{OTHER_COMMUNE}", "--reason", "Không đến")
    assert answered(house, "refuse", event, *other)["state"] == "refused"


def test_papers_and_what_is_found(house: House) -> None:
    parent = row(1, programme=ASSISTANCE, group="C4", table_key="1")
    house.register(OCTOBER, parent)
    child = ("--name", "Nông Văn Con", "--birth", "2010-11-20", "--relation", "con")
    assert answered(house, "dependant", "1", *child, "--officer", MAKER) == {"number": 1}
    found = answered(house, "find", "--period", "2026-11")["found"]
    assert found == {"dependant_age": 1}
    paper = ("--until", "2026-12-31", "--paper", "GXN 1", "--number", "1", "--officer", MAKER)
    assert "Đã ghi" in run(house, "study", "1", *paper).output
    assert answered(house, "find", "--period", "2026-12")["found"] == {"study_ends": 1}
    assert isinstance(run(house, "resume", "1", "--officer", MAKER).exception, AnSinhError)


def test_a_merge_is_entered_for_the_whole_province(house: House) -> None:
    what = (COMMUNE, "--into", OTHER_COMMUNE, "--from", "2026-12", "--decree", "1/NQ")
    assert isinstance(run(house, "merge-area", *what, "--officer", CHECKER).exception, AnSinhError)
    assert "không dùng lại" in run(house, "merge-area", *what, "--officer", "checker.all").output
