"""Ten ways to be on the list who should not be, as clerks and thieves have used them elsewhere.

Five leave something equal behind (an account, an old ID, a death notice, a payee, an officer),
five only something alike. Nothing marks the rows: what the rules can see is in the register.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.demo.doubted.crowd import Crowd, Inventor, new_id
from app.demo.people import Person, account_holder
from app.reference.citizen_id import SYNTHETIC_PREFIX

EXACT = ("shared account", "old ID", "dead", "payee of many", "staff")
NEAR = ("retyped here", "again elsewhere", "other birth date", "IDs in a row", "one phone")
_CARELESS = 0.1
_NEIGHBOURS = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "g": "fh", "h": "gj",
               "i": "uo", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o",
               "q": "wa", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "x": "zc",
               "y": "tu"}  # fmt: skip


def seeded(people: int, frauds: int, seed: int = 1) -> Crowd:
    """That many honest people (and some twins) with `frauds` among them, in ten equal parts."""
    inventor = Inventor(seed)
    inventor.settle(people)
    part = frauds // 10
    for act in (_shared_account, _old_id, _dead, _payee_of_many, _staff, _retyped, _elsewhere,
                _other_birth, _in_a_row, _one_phone):  # fmt: skip
        act(inventor, part)
    return inventor.crowd


def _shared_account(inventor: Inventor, count: int) -> None:
    """An invented person is paid into the account of a real one, here or in another commune."""
    places = inventor.pick(count)
    for at, owner in enumerate(inventor.pick(count, lambda one: bool(one.account))):
        ghost = inventor.invent(owner if at % 2 else places[at])
        ghost.bank_bin, ghost.account = owner.bank_bin, owner.account
        ghost.holder_name = account_holder(ghost.name)
        inventor.add(ghost, EXACT[0])


def _old_id(inventor: Inventor, count: int) -> None:
    """Somebody whose ID was issued anew stays on the list under the old one too."""
    for one in inventor.pick(count, lambda one: one.citizen_id not in inventor.crowd.reissued):
        again = _again(inventor, one)
        again.citizen_id = inventor.claim(new_id(again))
        inventor.crowd.reissued[one.citizen_id] = again.citizen_id
        inventor.add(again, EXACT[1])


def _dead(inventor: Inventor, count: int) -> None:
    """Dead for months by the civil status, and still collected for."""
    for one in inventor.pick(count, lambda one: one.birth_year < 1960):
        inventor.crowd.dead.append(one.citizen_id)
        inventor.crowd.frauds[one.citizen_id] = EXACT[2]


def _payee_of_many(inventor: Inventor, count: int) -> None:
    """Somebody collects for three wards by right, and for three invented ones besides."""
    made = 0
    while made < count:
        (keeper,) = inventor.pick(1, lambda one: bool(one.account))
        wards = [inventor.invent(keeper) for _ in range(3)]
        ghosts = [inventor.invent(keeper) for _ in range(min(3, count - made))]
        for one in (*wards, *ghosts):
            one.bank_bin, one.account = keeper.bank_bin, keeper.account
            one.holder_name = keeper.holder_name
            inventor.crowd.payees.append((one.citizen_id, keeper.name, keeper.citizen_id))
        for one in wards:
            inventor.add(one)
            inventor.crowd.touched.add(one.citizen_id)
        for one in ghosts:
            inventor.add(one, EXACT[3])
        made += len(ghosts)


def _staff(inventor: Inventor, count: int) -> None:
    """An officer on the list himself, his household, or people for whom he collects."""
    for at in range(count):
        (near,) = inventor.pick(1)
        himself, ghost = inventor.invent(near), inventor.invent(near)
        inventor.crowd.officers.append(himself.citizen_id)
        if at % 3 == 0:
            inventor.add(himself, EXACT[4])
            continue
        inventor.add(ghost, EXACT[4])
        if at % 3 == 1:
            inventor.crowd.payees.append((ghost.citizen_id, himself.name, himself.citizen_id))
            continue
        inventor.add(himself)
        inventor.crowd.touched.add(himself.citizen_id)
        inventor.crowd.households.append((himself.citizen_id, ghost.citizen_id))


def _retyped(inventor: Inventor, count: int) -> None:
    """Entered again in the same commune: a slip in the name, in one of ten a second one, and one
    or two digits of the ID."""
    for one in inventor.pick(count, lambda one: _has_day(one)):
        again = _again(inventor, one)
        again.name = _slip(inventor, one.name)
        if inventor.rng.random() < _CARELESS:
            again.name = _slip(inventor, again.name)
        again.citizen_id = inventor.claim(_other_digits(inventor, one.citizen_id))
        inventor.add(again, NEAR[0])


def _elsewhere(inventor: Inventor, count: int) -> None:
    """Registered in another commune under another ID: no middle name, or the words turned, or as
    it was; one of ten with a slip besides."""
    for one, other in zip(
        inventor.pick(count, lambda one: _has_day(one) and len(one.name.split()) > 2),
        inventor.pick(count),
        strict=True,
    ):
        again = _again(inventor, one)
        again.place, again.hamlet = other.place, other.hamlet
        words = one.name.split()
        turned = [words[-1], *words[:-1]]
        kept = [words[0], *words[2:]] if inventor.rng.random() < 0.5 else turned
        again.name = " ".join(kept) if inventor.rng.random() < 0.7 else one.name
        if inventor.rng.random() < _CARELESS:
            again.name = _slip(inventor, again.name)
        again.citizen_id = inventor.claim(new_id(again))
        inventor.add(again, NEAR[1])


def _other_birth(inventor: Inventor, count: int) -> None:
    """The same name in the same commune, day and month exchanged, or the year only; one of ten
    with a slip in the name."""
    for at, one in enumerate(inventor.pick(count, _can_exchange)):
        again = _again(inventor, one)
        born = one.birth_date
        assert born is not None
        again.birth_date = (
            date(born.year, born.day, born.month),
            None,
            date(born.year, 1, 1),
        )[at % 3]
        if inventor.rng.random() < _CARELESS:
            again.name = _slip(inventor, one.name)
        again.citizen_id = inventor.claim(new_id(again))
        inventor.add(again, NEAR[2])


def _in_a_row(inventor: Inventor, count: int) -> None:
    """Somebody invents a hamlet: IDs counted upwards, names drawn from the telephone book."""
    made = 0
    while made < count:
        (near,) = inventor.pick(1)
        serial = int(inventor.rng.random() * 900_000)
        for _ in range(min(10, count - made)):
            ghost = inventor.invent(near)
            serial += 1 + (inventor.rng.random() < 0.3)
            ghost.citizen_id = inventor.claim(new_id(ghost, serial))
            inventor.add(ghost, NEAR[3])
            made += 1


def _one_phone(inventor: Inventor, count: int) -> None:
    """A collector's own phone stands behind all the people he invented."""
    made = 0
    while made < count:
        (near,) = inventor.pick(1)
        phone = f"0109{made:06}"
        for _ in range(min(5, count - made)):
            ghost = inventor.invent(near, bank=True)
            ghost.phone = phone
            inventor.add(ghost, NEAR[4])
            made += 1


