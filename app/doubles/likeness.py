"""How alike two people are by what a clerk writes down. Pure; points, not probabilities.

Name, birth date, ID, sex and place each give points; `ALIKE` of them ask a question. A name and
a birth date are never enough by halves: nearly the same name wants the very same date, a birth
year alone wants the same commune too, since honest namesakes of one year are many.
"""

from __future__ import annotations

from typing import NamedTuple

from app.names import is_one_edit

ALIKE = 5
_SHORTEST_TYPO = 3


class Traits(NamedTuple):
    """A person as compared: `name` folded, `birth` 'YYYY' or 'YYYY-MM-DD'."""

    person_id: int
    name: str
    birth: str
    sex: str
    area: str
    hamlet: str
    phone: str


def points_without_id(one: Traits, other: Traits) -> int:
    """0 where name or birth date speak against it, whatever else agrees."""
    birth = birth_points(one.birth, other.birth)
    name = name_points(one.name.split(), other.name.split()) if birth else 0
    if not name:
        return 0
    place = (one.area == other.area) + (one.area == other.area and one.hamlet == other.hamlet)
    phone = 2 if one.phone and one.phone == other.phone else 0
    # The hamlet tells apart only those of whom the birth date does not.
    place = min(place, 1) if birth > 1 else place
    return name + birth + place + phone - (one.sex != other.sex)


def name_points(one: list[str], other: list[str]) -> int:
    """3 for the same words, 2 for another order, a middle word left out, or a slip of the pen in
    one word."""
    if one == other:
        return 3
    if sorted(one) == sorted(other):
        return 2
    if len(one) == len(other):
        differ = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        return _slip_points(*differ[0]) if len(differ) == 1 else 0
    return 2 if _middle_missing(*sorted((one, other), key=len)) else 0


def _middle_missing(short: list[str], long: list[str]) -> bool:
    if len(long) - len(short) != 1 or len(short) < 2:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long) - 1))


def _slip_points(one: str, other: str) -> int:
    """2 for one letter more, less or other, or two neighbours exchanged; 1 in a word of two
    letters, of which half is another word. Digits are no slip: numbers in names tell people
    apart."""
    if any(c.isdigit() for c in one + other) or not is_one_edit(one, other):
        return 0
    return 2 if max(len(one), len(other)) >= _SHORTEST_TYPO else 1


def birth_points(one: str, other: str) -> int:
    """3 for the same day, 2 for day and month exchanged, 1 for the same year where one side does
    not know more, or for one digit of the date; 0 otherwise. The first of January stands for
    an unknown day."""
    if one[:4] == other[:4] and (is_year_only(one) or is_year_only(other)):
        return 1
    if one == other:
        return 3
    if one[:4] == other[:4] and (one[5:7], one[8:]) == (other[8:], other[5:7]):
        return 2
    return int(len(one) == len(other) and digits_apart(one, other) == 1)


def is_year_only(birth: str) -> bool:
    """Whether no more than the year is known."""
    return len(birth) == 4 or birth.endswith("-01-01")


def digits_apart(one: str, other: str) -> int:
    """In how many places two texts of one length differ."""
    return sum(a != b for a, b in zip(one, other, strict=True))


def id_points(one: str, other: str) -> int:
    """2 for 12-digit IDs that differ in at most two places, which holds two exchanged digits."""
    return 2 if len(one) == len(other) and digits_apart(one, other) <= 2 else 0
