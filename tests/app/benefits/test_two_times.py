"""What was true and what was known: late news gives exact arrears, or names what was too much."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.benefits.groups import group
from app.benefits.lookback import Cell, family_of
from app.benefits.rates import standing_book
from app.benefits.rules import Enrolment, History, due
from app.benefits.values import Due, Granted
from app.months import months_between, previous, shift

OPENING, END = "2026-06", "2026-12"
LISTS = months_between(OPENING, END)


@dataclass
class Books:
    """A person's grants as the tables keep them, list by list."""

    regular: Counter[tuple[str, Cell]] = field(default_factory=Counter)
    arrears: Counter[tuple[str, Cell]] = field(default_factory=Counter)
    listed: str | None = None
    found: Due = field(default_factory=lambda: Due((), ()))

    def list_month(self, period: str, facts: list[Enrolment]) -> Due:
        """Make the list of a month by what is known for it."""
        history = History(standing_book(), OPENING, self.listed)
        granted = [
            Granted(month, *cell, self.regular[month, cell], self.arrears[month, cell])
            for month, cell in self.regular.keys() | self.arrears.keys()
        ]
        self.found = due(facts, period, history, granted)
        for line in self.found.lines:
            cell = line.programme, line.component
            self.regular[period, cell] += line.regular
            for stretch in line.stretches:
                for month in months_between(stretch.first, stretch.last):
                    self.arrears[month, cell] += stretch.monthly
        self.listed = period
        return self.found

    @property
    def granted(self) -> int:
        return self.regular.total() + self.arrears.total()

    @property
    def too_much(self) -> int:
        return sum(one.amount for one in self.found.overpaid)


def enrol(
    code: str, start: str, stop: str | None = None, *, number: int = 1, key: str = ""
) -> Enrolment:
    return Enrolment(number, group(code).programme, code, key, None, start, stop, f"{number}/QĐ")


def told(code: str, start: str, stop: str | None = None) -> list[Enrolment]:
    return [enrol(code, start, stop)]


def test_a_late_decision_is_paid_from_its_first_month_with_its_number() -> None:
    """Signed in August, on the list in September: August is caught up, once."""
    books = Books()
    books.list_month("2026-08", [])
    (line,) = books.list_month("2026-09", told("C6c", "2026-08")).lines
    assert (line.regular, line.arrears, line.arrears_basis) == (750_000, 750_000, "Quyết định 1/QĐ")
    assert line.reason == (
        "Mức chuẩn 500.000 × hệ số 1,5 = 750.000; truy lĩnh 1 tháng 08/2026: "
        "750.000 × 1 = 750.000 (Quyết định 1/QĐ)"
    )
    (line,) = books.list_month("2026-10", told("C6c", "2026-08")).lines
    assert (line.regular, line.arrears) == (810_000, 2 * 60_000)
    assert line.arrears_basis == "Nghị định 335/2026/NĐ-CP"
    (line,) = books.list_month("2026-11", told("C6c", "2026-08")).lines
    assert (line.regular, line.arrears) == (810_000, 0)


def test_a_late_death_is_found_and_nothing_is_taken_off() -> None:
    """Died in June, told in September: July and August were too much; June is payable."""
    books = Books()
    for month in ("2026-06", "2026-07", "2026-08"):
        books.list_month(month, told("P1", "2026-01"))
    found = books.list_month("2026-09", told("P1", "2026-01", "2026-06"))
    assert found.lines == ()
    assert [(one.month, one.amount) for one in found.overpaid] == [
        ("2026-07", 500_000),
        ("2026-08", 500_000),
    ]
    assert found.overpaid[0].reason == "tháng 07/2026: đã tính 500.000, được hưởng 0"


def test_news_that_is_taken_back_leaves_nothing() -> None:
    """The death was another person's: what was found is found no more, the missed month is paid."""
    books = Books()
    books.list_month("2026-06", told("P1", "2026-01"))
    assert books.list_month("2026-07", told("P1", "2026-01", "2026-05")).overpaid
    found = books.list_month("2026-08", told("P1", "2026-01"))
    assert found.overpaid == ()
    assert [(one.regular, one.arrears) for one in found.lines] == [(500_000, 500_000)]