def _again(inventor: Inventor, one: Person) -> Person:
    """The same person a second time, with another account or in cash, and another phone."""
    again = inventor.invent(one, bank=inventor.rng.random() < 0.5)
    return replace(
        again, name=one.name, sex=one.sex, birth_date=one.birth_date, birth_year=one.birth_year
    )


def _has_day(one: Person) -> bool:
    return one.birth_date is not None and (one.birth_date.month, one.birth_date.day) != (1, 1)


def _can_exchange(one: Person) -> bool:
    born = one.birth_date
    return born is not None and born.day <= 12 and born.day != born.month and _has_day(one)


def _slip(inventor: Inventor, name: str) -> str:
    """One slip of a typist: a wrong key, a letter left out, twice or exchanged; or a mark."""
    rng = inventor.rng
    if rng.random() < 0.25:
        return name.translate(str.maketrans("ạảấầậăắốồộơớờợưứừựịỉễệề", "aaâââaăôôôoơơơuưưưiiêêê"))
    words = name.split()
    at = int(rng.random() * len(words))
    word = words[at]
    place = int(rng.random() * len(word))
    letter = _NEIGHBOURS.get(word[place].lower(), "i")
    slips = [
        word[:place] + rng.choice(letter) + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ]
    if len(word) > 2:
        slips.append(word[:place] + word[place + 1 :])
    words[at] = rng.choice(slips)
    return " ".join(words)


def _other_digits(inventor: Inventor, citizen_id: str) -> str:
    """One digit of the serial misread, or two neighbours exchanged."""
    at = 6 + int(inventor.rng.random() * 5)
    if inventor.rng.random() < 0.5 and citizen_id[at] != citizen_id[at + 1]:
        return citizen_id[:at] + citizen_id[at + 1] + citizen_id[at] + citizen_id[at + 2 :]
    digit = str((int(citizen_id[at]) + 1 + int(inventor.rng.random() * 8)) % 10)
    assert citizen_id.startswith(SYNTHETIC_PREFIX)
    return citizen_id[:at] + digit + citizen_id[at + 1 :]
