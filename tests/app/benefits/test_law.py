"""The law as a table: one case for every row of data and every rule, each with its article.

`law.csv` holds its own copy of every amount, so that data changed by mistake is found. A row of
data that no case needs fails a test: whoever adds a rate adds what it must give. Columns: `facts`
are the groups of one person, 'C4:2 + C6c', or an individual level 'MQ142:2000000@2026-01'; `when` a
month or a day; `known_for` the month whose list pays; `also` what the rule needs besides.
"""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.beneficiaries.terms import handover, start_month, stop_month
from app.benefits.book import Level
from app.benefits.campaigns import all_campaigns
from app.benefits.facts import level_of_key
from app.benefits.funeral import Deceased, all_supports, at_death
from app.benefits.groups import all_groups, group
from app.benefits.rates import base_salaries, standing_book
from app.benefits.rules import Enrolment, History, compute
from app.errors import InputError

BOOK = standing_book()


class Case(NamedTuple):
    """One line of the table."""

    rule: str
    facts: str
    when: str
    known_for: str
    area: str
    also: str
    expected: str
    decree: str
    article: str


@cache
def cases() -> tuple[Case, ...]:
    text = Path(__file__).with_name("law.csv").read_text("utf-8")
    return tuple(Case(**row) for row in csv.DictReader(text.splitlines()))


def of_rule(*rules: str) -> list[Any]:
    return [
        pytest.param(one, id=f"{one.rule} {one.facts} {one.when} {one.area}{one.also}")
        for one in cases()
        if one.rule in rules
    ]


def person(facts: str, start: str = "2015-01") -> list[Enrolment]:
    """The enrolments that a case's facts mean."""
    found = []
    for number, fact in enumerate(filter(None, facts.split(" + ")), 1):
        code, _, key = fact.partition(":")
        amount, since = level_of_key(key)
        plain = "" if amount else key
        found.append(
            Enrolment(number, group(code).programme, code, plain, amount, start, level_of=since)
        )
    return found


def level(one: Case) -> Level:
    (fact,) = person(one.facts)
    of, known = group(fact.group), BOOK.known(one.known_for)
    if of.amount_kind == "individual":
        assert fact.individual_amount
        return BOOK.individual(of, fact.individual_amount, fact.level_of, one.when, known)
    return BOOK.level(of, fact.table_key, one.when, known, one.area)


def decree_of(found: Level) -> str:
    if found.rate:
        return found.rate.decree
    return found.indices[-1].decree if found.indices else ""


@pytest.mark.parametrize("one", of_rule("level"))
def test_a_level(one: Case) -> None:
    found = level(one)
    assert (found.amount, decree_of(found)) == (int(one.expected), one.decree)
    (fact,) = person(one.facts)
    if one.when >= "2026" and not one.area:
        assert one.article == group(fact.group).article


@pytest.mark.parametrize("one", of_rule("refused"))
def test_a_level_that_is_not_held(one: Case) -> None:
    with pytest.raises(InputError, match=one.expected):
        level(one)


@pytest.mark.parametrize("one", of_rule("together"))
def test_lines_side_by_side(one: Case) -> None:
    lines = compute(person(one.facts), one.when, History(BOOK, opening=one.when))
    assert sum(line.regular for line in lines) == int(one.expected), one.article


@pytest.mark.parametrize("one", of_rule("arrears"))
def test_arrears(one: Case) -> None:
    """A line that ran from the month `also`: what the list of `when` pays for the months before."""
    history = History(BOOK.of_area(one.area), area=one.area)
    lines = compute(person(one.facts, one.also), one.when, history)
    assert sum(line.arrears for line in lines) == int(one.expected), one.article
    assert [line.arrears_basis or "" for line in lines] == [one.decree]


@pytest.mark.parametrize("one", of_rule("start"))
def test_the_first_month(one: Case) -> None:
    condition = date.fromisoformat(one.also) if one.also else None
    assert start_month(one.facts, date.fromisoformat(one.when), condition) == one.expected


@pytest.mark.parametrize("one", of_rule("stop", "move"))
def test_the_last_month(one: Case) -> None:
    day = date.fromisoformat(one.when)
    found = stop_month(day) if one.rule == "stop" else ">".join(handover(day))
    assert found == one.expected, one.article


@pytest.mark.parametrize("one", of_rule("death"))
def test_what_a_death_gives(one: Case) -> None:
    name, _, value = one.also.partition("=")
    told: dict[str, Any] = {name: frozenset({value}) if value else True} if name else {}
    who = Deceased(date.fromisoformat(one.when), person(one.facts), **told)
    found = at_death(who, one.known_for, History(BOOK.of_area(one.area), area=one.area))
    assert "; ".join(f"{each.code} {each.amount}" for each in found) == one.expected
    assert all(one.article in each.article for each in found)


@pytest.mark.parametrize("one", of_rule("campaign"))
def test_a_campaign(one: Case) -> None:
    found = all_campaigns()[one.facts]
    months = f"{found.first_month}..{found.last_month}"
    said = {"gift": str(found.amount), "ahead": found.first_month, "education": months}
    assert said[found.kind] == one.expected
    assert one.article in f"{found.name} {found.decree}"
    assert found.from_day <= found.to_day


@pytest.mark.parametrize("one", of_rule("salary"))
def test_the_base_salary(one: Case) -> None:
    book = base_salaries()
    found = book.standard("base_salary", one.when, book.known(one.known_for))
    assert found is not None
    assert (found.standard, found.decree) == (int(one.expected), one.decree)


def test_every_row_of_data_has_a_case() -> None:
    """Groups, rates, table rows, rises, supports, campaigns: a new one without a case fails."""
    levels = [one for one in cases() if one.rule == "level"]
    found = [(one, level(one), person(one.facts)[0]) for one in levels]
    assert {fact.group for _, _, fact in found} == set(all_groups())
    reached = {of.rate for _, of, _ in found if of.rate}
    bare = {one.decree for one in cases() if one.rule == "refused"}
    assert {rate for rate in BOOK.rates if rate.decree not in bare} == reached
    rows = {
        (of.rate.table, fact.group, "" if group(fact.group).counted else fact.table_key)
        for _, of, fact in found
        if of.rate
    }
    assert rows == set(BOOK.rows)
    assert {index for _, of, _ in found for index in of.indices} == set(BOOK.indices)
    deaths = {each.split()[0] for one in cases() if one.rule == "death"
              for each in one.expected.split("; ") if each}  # fmt: skip
    assert deaths == set(all_supports())
    assert {one.facts for one in cases() if one.rule == "campaign"} == set(all_campaigns())
    salaries = {one.decree for one in cases() if one.rule == "salary"}
    assert salaries == {rate.decree for rate in base_salaries().rates}


def test_every_case_names_its_article() -> None:
    assert all(one.article for one in cases())
    assert len({one[:6] for one in cases()}) == len(cases())