def test_a_better_group_told_late_pays_the_difference_only() -> None:
    """From a pension to severe disability: never both, but what the higher one gives more."""
    books = Books()
    pension, better = enrol("P1", "2026-01"), enrol("C6d", "2026-07", number=2)
    books.list_month("2026-07", [pension])
    books.list_month("2026-08", [pension])
    found = books.list_month("2026-09", [pension, better])
    assert [(one.programme, one.regular, one.arrears) for one in found.lines] == [
        ("assistance", 1_000_000, 2 * 500_000)
    ]


def test_a_lower_row_told_late_is_found_by_its_difference() -> None:
    books = Books()
    books.list_month("2026-06", [enrol("MTB", "2026-01", key="41")])
    found = books.list_month("2026-07", [enrol("MTB", "2026-01", key="21")])
    assert [(one.month, one.amount) for one in found.overpaid] == [
        ("2026-06", 3_667_000 - 1_878_000)
    ]
    assert [one.arrears for one in found.lines] == [0]


def test_what_others_paid_before_the_opening_is_not_ours() -> None:
    """A person who died before these books began; one whose decision is years old."""
    assert Books().list_month(OPENING, told("P1", "2025-08", "2025-12")) == Due((), ())
    (line,) = Books().list_month(OPENING, told("P1", "2025-08")).lines
    assert (line.regular, line.arrears) == (500_000, 0)


# ---------------------------------------------------------------- any order of late news

CODES = ["P1", "C6c", "C6d", "C4", "C8", "K4", "K6", "MAH", "MBMAHPV"]


@dataclass(frozen=True)
class News:
    """A fact of the person, and the list month from which on it is known."""

    known: str
    fact: Enrolment


@st.composite
def stories(draw: st.DrawFn) -> list[News]:
    """Enrolments, each known from some month on, then perhaps with another end."""
    news = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        start = shift("2026-04", draw(st.integers(0, 7)))
        fact = enrol(draw(st.sampled_from(CODES)), start, number=number)
        months = [one for one in LISTS if one >= start] or [END]
        news.append(News(draw(st.sampled_from(months)), fact))
        for _ in range(draw(st.integers(0, 2))):
            stop = draw(st.none() | st.integers(0, 6).map(lambda count, s=start: shift(s, count)))
            news.append(News(draw(st.sampled_from(LISTS)), replace(fact, stop=stop)))
    return news


def known_by(news: list[News], period: str) -> list[Enrolment]:
    """The last that is told of each enrolment; news of one that nobody knows yet waits with it."""
    first = {}
    for one in news:
        first.setdefault(one.fact.enrolment_id, one.known)
    facts = {}
    for one in sorted(news, key=lambda one: max(one.known, first[one.fact.enrolment_id])):
        if max(one.known, first[one.fact.enrolment_id]) <= period:
            facts[one.fact.enrolment_id] = one.fact
    return list(facts.values())


def true_total(news: list[News]) -> int:
    """What is due from the opening to the end by all that is known in the end."""
    facts = known_by(news, END)
    books = Books()
    history = History(standing_book(), OPENING, previous(END))
    window = history.view(END).all_months
    granted = books.list_month(END, facts)  # nothing granted before: everything is due now
    before = [month for month in window.months if month < OPENING]
    assert granted.overpaid == ()
    return books.granted - sum(
        amount for (month, _), amount in books.arrears.items() if month in before
    )


@settings(max_examples=300, deadline=None)
@given(stories())
def test_whatever_the_order_of_news_the_same_is_paid(news: list[News]) -> None:
    """Granted less what was found too much = what is due by all that is known in the end."""
    books = Books()
    for month in LISTS:
        before = books.granted
        books.list_month(month, known_by(news, month))
        assert books.granted >= before
    known = {month: amount for (month, _), amount in books.arrears.items() if month < OPENING}
    assert books.granted - sum(known.values()) - books.too_much == true_total(news)


@settings(max_examples=200, deadline=None)
@given(stories())
def test_no_month_is_ever_granted_more_than_was_due_by_what_was_known(news: list[News]) -> None:
    books = Books()
    for month in LISTS:
        facts = known_by(news, month)
        was = _by_month(books)
        books.list_month(month, facts)
        ideal = Books()
        ideal.list_month(month, facts)
        most = _by_month(ideal)
        for one, amount in _by_month(books).items():
            assert amount <= max(was[one], most[one])


def _by_month(books: Books) -> Counter[tuple[str, Cell]]:
    """Granted by month and family."""
    sums: Counter[tuple[str, Cell]] = Counter()
    for counter in (books.regular, books.arrears):
        for (month, cell), amount in counter.items():
            sums[month, family_of(cell)] += amount
    return sums
