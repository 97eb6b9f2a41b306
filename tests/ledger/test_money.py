"""Money refuses what is no whole amount, and never loses a đồng."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.money import (
    MAXIMUM_AMOUNT,
    Money,
    MoneyError,
    decimal_text,
    exponent,
    format_vnd,
    minor_units,
    parse_vnd,
    require_amount,
    share_out,
)

amounts = st.integers(-MAXIMUM_AMOUNT, MAXIMUM_AMOUNT)


@pytest.mark.parametrize("amount", [1.0, True, "1", Decimal(1), None])
def test_only_an_int_is_an_amount(amount: object) -> None:
    with pytest.raises(MoneyError):
        Money(amount)  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["", "vnd", "XXX", "VNĐ", None])
def test_only_a_known_currency_counts(currency: str) -> None:
    with pytest.raises(MoneyError):
        Money(1, currency)


def test_money_of_one_currency_adds_up() -> None:
    assert Money(5) + Money(7) - Money(2) == Money(10)
    assert 3 * Money(4) == Money(4) * 3 == Money(12)
    assert -Money(4) < Money(0) <= Money(0) < Money(1)
    assert sorted([Money(3), Money(-1)]) == [Money(-1), Money(3)]
    assert Money(1)
    assert not Money(0)


@pytest.mark.parametrize("other", [Money(1, "USD"), 1, Decimal(1)])
def test_currencies_do_not_mix(other: object) -> None:
    with pytest.raises(MoneyError):
        Money(1) + other  # type: ignore[operator]
    with pytest.raises(MoneyError):
        _ = Money(1) < other  # type: ignore[operator]


def test_money_is_not_multiplied_by_a_float() -> None:
    with pytest.raises(MoneyError):
        Money(540_000) * 1.5  # type: ignore[operator]


@pytest.mark.parametrize("amount", [1, MAXIMUM_AMOUNT])
def test_amounts_that_may_be_posted(amount: int) -> None:
    assert require_amount(amount) == amount


@pytest.mark.parametrize("amount", [0, -1, MAXIMUM_AMOUNT + 1, 1.0, True])
def test_amounts_that_may_not(amount: int) -> None:
    with pytest.raises(MoneyError):
        require_amount(amount)


@pytest.mark.parametrize(
    ("text", "currency", "units"),
    [
        ("540000", "VND", 540_000),
        ("540000.00", "VND", 540_000),
        ("-12.5", "USD", -1250),
        ("+0.001", "KWD", 1),
        (Decimal("5.4E+5"), "VND", 540_000),
        ("123456789012345678901234567890123", "JPY", 123456789012345678901234567890123),
    ],
)
def test_minor_units(text: Decimal | str, currency: str, units: int) -> None:
    assert minor_units(text, currency) == units
    assert Money.from_decimal(text, currency) == Money(units, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        *[("540000.5", "VND"), ("0.001", "USD"), ("1e3", "VND"), ("1,000", "VND")],
        *[("", "VND"), (" 1", "VND"), ("١٢", "VND"), ("٣.5", "USD"), ("1.", "USD"), (".5", "USD")],
        *[("9" * 5000, "VND"), (Decimal("NaN"), "VND"), (Decimal("Infinity"), "USD")],
        *[(Decimal("1E+999999"), "VND"), (Decimal("0.5"), "VND"), (1.5, "USD"), (1, "VND")],
    ],
)
def test_numbers_that_are_no_amount(text: Decimal | str, currency: str) -> None:
    with pytest.raises(MoneyError):
        minor_units(text, currency)


@given(amounts, st.sampled_from(["VND", "USD", "KWD", "CLF"]))
def test_decimal_text_comes_back(amount: int, currency: str) -> None:
    text = decimal_text(amount, currency)
    assert minor_units(text, currency) == amount
    assert len(text.partition(".")[2]) == exponent(currency)


@given(st.floats(), st.sampled_from(["VND", "USD", "KWD"]))
def test_a_float_is_money_nowhere(value: float, currency: str) -> None:
    for takes in (
        lambda: Money(value, currency),  # type: ignore[arg-type]
        lambda: Money(1, currency) * value,  # type: ignore[operator]
        lambda: require_amount(value),  # type: ignore[arg-type]
        lambda: minor_units(value, currency),  # type: ignore[arg-type]
        lambda: decimal_text(value, currency),  # type: ignore[arg-type]
        lambda: format_vnd(value),  # type: ignore[arg-type]
        lambda: share_out(value, [1]),  # type: ignore[arg-type]
        lambda: share_out(10, [1, value]),  # type: ignore[list-item]
    ):
        with pytest.raises(MoneyError):
            takes()


@given(st.integers())
def test_what_is_paid_lies_above_nothing_and_within_the_limit(amount: int) -> None:
    if 0 < amount <= 10**15:
        assert require_amount(amount) == amount
    else:
        with pytest.raises(MoneyError):
            require_amount(amount)


@given(amounts, st.integers(0, 30), st.sampled_from("eE"), st.sampled_from(["", "+", "-"]))
def test_exponents_are_refused(amount: int, power: int, letter: str, sign: str) -> None:
    text = f"{amount}{letter}{sign}{power}"
    for read in (parse_vnd, lambda one: minor_units(one, "VND")):
        with pytest.raises(MoneyError):
            read(text)


# Every digit that Python would take for one, but for our own ten.
other_digits = st.characters(categories=["Nd", "No", "Nl"], exclude_characters="0123456789")


@given(st.text("0123456789", max_size=6), other_digits, st.text("0123456789", max_size=6))
def test_digits_of_other_scripts_are_refused(before: str, digit: str, after: str) -> None:
    for read in (parse_vnd, lambda one: minor_units(one, "USD")):
        with pytest.raises(MoneyError):
            read(f"{before}{digit}{after}")


@given(amounts, st.text("0123456789", min_size=1, max_size=20), st.sampled_from(["VND", "USD"]))
def test_a_fraction_of_the_smallest_coin_is_refused(amount: int, rest: str, currency: str) -> None:
    places = exponent(currency)
    text = f"{amount}.{'0' * places}{rest}"
    for value in (text, Decimal(text)):
        if rest.strip("0"):
            with pytest.raises(MoneyError, match="fraction"):
                minor_units(value, currency)
        else:
            assert minor_units(value, currency) == amount * 10**places


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any))
def test_share_out_is_exact_and_fair(total: int, weights: list[int]) -> None:
    parts = share_out(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)
    assert share_out(-total, weights) == [-part for part in parts]
    by_weight = sorted(zip(weights, map(abs, parts), strict=True), key=lambda pair: pair[0])
    for (light, less), (heavy, more) in pairwise(by_weight):
        assert less <= more or light == heavy


def test_share_out_gives_the_rest_to_the_largest_remainder() -> None:
    assert share_out(100, [1, 1, 1]) == [34, 33, 33]
    assert share_out(10, [1, 4, 0]) == [2, 8, 0]
    assert share_out(3, [10, 45, 45]) == [0, 2, 1]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [1.5]])
def test_share_out_needs_weights(weights: list[int]) -> None:
    with pytest.raises(MoneyError):
        share_out(10, weights)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0\u00a0₫"),
        (999, "999\u00a0₫"),
        (1_234_567, "1.234.567\u00a0₫"),
        (-540_000, "-540.000\u00a0₫"),
    ],
)
def test_format_vnd(amount: int, text: str) -> None:
    assert format_vnd(amount) == str(Money(amount)) == text


def test_other_currencies_print_their_decimals() -> None:
    assert str(Money(1250, "USD")) == "12.50 USD"


@given(amounts)
def test_vnd_comes_back(amount: int) -> None:
    assert parse_vnd(format_vnd(amount)) == amount == parse_vnd(str(amount))


@given(st.text("0123456789.,-+ \u00a0₫đeE_", max_size=14) | st.text(max_size=8))
def test_what_is_read_is_what_stands_there(text: str) -> None:
    """Any text is refused, or says the number digit by digit, grouped by three or not at all."""
    try:
        amount = parse_vnd(text)
    except MoneyError:
        return
    number = text.strip(" \u00a0\t\r\n").rstrip("₫đ").rstrip(" \u00a0")
    assert number in (str(amount), f"{amount:,}".replace(",", "."), f"-{amount}")
    assert number.lstrip("-")[0] != "0" or amount == 0


@pytest.mark.parametrize(
    "text", ["1.234.567", "1234567", " 1.234.567 đồng ", "1.234.567đ", "1234567 VND"]
)
def test_parse_vnd_reads_what_people_write(text: str) -> None:
    assert parse_vnd(text) == 1_234_567


@pytest.mark.parametrize(
    "text",
    [
        *["", "₫", "1.5", "1.234.56", "12.34.567", "1234.567", "1,234,567", "1e6", "1E6", "007"],
        *["1_000", "١٢٣", "１２３", "²", "1 000", "--1", "1.234.567 USD", "0.000", "9" * 5000],
    ],
)
def test_parse_vnd_refuses_the_rest(text: str) -> None:
    with pytest.raises(MoneyError, match="không đọc được"):
        parse_vnd(text)
