"""Sums over time and over people: a rise loses no đồng, a funeral is the highest only."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.benefits.book import Index, RateBook
from app.benefits.explain import explain
from app.benefits.funeral import ARRANGER, RELATIVE, Deceased, all_supports, at_death
from app.benefits.groups import all_groups, group
from app.benefits.rates import amount, standing_book
from app.benefits.rules import Enrolment, History, due
from app.benefits.values import Granted
from app.months import day_in, months_between, shift

BOOK = standing_book()
OPENING, END = "2026-01", "2026-12"


def individual(given_level: int, start: str = OPENING, since: str = "") -> Enrolment:
    return Enrolment(1, "merit", "MQ142", "", given_level, start, level_of=since)


def paid(book: RateBook, one: Enrolment) -> tuple[int, int]:
    """(granted, regular only) of all lists from the opening to the end."""
    granted: list[Granted] = []
    listed = None
    for period in months_between(OPENING, END):
        history = History(book, OPENING, listed)
        for line in due([one], period, history, granted).lines:
            cell = line.programme, line.component
            granted.append(Granted(period, *cell, line.regular, 0))
            for part in line.stretches:
                months = months_between(part.first, part.last)
                granted += [Granted(month, *cell, 0, part.monthly) for month in months]
        listed = period
    return sum(each.regular + each.arrears for each in granted), sum(
        each.regular for each in granted
    )


rises = st.lists(
    st.tuples(
        st.integers(2, 12),  # month it counts from
        st.integers(0, 4),  # months until its list knows it
        st.integers(1_001, 1_300),  # per 1,000
        st.sampled_from([1, 100, 1_000]),  # rounded to
    ),
    max_size=3,
    unique_by=lambda one: one[0],
)


@given(st.integers(100_001, 9_000_000), rises)
@settings(max_examples=60, deadline=None)
def test_a_rise_however_late_loses_no_dong(
    level: int, found: list[tuple[int, int, int, int]]
) -> None:
    """What is granted over the year is what is due in hindsight, for all that was known in time."""
    indices = []
    for number, (month, late, times, to) in enumerate(found):
        counts = day_in(f"2026-{month:02}", 1)
        known = day_in(shift(f"2026-{month:02}", late - 1), 1)
        indices.append(Index("MQ142", times, 1_000, to, counts, known, known, f"NĐ {number}", True))
    book = replace(BOOK, indices=tuple(indices))
    known = book.known(END)
    hindsight = [
        book.individual(group("MQ142"), level, OPENING, month, known).amount
        for month in months_between(OPENING, END)
    ]
    # One in a thousand, rounded, may be a fall: what was paid too much is no arrears.
    assume(hindsight == sorted(hindsight))
    total, regular = paid(book, individual(level))
    assert total == sum(hindsight)
    assert regular <= total


def test_a_rise_signed_late_is_arrears_with_its_decree() -> None:
    """Decree 162/2026 is known in August: July is caught up, once, and the words say how."""
    history = History(BOOK, OPENING, "2026-07")
    granted = [Granted(one, "merit", "monthly", 2_000_000, 0)
               for one in months_between(OPENING, "2026-07")]  # fmt: skip
    (line,) = due([individual(2_000_000)], "2026-08", history, granted).lines
    assert (line.regular, line.arrears) == (2_160_000, 160_000)
    assert line.arrears_basis == "Nghị định 162/2026/NĐ-CP"
    told = explain([individual(2_000_000)], "2026-08", history, granted)
    assert (
        "Mức riêng 2.000.000 theo quyết định × 1,08 (Nghị định 162/2026/NĐ-CP) = 2.160.000;"
        " truy lĩnh 1 tháng 07/2026" in told
    )
    assert "cần đối chiếu văn bản gốc" in told


def test_a_level_older_than_the_books_is_what_was_paid_when_they_opened() -> None:
    old = individual(2_000_000, "2012-05")
    assert paid(BOOK, old) == (
        6 * 2_000_000 + 6 * 2_160_000,
        6 * 2_000_000 + 6 * 2_160_000 - 160_000,
    )
    named = individual(2_000_000, "2012-05", since="2024-01")
    level = amount("merit", "MQ142", "", "2026-08", "2026-12", individual_amount=2_000_000,
                   level_of="2024-01")  # fmt: skip
    (line,) = due([named], "2026-08", History(BOOK)).lines
    assert line.regular == level == 2_484_000


def test_an_index_rounds_half_up_to_its_unit() -> None:
    index = replace(BOOK.indices[0], times=1_005, per=1_000, round_to=1_000)
    assert [index.raised(one) for one in (100_000, 99_502, 99_503)] == [101_000, 100_000, 100_000]
    assert replace(index, round_to=1).raised(100_100) == 100_601  # 100.600,5


own = [code for code, of in all_groups().items() if of.component == "monthly"]


@given(
    st.lists(st.sampled_from(own), max_size=4, unique=True),
    st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["2026-06", "2026-09"]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_death_gives_one_funeral_support_the_highest(
    codes: list[str], child: bool, other: bool, disaster: bool, month: str
) -> None:
    facts = []
    for number, code in enumerate(codes, 1):
        of = group(code)
        key = "" if of.counted or of.amount_kind == "individual" else BOOK.table_keys(code)[0]
        level = 2_000_000 if of.amount_kind == "individual" else None
        facts.append(Enrolment(number, of.programme, code, key, level, "2020-01"))
    who = Deceased(day_in(month, 9), facts, frozenset(), child, other, disaster)
    found = at_death(who, "2026-12", History(BOOK))
    payees = Counter(one.payee for one in found)
    assert payees[ARRANGER] <= 1
    assert payees[RELATIVE] <= 1
    alone = [at_death(replace(who, **{name: False}), "2026-12", History(BOOK))
             for name in ("child_of_parent", "other_allowance", "in_disaster")]  # fmt: skip
    highest = max((one.amount for one in found if one.payee == ARRANGER), default=0)
    for less in alone:
        assert all(one.amount <= highest for one in less if one.payee == ARRANGER)


def test_a_support_of_before_its_law_is_none() -> None:
    first = min(one.effective_from for one in all_supports().values())
    early = Deceased(date(first.year - 1, 6, 1), [], in_disaster=True)
    assert at_death(early, "2026-12", History(BOOK)) == ()
