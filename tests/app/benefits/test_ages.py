"""Ages that change what a person is due: who reaches one in a month, and what is proposed."""

from __future__ import annotations

from datetime import date

import pytest

from app.benefits.ages import age_rules, reached, says
from app.benefits.groups import MASKED, all_groups
from tests.factories import ASSISTANCE, OCTOBER, House, row


def proposals(house: House, period: str, **more: int) -> list[str]:
    """What is said of everybody who reaches an age in that month."""
    with house.database.view() as session:
        return [says(one.rule) for one in reached(session, period, **more)]


def born(house: House, group: str, birth: str, programme: str = ASSISTANCE) -> None:
    """One person of that group, known by the day or by the year."""
    day = date.fromisoformat(birth) if len(birth) > 4 else None
    facts = {"birth_date": day, "birth_year": int(birth[:4])}
    key = "2" if group == "C4" else ""
    house.register(OCTOBER, row(1, programme=programme, group=group, table_key=key, **facts))


# Group, birth, the month in which the age is reached, what is said.
REACHED = [
    ("C1a", "2022-11-30", "2026-11", "Đủ 4 tuổi"),
    ("C1b", "2010-11-01", "2026-11", "Đủ 16 tuổi"),
    ("C2", "2004-11-15", "2026-11", "Đủ 22 tuổi"),
    ("C3a", "2022-11-15", "2026-11", "Đủ 4 tuổi"),
    ("C3b", "2010-12-31", "2026-12", "Đủ 16 tuổi"),
    ("C5a1", "1946-11-15", "2026-11", "Đủ 80 tuổi"),
    ("C5b", "1946-11-15", "2026-11", "Đủ 80 tuổi"),
    ("C6a", "1966-11-15", "2026-11", "Đủ 60 tuổi"),
    ("C6b", "2010-11-15", "2026-11", "Đủ 16 tuổi"),
    ("C6c", "1966-11-15", "2026-11", "Đủ 60 tuổi"),
    ("C6d", "2010-11-15", "2026-11", "Đủ 16 tuổi"),
    ("C7", "2023-11-15", "2026-11", "Đủ 36 tháng"),
    ("P2", "1951-11-15", "2026-11", "Đủ 75 tuổi"),
    ("C6c", "1951-11-15", "2026-11", "Đủ 75 tuổi"),
]


@pytest.mark.parametrize(("group", "birth", "period", "age"), REACHED)
def test_an_age_is_proposed_in_its_month_only(
    house: House, group: str, birth: str, period: str, age: str
) -> None:
    programme = "pension" if group == "P2" else ASSISTANCE
    born(house, group, birth, programme)
    months = [f"2026-{month:02}" for month in (10, 11, 12)]
    found = {month: proposals(house, month) for month in months}
    assert [month for month, told in found.items() if told] == [period]
    assert all(told.startswith(f"{age}: xét ") for told in found[period])


def test_no_proposal_tells_of_health(house: House) -> None:
    """Two children of four years, one of them with HIV: the words are the same."""
    facts = {"birth_date": date(2022, 11, 2), "birth_year": 2022, "programme": ASSISTANCE}
    house.register(OCTOBER, row(1, group="C1a", **facts), row(2, group="C3a", **facts))
    one, other = proposals(house, "2026-11")
    assert one == other
    assert "HIV" not in one


def test_a_pension_is_called_by_its_name(house: House) -> None:
    born(house, "P2", "1951-11-15", "pension")
    assert proposals(house, "2026-11") == ["Đủ 75 tuổi: xét trợ cấp hưu trí xã hội."]


def test_who_has_the_pension_is_not_proposed_it_again(house: House) -> None:
    born(house, "P1", "1951-11-15", "pension")
    assert proposals(house, "2026-11") == []


def test_a_birth_known_by_its_year_follows_the_setting(house: House) -> None:
    born(house, "P2", "1952", "pension")
    assert len(proposals(house, "2027-01")) == 1
    assert proposals(house, "2027-12") == []
    assert len(proposals(house, "2027-12", year_only_month=12)) == 1


def test_who_has_left_is_not_proposed(house: House) -> None:
    dead = {"event": "death", "event_date": date(2026, 10, 3)}
    facts = {"birth_date": date(1951, 11, 2), "birth_year": 1951, "group": "P2"}
    house.register(OCTOBER, row(1, **facts, **dead))
    assert proposals(house, "2026-11") == []


@pytest.mark.house
def test_every_rule_names_groups_that_there_are() -> None:
    codes = {rule.group for rule in age_rules()} | {rule.becomes for rule in age_rules()}
    assert codes - {"*", ""} <= all_groups().keys()
    assert codes & MASKED  # they are reached like others, and told like others
