"""Likeness by points: what a slip of the pen is, and what another person is."""

from __future__ import annotations

import pytest

from app.doubles.likeness import (
    ALIKE,
    Traits,
    birth_points,
    id_points,
    name_points,
    points_without_id,
)
from app.doubles.opened import plain_account
from app.names import is_one_edit


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        ("nong thi hoa", "nong thi hoa", 3),
        ("nong thi hoa", "hoa nong thi", 2),
        ("nong thi hoa", "nong hoa", 2),
        ("nong thi kim hoa", "nong thi hoa", 2),
        ("nong thi hoa", "nong thi hoan", 2),
        ("nong thi hoa", "nogn thi hoa", 2),
        ("nong thi hoa", "long thi hoa", 2),
        ("ly a pao", "vy a pao", 1),
        ("nong thi hoa", "nong van hung", 0),
        ("nong thi hoa", "long thi hoan", 0),
        ("nguoi 001", "nguoi 002", 0),
        ("hoa", "thi hoa", 0),
        ("nong hoa", "thi nong hoa", 0),
    ],
)
def test_names(one: str, other: str, points: int) -> None:
    assert name_points(one.split(), other.split()) == points
    assert name_points(other.split(), one.split()) == points


@pytest.mark.parametrize(
    ("one", "other", "points"),
    [
        ("1945-03-02", "1945-03-02", 3),
        ("1945-03-02", "1945-02-03", 2),
        ("1945-03-02", "1945", 1),
        ("1945-03-02", "1945-01-01", 1),
        ("1945", "1945", 1),
        ("1945-03-02", "1945-03-12", 1),
        ("1945-03-02", "1946-03-02", 1),
        ("1945-03-02", "1945-04-17", 0),
        ("1945-03-02", "1946", 0),
    ],
)
def test_birth_dates(one: str, other: str, points: int) -> None:
    assert birth_points(one, other) == birth_points(other, one) == points


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [("hoa", "hoa", True), ("hoa", "oha", True), ("hoa", "hao", True), ("hoa", "haao", False),
     ("hoa", "ho", True), ("", "h", True), ("hoa", "hi", False), ("abcd", "badc", False)],
)  # fmt: skip
def test_one_edit(one: str, other: str, is_one: bool) -> None:
    assert is_one_edit(one, other) is is_one
    assert is_one_edit(other, one) is is_one


def test_ids_alike() -> None:
    assert id_points("097145000001", "097145000010") == 2
    assert id_points("097145000001", "097145000123") == 0


def test_a_year_alone_wants_the_same_commune() -> None:
    one = Traits(1, "nong thi hoa", "1945", "F", "01273", "Tổ 1", "")
    assert points_without_id(one, one._replace(hamlet="Tổ 2")) >= ALIKE
    assert points_without_id(one, one._replace(area="01288", hamlet="")) < ALIKE


def test_accounts_as_they_are_meant() -> None:
    assert plain_account("0O12 3456-78") == plain_account("12345678") == "12345678"
    assert plain_account("ABC12") == "ABC12"
