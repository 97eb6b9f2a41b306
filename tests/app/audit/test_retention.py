"""Every table has one class and a time; what is past its time is counted, and stays."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import app.schema  # noqa: F401  # every table is known
from app.audit.retention import (
    AFTERWARDS,
    COUNTED_FROM,
    RECORD,
    class_of,
    classes,
    counts,
)
from app.audit.retention_page import PAGE, renewed
from app.benefits.tables import obligation
from app.cli.main import cli
from ledger.schema import metadata
from tests.factories import House, september_sent

LATER = "2030-05"
YEARS_MIN = {
    "books": 10, "vouchers": 10, "acts": 10, "people": 10, "setup": 10, "keys": 10, "copies": 10,
    "papers": 5, "logs": 1, "staging": 0,
}  # fmt: skip


def test_every_table_belongs_to_exactly_one_class() -> None:
    named = sorted(table for one in classes() for table in one.tables)
    assert named == sorted(metadata.tables), "app/audit/data/retention.csv"


def test_every_class_is_complete_and_keeps_what_the_law_asks() -> None:
    assert {one.code: one.kept_years for one in classes()} == YEARS_MIN
    for one in classes():
        assert one.counted_from in COUNTED_FROM
        assert one.afterwards in AFTERWARDS
        assert one.name
        assert one.name_vi
        assert one.source
        assert one.note
        assert one.tables or one.files


def test_every_row_is_dated_by_columns_that_exist() -> None:
    for one in classes():
        for name, how in one.tables.items():
            _is_dated(name, how)


def _is_dated(name: str, how: str) -> None:
    """Follow the dates of a table up (or down) to a column of its own."""
    if how.startswith("<"):
        users, column = how[1:].split(".")
        assert column in metadata.tables[users].c
        return _is_dated(users, class_of(users).tables[users])
    column, _, parent = how.partition(">")
    if how:
        assert column in metadata.tables[name].c, (name, how)
    if parent:
        assert class_of(parent).tables[parent], f"{name}: {parent} has no date"
        return _is_dated(parent, class_of(parent).tables[parent])
    return None


def test_ten_years_are_counted_from_the_end_of_the_fiscal_year() -> None:
    books = class_of("entry")
    assert books.over_on(date(2026, 1, 1)) == date(2037, 1, 1)
    assert books.over_on(date(2026, 12, 31)) == date(2037, 1, 1)
    for day in (date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)):
        last = date.fromordinal(books.over_on(day).toordinal() - 1)
        assert day >= books.cutoff(last)
        assert day < books.cutoff(books.over_on(day))


@pytest.mark.parametrize("day", [date(2026, 3, 1), *(date(2028, 2, n) for n in (28, 29))])
def test_twelve_months_of_a_log_are_counted_from_its_day(day: date) -> None:
    logs = class_of("job_run")
    assert logs.counted_from == RECORD
    last = date.fromordinal(logs.over_on(day).toordinal() - 1)
    assert day >= logs.cutoff(last)
    assert day < logs.cutoff(logs.over_on(day))
    assert (logs.over_on(day) - day).days >= 365


@pytest.mark.stage(of=september_sent)
def test_what_is_past_its_time_is_counted_and_stays(house: House) -> None:
    def over(today: date) -> dict[str, int]:
        with house.database.view() as session:
            return {one.record_class.code: one.over for one in counts(session, today)}

    def rows() -> dict[str, int]:
        with house.database.view() as session:
            return {one.record_class.code: one.rows for one in counts(session, date(2026, 9, 30))}

    before = rows()
    assert set(over(date(2036, 12, 31)).values()) == {0, before["papers"]}
    late = over(date(2037, 1, 1))
    undated = sum(house.ask(f"select count(*) from {name}") for name in ("account", "period_gate"))
    assert late["books"] == before["books"] - undated
    assert late["vouchers"] == before["vouchers"] > 0
    assert late["people"] == before["people"] > 0
    assert late["setup"] == 0
    assert late["acts"] > 0
    assert rows() == before


@pytest.mark.stage(of=september_sent)
def test_a_person_is_kept_as_long_as_his_last_month(house: House) -> None:
    columns = [one.name for one in obligation.columns if one.name != "id"]
    of_2030 = [f"'{LATER}'" if name == "period" else name for name in columns]
    house.tamper(
        f"insert into obligation ({', '.join(columns)}) select {', '.join(of_2030)}"
        " from obligation where person_id = 1"
    )
    with house.database.view() as session:
        by_class = {one.record_class.code: one for one in counts(session, date(2037, 1, 1))}
        last = {one.record_class.code: one for one in counts(session, date(2041, 1, 1))}
    people = by_class["people"]
    assert 0 < people.over < people.rows
    assert last["people"].over == people.rows


def test_the_page_is_that_of_the_data() -> None:
    page = PAGE.read_text("utf-8")
    assert renewed(page) == page, "run: python -m app.audit.retention_page"
    assert page.count("<!-- end -->") == 1


@pytest.mark.stage(of=september_sent)
def test_the_command_says_that_nothing_is_deleted(house: House, tmp_path: Path) -> None:
    url = house.database.url.render_as_string(hide_password=False)
    told = CliRunner().invoke(cli, ["db", "retention", "--database", url])
    assert told.exit_code == 0, told.output
    assert "Phần mềm không xoá sổ hay chứng từ" in told.output
    asked = CliRunner().invoke(cli, ["db", "retention", "--database", url, "--json"])
    value = json.loads(asked.stdout)
    assert [one["class"] for one in value["classes"]] == [one.code for one in classes()]
    assert all(one["over"] == 0 for one in value["classes"])
