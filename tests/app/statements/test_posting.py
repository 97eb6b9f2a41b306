"""Public posting: a month lived with and without people who must not be named looks the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.benefits.groups import all_groups
from app.errors import InputError
from app.statements.posting_document import (
    HEALTH_GROUPS,
    LEFT_OUT,
    write_posting_pdf,
    write_posting_xlsx,
)
from tests.app.statements.papers import HIDDEN, SEEN, drawn, in_order, sheet_rows, shown, written
from tests.factories import ASSISTANCE, OCTOBER, House, in_cash, row
from tests.support.mould import Mould


def with_hidden(house: House) -> None:
    house.register(OCTOBER, *HIDDEN, *SEEN)
    house.approve_month(OCTOBER)


def without_hidden(house: House) -> None:
    house.register(OCTOBER, *SEEN)
    house.approve_month(OCTOBER)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def twins(
    request: pytest.FixtureRequest, mould: Mould, tmp_path: Path
) -> Iterator[tuple[House, House]]:
    """The same October with and without people of the masked groups."""
    houses = []
    for stage in (with_hidden, without_hidden):
        home = tmp_path / stage.__name__
        home.mkdir()
        if request.param == "sqlite":
            houses.append(mould.on_sqlite(stage, home))
        else:
            server = request.getfixturevalue("postgres")
            houses.append(mould.on_postgresql(stage, home, server))
    yield houses[0], houses[1]
    for house in houses:
        house.close()
        if request.param != "sqlite":
            server.drop_database(str(house.database.url.database))


def posted(house: House) -> tuple[bytes, bytes]:
    (number,) = house.payrolls(OCTOBER, "approved")
    with house.database.view() as session:
        return (
            written(write_posting_pdf, session, number),
            written(write_posting_xlsx, session, number),
        )


def test_the_postings_of_twin_months_are_the_same_bytes(twins: tuple[House, House]) -> None:
    """Nothing on paper, and nothing in the file behind it, depends on who is left out."""
    one, other = twins
    count = "select count(*) from payroll_line"
    assert one.ask(count) == other.ask(count) + len(HIDDEN)
    assert posted(one) == posted(other)


def test_what_stands_on_it_and_what_does_not(twins: tuple[House, House]) -> None:
    pdf, xlsx = posted(twins[0])
    text, rows = drawn(pdf), sheet_rows(xlsx, "Niêm yết")
    public = all_groups()["C5a1"].public_name
    kept = "select name, substr(birth, 1, 4) from person where birth like '1960%' order by name"
    people = twins[0].rows(kept)
    amount = 990_000
    assert [one[1:] for one in rows] == [(1, *one, public, amount) for one in people]
    assert [one[0].split(",")[0] for one in rows] == ["Tổ 1", "Tổ 2"]
    in_order(text, (shown(one[1:]) for one in rows))
    for word in ("Kín", "Khuất", "Lý Bé", "Nặng", "Tổ 9", "HIV", "Tổ 3", "****", "000111000"):
        assert word not in text, word
        assert word not in str(rows), word
    for word in ("TỔNG CỘNG", "Cộng:", "Số người", "Bằng chữ"):
        assert word not in text, word
    assert "không phải toàn bộ bảng chi trả" in text
    assert "không niêm yết: người dưới 16 tuổi" in text


def test_a_programme_of_all_adults_is_posted_whole_with_the_same_notice(house: House) -> None:
    """The notice stands on every list, so that it tells nothing of this one."""
    house.register(OCTOBER, row(1), in_cash(2, birth_date=date(1950, 2, 3), birth_year=1950))
    house.approve_month(OCTOBER)
    pdf, xlsx = posted(house)
    assert [one[2] for one in sheet_rows(xlsx, "Niêm yết")] == [row(1).name, row(2).name]
    assert "không phải toàn bộ bảng chi trả" in drawn(pdf)


def test_an_empty_posting_would_tell_and_is_not_made(house: House) -> None:
    house.register(OCTOBER, *HIDDEN)
    house.approve_month(OCTOBER)
    (number,) = house.payrolls(OCTOBER, "approved")
    for write in (write_posting_pdf, write_posting_xlsx):
        with (
            house.database.view() as session,
            pytest.raises(InputError, match="không có danh sách để niêm yết"),
        ):
            write(session, number, io.BytesIO(), True)


def test_one_other_benefit_does_not_bring_a_person_back(house: House) -> None:
    """Somebody of a masked group who also gets a carer's allowance is left out with both."""
    both = replace(HIDDEN[0], row=99, group="K1", table_key="1", decision_number="9/QĐ-UBND")
    house.register(OCTOBER, HIDDEN[0], both, *SEEN)
    house.approve_month(OCTOBER)
    names = [one[2] for one in sheet_rows(posted(house)[1], "Niêm yết")]
    assert names == [SEEN[0].name, SEEN[1].name]


def test_from_sixteen_on_the_first_of_the_month(house: House) -> None:
    house.register(OCTOBER, *SEEN)
    house.approve_month(OCTOBER)
    (person_id,) = house.rows("select id from person where birth = '1960-03-02'")[0]
    for birth, stands in (("2010-10-01", 1), ("2010-10-02", 0), ("2010", 0), ("2009", 1)):
        house.tamper(f"update person set birth = '{birth}' where id = {person_id}")
        assert len(sheet_rows(posted(house)[1], "Niêm yết")) == 1 + stands, birth


def test_the_groups_left_out_are_groups_of_assistance() -> None:
    assert {all_groups()[one].programme for one in LEFT_OUT} == {ASSISTANCE}
    assert all("khuyết tật" in all_groups()[one].name for one in HEALTH_GROUPS)
