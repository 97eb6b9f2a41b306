"""Forms 10a to 10d: their sums are the register's, and no row tells of anybody's health."""

from __future__ import annotations

import io
from collections import Counter
from datetime import date
from typing import Any
from zipfile import ZipFile

import pytest

from app.benefits.groups import MASKED, group
from app.errors import InputError
from app.statements.statistics.counting import TOTAL, count_block, summed
from app.statements.statistics.document import Asked, write_statistics
from app.statements.statistics.forms import (
    Block,
    FormRow,
    Half,
    all_forms,
    form_named,
    require_hidden,
)
from tests.app.printing.reading import read_pdf
from tests.factories import ASSISTANCE, COMMUNE, OCTOBER, OTHER_COMMUNE, SEPTEMBER, House, row

NOVEMBER = "2026-11"
CODES = ("C1b", "C3a", "C3b", "C8", "C4", "C5a2", "C6a", "C6d", "K4")
COUNTED = {"C4": "1", "K4": "1"}


def assisted(number: int, code: str, **changes: Any) -> Any:
    key = COUNTED.get(code, "")
    return row(number, programme=ASSISTANCE, group=code, table_key=key, **changes)


def province(house: House) -> None:
    """A person of every group in one commune, some in the other; one man, one Kinh."""
    here = [assisted(at, code) for at, code in enumerate(CODES, 1)]
    house.register(SEPTEMBER, *here, row(20, sex="M"), row(21, ethnicity="Kinh"))
    there = [assisted(30, "C6a"), assisted(31, "C8"), row(32, birth_date=None, birth_year=1951)]
    house.register(SEPTEMBER, *there, commune=OTHER_COMMUNE)
    house.list_month(SEPTEMBER)


@pytest.mark.stage(of=province)
def test_every_sum_of_the_province_is_that_of_its_communes_and_of_the_register(
    house: House,
) -> None:
    half = Half.of(SEPTEMBER)
    owed = int(house.ask("select sum(amount) from obligation"))
    told = 0
    with house.database.view() as session:
        for block in (one for form in all_forms().values() for one in form.blocks):
            whole = summed(count_block(session, block, half))
            parts = [count_block(session, block, half, one) for one in (COMMUNE, OTHER_COMMUNE)]
            assert summed(parts[0] | parts[1]) == whole
            rows = [one for at, one in whole.items() if at != TOTAL]
            people = sum(one.people for one in rows)
            assert whole[TOTAL].people == people if rows else not whole
            told += whole[TOTAL].amount if whole and block in form_named("10a").blocks else 0
    assert told == owed


@pytest.mark.stage(of=province)
def test_rows_are_what_was_registered(house: House) -> None:
    half = Half.of(SEPTEMBER)
    wanted = Counter(dict.fromkeys(CODES, 1)) + Counter(P1=3, C6a=1, C8=1)
    with house.database.view() as session:
        for form in all_forms().values():
            for block in (one for one in form.blocks if not one.open):
                cells = summed(count_block(session, block, half))
                for at, one in enumerate(block.rows):
                    if (one.begin, one.end) != (None, None):
                        continue
                    people = cells[at].people if at in cells else 0
                    assert people == sum(wanted[code] for code in one.groups)
        pensions = summed(count_block(session, form_named("10a").blocks[0], half))[3]
        assert (pensions.people, pensions.women, pensions.minority) == (3, 2, 2)
        ages = summed(count_block(session, form_named("10c").blocks[1], half))
    assert {at: one.people for at, one in ages.items()} == {2: 1, 3: 3, TOTAL: 4}


def test_a_person_of_two_rows_counts_once_in_the_total(house: House) -> None:
    house.register(SEPTEMBER, assisted(1, "C6a"), row(1, row=99))
    with house.database.view() as session:
        cells = summed(count_block(session, form_named("10a").blocks[0], Half.of(SEPTEMBER)))
    assert [cells[at].people for at in (2, 3, TOTAL)] == [1, 1, 1]


def test_what_is_told_later_leaves_an_earlier_month_as_it_was(house: House) -> None:
    block = form_named("10a").blocks[0]
    for period in (SEPTEMBER, OCTOBER):
        house.register(period, row(1), row(2))
    house.register(NOVEMBER, row(1, event="death", event_date=date(2026, 9, 3)), row(2), row(3))
    with house.database.view() as session:
        found = [summed(count_block(session, block, Half.of(one)))[TOTAL].people
                 for one in (SEPTEMBER, OCTOBER, NOVEMBER)]  # fmt: skip
    assert found == [2, 2, 2]


@pytest.mark.stage(of=province)
def test_the_papers_say_what_is_not_confirmed_and_tell_of_nobodys_health(house: House) -> None:
    for area, due in ((COMMUNE, "15/12/2026"), ("", "15/01/2027")):
        paper, book = io.BytesIO(), io.BytesIO()
        with house.database.view() as session:
            asked, now = Asked(SEPTEMBER, area), house.clock.now()
            assert write_statistics(session, paper, asked, now, "pdf", synthetic=True) == 4
            assert write_statistics(session, book, asked, now, "xlsx", synthetic=True) == 4
        files = ZipFile(book)
        sheets = "".join(files.read(one).decode() for one in files.namelist())
        text = " ".join(read_pdf(paper.getvalue()).text.split())
        for each in (text, sheets):
            assert "cần đối chiếu với mẫu" in each
            assert f"Hạn gửi: {due}" in each
            never = {"HIV", *(group(one).name for one in MASKED)}
            assert {word for word in never if word in each} == set()
        assert text.count("………") == 24
        assert ("Theo xã" in sheets) == (area == "")


def test_an_empty_register_is_a_form_of_zeros(house: House) -> None:
    out = io.BytesIO()
    with house.database.view() as session:
        asked = Asked(OCTOBER, COMMUNE, "10d")
        write_statistics(session, out, asked, house.clock.now(), "pdf", synthetic=True)
        with pytest.raises(InputError, match="biểu"):
            write_statistics(session, out, Asked(OCTOBER, "", "10z"), house.clock.now(), "pdf",
                             synthetic=True)  # fmt: skip
    assert "10d" in read_pdf(out.getvalue()).text


@pytest.mark.parametrize(
    "row_told",
    [
        FormRow("một mình", ("C8",)),
        FormRow("thiếu một nhóm", ("C3a", "C8", "C1a", "C1b", "C2", "C4", "C7")),
        FormRow("quá ít nhóm khác", ("C3a", "C3b", "C8", "C7")),
        FormRow("theo tuổi", ("C1a", "C1b", "C2", "C3a", "C3b", "C4", "C7", "C8"), 4),
    ],
)
def test_a_form_in_which_hidden_groups_stand_apart_is_refused(row_told: FormRow) -> None:
    with pytest.raises(ValueError, match="stand apart"):
        require_hidden(Block("thử", (row_told,), money=True, open=False))


@pytest.mark.parametrize(
    ("period", "first", "due"),
    [("2026-06", "2026-01", date(2026, 6, 15)), ("2026-12", "2026-07", date(2026, 12, 15))],
)
def test_the_half_year_of_a_month(period: str, first: str, due: date) -> None:
    half = Half.of(period)
    assert (half.first, half.commune_due) == (first, due)
