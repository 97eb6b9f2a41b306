"""One box finds a person, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from app.access.scope import scope_of
from app.beneficiaries import by_name
from app.beneficiaries.about_tables import payee
from app.beneficiaries.by_name import Wanted
from app.beneficiaries.search import PAGE, search
from app.beneficiaries.tables import person
from app.errors import InputError
from app.text import sort_key
from tests.factories import OCTOBER, OTHER_COMMUNE, House, in_cash, row
from tests.support.commands import ansinh, ansinh_json

NAMES = (
    "Nguyễn Văn An", "Nguyễn Thị Ánh", "Nguyễn An", "Nguyễn Văn Ân", "Hoàng Văn Nguyễn",
    "Đặng Thị Hoà", "Đặng Thị Hòa", "H'Hen Niê", "Nông Văn Anh", "Lò Thị Ón",
)  # fmt: skip


def ten_names(house: House) -> None:
    """Ten names; number 8 lives in the other commune, number 3 has a phone."""
    rows = [row(n, name=name, phone="0912345678" if n == 3 else "")
            for n, name in enumerate(NAMES, 1)]  # fmt: skip
    house.register(OCTOBER, *(one for n, one in enumerate(rows, 1) if n != 8))
    house.register(OCTOBER, rows[7], commune=OTHER_COMMUNE)


ANYBODY = Wanted()
pytestmark = pytest.mark.stage(of=ten_names)


@pytest.fixture(params=[by_name.FEW, 0], ids=["few", "walk"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Both ways of looking: read all that begin so, or walk in the order of names."""
    monkeypatch.setattr(by_name, "FEW", request.param)
    return int(request.param)


def found(house: House, words: str, wanted: Wanted = ANYBODY) -> list[str]:
    with house.database.view() as session:
        page = search(session, house.keyring, words, wanted)
    return [one.name for one in page.people]


CASES = (
    ("nguyen van a", {"Nguyễn Văn An", "Nguyễn Văn Ân"}),
    ("NGUYỄN  an", {"Nguyễn Văn An", "Nguyễn Thị Ánh", "Nguyễn An", "Nguyễn Văn Ân"}),
    ("an", {"Nguyễn Văn An", "Nguyễn Thị Ánh", "Nguyễn An", "Nguyễn Văn Ân", "Nông Văn Anh"}),
    ("an van nguyen", {"Nguyễn Văn An", "Nguyễn Văn Ân"}),
    ("hoa", {"Đặng Thị Hoà", "Đặng Thị Hòa"} | {"Hoàng Văn Nguyễn"}),
    ("dang hòa", {"Đặng Thị Hoà", "Đặng Thị Hòa"}),
    ("Hoàng", {"Hoàng Văn Nguyễn"}),
    ("on lo", set()),
    ("lo on", {"Lò Thị Ón"}),
    ("h’hen", {"H'Hen Niê"}),
    ("khong co ai", set()),
)


def test_a_name_without_accents(house: House, few: int) -> None:
    for words, names in CASES:
        told = found(house, words)
        assert set(told) == names, words
        assert told == sorted(told, key=sort_key)


def test_a_whole_number(house: House) -> None:
    numbers = (row(3).citizen_id, "0912.345.678", "+84 912345678", row(3).account)
    assert [found(house, one) for one in numbers] == [["Nguyễn An"]] * 4


@pytest.mark.parametrize(("tail", "number"), [("003", 3), ("5000003", 0), ("00003", 3)])
def test_the_tail_of_an_id(house: House, tail: str, number: int) -> None:
    assert found(house, tail) == ([NAMES[number - 1]] if number else [])


def test_the_tail_of_an_account(house: House) -> None:
    assert len(found(house, "1000")) == 10
    assert found(house, "041000") == [NAMES[3]]


def test_an_old_id_and_the_id_of_a_payee(house: House) -> None:
    key = house.keyring.index("person.citizen_id", "097150000777")
    with house.work() as session:
        session.execute(insert(payee).values(
            person_id=2, version=1, kind="guardian", name="Nông Văn Cha", citizen_key=key,
            citizen_tail="777", relation="cha", document="QĐ 1", source="officer",
            recorded_at=house.later(),
        ))  # fmt: skip
    assert found(house, "097150000777") == [NAMES[1]]


@pytest.mark.parametrize(("words", "says"), [("12", "Quá ít chữ số"), ("  ", "Chưa nhập gì")])
def test_what_says_nothing_is_refused(house: House, words: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        found(house, words)


def test_the_year_of_birth_and_the_commune_narrow_it_down(house: House, few: int) -> None:
    with house.work() as session:
        session.execute(update(person).where(person.c.id == 1).values(birth="1950"))
    assert found(house, "nguyen", Wanted(born="1950")) == ["Nguyễn Văn An"]
    assert found(house, "h", Wanted([OTHER_COMMUNE])) == ["H'Hen Niê"]
    assert found(house, "1000", Wanted([OTHER_COMMUNE])) == ["H'Hen Niê"]


def test_pages_follow_each_other_without_gap(house: House, few: int) -> None:
    rows = [in_cash(n, name=f"Nguyễn Văn {'An' if n % 2 else 'Ân'}") for n in range(100, 170)]
    house.register("2026-11", *rows)
    seen: list[int] = []
    cursor = ""
    with house.database.view() as session:
        while cursor or not seen:
            page = search(session, house.keyring, "nguyen van", Wanted(), cursor)
            assert len(page.people) <= PAGE
            seen += [one.person_id for one in page.people]
            cursor = page.next
    assert len(seen) == len(set(seen)) == 73


def test_an_officer_finds_the_people_of_his_commune(house: House) -> None:
    with house.database.view() as session:
        assert scope_of(session, "finance.one", house.clock.now()).areas is None
    mine = ansinh_json(house, "register", "search", "h", "--officer", f"maker.{OTHER_COMMUNE}")
    assert [one["name"] for one in mine["people"]] == ["H'Hen Niê"]
    shown = ansinh(house, "register", "search", "nguyen van a")
    assert "*********001" in shown.output
    assert "****1000" in shown.output
    assert row(1).citizen_id not in shown.output
    assert row(1).account not in shown.output
