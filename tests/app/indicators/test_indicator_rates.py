"""The rates as exact fractions, their definitions, and the proof about 80.75 %."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import TIME_ZONE
from app.indicators.definitions import CREDITED, DEFINITIONS, VERSION, Words
from app.indicators.measures import SIDES
from app.indicators.rates import (
    NO_COUNTS,
    Counts,
    PersonMonth,
    cut_offs,
    figure,
    figures,
    no_whole_denominator,
    percent,
    tally,
)
from app.indicators.said import SIDES as SAID

NOON = datetime(2026, 10, 20, 12, tzinfo=TIME_ZONE)


@pytest.mark.parametrize(
    ("n", "d", "shown"),
    [
        (0, 0, None),
        (5, 0, None),
        (0, 7, "0.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 1, "100.00"),
        (1, 20_000, "0.01"),  # 0.005 goes up
        (1, 20_001, "0.00"),
        (745, 852, "87.44"),
        (8_388, 10_380, "80.81"),
        (958_367, 794_301, "120.66"),  # above 100 is a legitimate answer
        (1_017, 1_259, "80.78"),
        (1_017, 1_260, "80.71"),
        (10**18 - 1, 10**18, "100.00"),
    ],
)
def test_percent(n: int, d: int, shown: str | None) -> None:
    assert percent(n, d) == shown


def test_percent_refuses_negative_sides() -> None:
    for n, d in ((-1, 2), (1, -2)):
        with pytest.raises(ValueError, match="not negative"):
            percent(n, d)


@given(st.integers(0, 10**15), st.integers(1, 10**15))
def test_percent_is_the_nearest_hundredth_half_up(n: int, d: int) -> None:
    exact = Fraction(100 * n, d)
    over = Fraction(percent(n, d) or "-1") - exact
    assert -Fraction(1, 200) < over <= Fraction(1, 200)


def test_1017_persons_cannot_be_80_75_percent_of_any_list() -> None:
    proof = no_whole_denominator(1_017, "80.75")
    assert proof is not None
    assert (proof.below, proof.above) == ((1_259, "80.78"), (1_260, "80.71"))
    assert proof.in_words == (
        "Không có số nguyên N nào cho 1.017/N = 80,75 %: "
        "1.017/1.259 = 80,78 % và 1.017/1.260 = 80,71 %."
    )
    assert all(percent(1_017, whole) != "80.75" for whole in range(1, 20_000))


@given(st.integers(1, 400), st.integers(50, 12_000))
def test_the_proof_agrees_with_trying_every_denominator(n: int, hundredths: int) -> None:
    wanted = f"{hundredths // 100}.{hundredths % 100:02}"
    found = no_whole_denominator(n, wanted) is None
    near = 10_000 * n // hundredths
    span = 2 + near // hundredths if hundredths < 400 else 4 + near // 100
    tried = any(percent(n, whole) == wanted for whole in range(max(1, near - span), near + span))
    assert found == tried


@pytest.mark.parametrize(("n", "wanted"), [(0, "80.75"), (5, "0.00"), (5, "80"), (5, "80,75")])
def test_the_proof_needs_a_count_and_a_rate(n: int, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"positive|written like"):
        no_whole_denominator(n, wanted)


PEOPLE = [
    PersonMonth(540_000, 0, True),
    PersonMonth(660_000, 0, True),
    PersonMonth(0, 810_000, False),
    PersonMonth(500_000, 120_000, True),  # mixed: not cashless
    PersonMonth(0, 0, True),  # listed, not paid
]


def test_the_four_rates_side_by_side() -> None:
    moments = cut_offs("2026-10")
    shown = figures(tally(PEOPLE), NOON, moments, final=False)
    assert [(f.code, f.n, f.d, f.percent) for f in shown] == [
        ("R1", 2, 4, "50.00"),
        ("R1b", 2, 5, "40.00"),
        ("R2", 1_700_000, 2_630_000, "64.64"),
        ("R3", 4, 5, "80.00"),
    ]
    assert {f.definition for f in shown} == {VERSION}
    assert [f.cut_off for f in shown] == [moments.provisional] * 3 + [moments.lock]
    final = figures(tally(PEOPLE), NOON, moments, final=True)
    assert [f.cut_off for f in final] == [moments.final] * 3 + [moments.lock]


def test_counts_add_and_nobody_paid_gives_no_rate() -> None:
    first, rest = tally(PEOPLE[:2]), tally(PEOPLE[2:])
    assert first + rest == tally(PEOPLE)
    assert tally([]) == NO_COUNTS
    assert [f.percent for f in figures(NO_COUNTS, NOON, cut_offs("2026-10"), final=True)] == [
        None
    ] * 4


@pytest.mark.parametrize(
    "parts", [(1, 2, 3, 0, 0, 0, 0), (1, 1, 0, 0, 2, 0, 0), (-1, 0, 0, 0, 0, 0, 0)]
)
def test_impossible_counts_are_refused(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"more than its whole|negative"):
        Counts(*parts)


def test_cut_offs_are_viet_nam_evenings() -> None:
    moments = cut_offs("2026-12")
    shown = [moment.isoformat() for moment in (moments.lock, moments.provisional, moments.final)]
    assert shown == [
        "2026-11-20T23:59:59+07:00",
        "2026-12-19T23:59:59+07:00",
        "2027-01-31T23:59:59+07:00",
    ]


def test_a_figure_carries_all_that_recomputes_it() -> None:
    shown = figure("R1", 1, 3, NOON, cut_offs("2026-10").provisional).as_json()
    assert shown == {
        "code": "R1",
        "n": 1,
        "d": 3,
        "percent": "33.33",
        "as_of": "2026-10-20T12:00:00+07:00",
        "cut_off": "2026-10-19T23:59:59+07:00",
        "definition": "v1",
    }
    with pytest.raises(KeyError):
        figure("R9", 1, 3, NOON, NOON)
    with pytest.raises(ValueError, match="time zone"):
        figure("R1", 1, 3, NOON.replace(tzinfo=None), NOON)


def test_every_definition_speaks_both_languages() -> None:
    assert list(DEFINITIONS) == [*SIDES, "E1", "E2", *SAID]
    for each in DEFINITIONS.values():
        for words in (each.name, each.numerator, each.denominator, each.cut_off, CREDITED):
            assert isinstance(words, Words)
            assert words.vi
            assert words.en
            assert words.vi != words.en
